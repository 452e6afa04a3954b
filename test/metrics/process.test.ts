/**
 * What the metrics of a process say that can't reach its API server: that is when somebody looks at them.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startCommand } from '../main/command.ts';
import { eventually } from '../product/eventually.ts';
import { freePorts } from '../product/install.ts';
import { parseExposition } from './exposition.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'metrics-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('an operator without an API server says so in its metrics from the start', async () => {
  const kubeconfig = join(folder, 'kubeconfig');
  // Nothing listens on port 1.
  const cluster = { name: 'test', cluster: { server: 'https://127.0.0.1:1' } };
  const context = { name: 'test', context: { cluster: 'test', user: 'test' } };
  const user = { name: 'test', user: { token: 'very-secret' } };
  const config = { clusters: [cluster], users: [user], contexts: [context], 'current-context': 'test' };
  await writeFile(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  const [webhookPort, probePort, metricsPort] = await freePorts(3);
  const flags = {
    namespace: 'a',
    kubeconfig,
    'webhook-port': webhookPort,
    'probe-port': probePort,
    'metrics-port': metricsPort,
  };
  const args = Object.entries(flags).flatMap(([flag, value]) => [`--${flag}`, `${value}`]);
  const operator = startCommand(['operator', ...args, '--drain-seconds', '0']);
  onTestFinished(() => operator.kill('SIGKILL'));

  const scrape = async () => {
    const response = await fetch(`http://localhost:${metricsPort}/metrics`).catch(() => undefined);
    return response && parseExposition(await response.text());
  };
  const failed = { resource: 'namespaces', step: 'failed' };
  const seen = await eventually(scrape, (found) => (found?.sum('ssekms_watch_steps_total', failed) ?? 0) > 0);
  const sum = seen?.sum ?? (() => Number.NaN);
  expect(sum('ssekms_apiserver_requests_total', { method: 'GET', code: 'none' })).toBeGreaterThan(0);
  expect(sum('ssekms_ready')).toBe(0);
  expect(sum('ssekms_leader')).toBe(0);
  expect(sum('ssekms_certificate_trusted')).toBe(0);
  expect(sum('ssekms_certificate_expiration_timestamp_seconds')).toBeNaN();
  expect(sum('ssekms_config_objects')).toBeNaN();
  const age = sum('ssekms_watch_sync_age_seconds', { resource: 'namespaces' });
  expect(age).toBeGreaterThan(0);
  await eventually(
    scrape,
    (later) => (later?.sum('ssekms_watch_sync_age_seconds', { resource: 'namespaces' }) ?? 0) > age,
  );

  operator.kill('SIGTERM');
  expect(await operator.ended).toBe(0);
});
