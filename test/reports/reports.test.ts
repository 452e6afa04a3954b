/**
 * Reports of OpenReports, by the whole product on a real API server with OpenReports' own definition.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { eventually } from '../product/eventually.ts';
import { assignment, configMap, namespace, plainFile } from '../product/manifests.ts';
import { type KubernetesObject, useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const definition = readFileSync(join(import.meta.dirname, 'fixtures', 'openreports-v0.2.1.yaml'), 'utf8');
const broken = '<configuration>\n<oops></configuration>';
/** Rounds are half a minute apart. */
const patience = 100_000;

describeWith(['control plane'], 'Reports', () => {
  const suite = useProduct('reports.enabled=true', 'controller.resyncSeconds=10');
  const kubectl = (args: string[], stdin?: string) =>
    suite.cluster().kubectl(args, stdin === undefined ? {} : { stdin });
  const report = async (inNamespace: string): Promise<KubernetesObject | undefined> =>
    (await suite.list('reports.openreports.io', inNamespace))[0];
  const until = (inNamespace: string, right: (it: KubernetesObject | undefined) => boolean) =>
    eventually(() => report(inNamespace), right, undefined, patience);
  const log = () => suite.product().operator().log();

  beforeAll(async () => {
    await kubectl(['apply', '--filename', '-'], definition);
    await suite.cluster().kubectl(['wait', '--for=condition=Established', 'crd/reports.openreports.io']);
    await suite.apply([namespace('finance'), namespace('free')]);
    // Stored before there is an assignment: nothing is refused yet.
    await suite.apply([configMap('finance', 'good'), configMap('finance', 'bad', broken), configMap('free', 'plain')]);
    await suite.apply(assignment('finance', ['finance']));
  }, 60_000);

  it('show what is compliant and what was refused, and none is in a namespace without an assignment', async () => {
    const found = await until('finance', (it) => it?.summary.pass === 1);
    expect(found).toMatchObject({
      metadata: { name: 'sse-kms-operator', labels: { 'app.kubernetes.io/managed-by': 'sse-kms-operator' } },
      source: 'sse-kms-operator',
      scope: { kind: 'Namespace', name: 'finance' },
      summary: { pass: 1, fail: 1, warn: 0, error: 0, skip: 0 },
      results: [
        { policy: 'finance', rule: 'Malformed', result: 'fail', severity: 'high', resources: [{ name: 'bad' }] },
        { policy: 'finance', rule: 'Compliant', result: 'pass', resources: [{ kind: 'ConfigMap', name: 'good' }] },
      ],
    });
    expect(found.results[0].timestamp.seconds).toBeGreaterThan(1_700_000_000);
    expect(await report('free')).toBeUndefined();
    const { stdout } = await kubectl(['get', 'reports', '--namespace', 'finance']);
    expect(stdout.split('\n')[0]).toMatch(/NAME +PASS +FAIL +WARN +ERROR +SKIP +AGE/);
    expect(stdout).toMatch(/sse-kms-operator +1 +1 +0 +0 +0/);
  }, 120_000);

  it('are not written again while nothing changes, over resyncs and by another leader', async () => {
    const before = (await report('finance'))?.metadata.resourceVersion;
    await sleep(45_000);
    await suite.product().operator().end();
    await suite.product().restart();
    await sleep(45_000);
    const [only, ...others] = await suite.list('reports.openreports.io', 'finance');
    expect(only.metadata.resourceVersion).toBe(before);
    expect(others).toEqual([]);
  }, 120_000);

  it('follow a change, keep the time of what stays the same, and go with the last config object', async () => {
    const before = await report('finance');
    await suite.apply(configMap('finance', 'bad', plainFile));
    const after = await until('finance', (it) => it?.summary.fail === 0);
    expect(after.summary.pass).toBe(2);
    const timeOf = (it: KubernetesObject) =>
      it.results.find(({ resources }: KubernetesObject) => resources[0].name === 'good').timestamp;
    expect(timeOf(after)).toEqual(timeOf(before));
    await kubectl(['delete', 'configmap', 'good', 'bad', '--namespace', 'finance']);
    await until('finance', (it) => it === undefined);
  }, 240_000);

  it("leave somebody else's Report of the name as it is, say so once, and take its place when it goes", async () => {
    const metadata = { name: 'sse-kms-operator', namespace: 'taken' };
    const theirs = { apiVersion: 'openreports.io/v1alpha1', kind: 'Report', metadata, source: 'somebody', results: [] };
    await suite.apply([namespace('taken'), theirs]);
    const before = await report('taken');
    await suite.apply([configMap('taken', 'good'), assignment('taken', ['taken'])]);
    const said = () =>
      log()
        .split('\n')
        .filter((line) => line.includes('not ours'));
    await eventually(
      async () => said().length,
      (lines) => lines > 0,
      undefined,
      patience,
    );
    await suite.apply(configMap('taken', 'another'));
    await sleep(45_000);
    expect(said()).toHaveLength(1);
    expect((await report('taken'))?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
    await kubectl(['delete', 'report', metadata.name, '--namespace', 'taken']);
    await until('taken', (it) => it?.summary.pass === 2);
    await kubectl(['delete', 'configmap', 'good', 'another', '--namespace', 'taken']);
    await until('taken', (it) => it === undefined);
  }, 300_000);

  it('need no right beyond those of the chart', () => {
    expect(log()).not.toContain('could not write a Report');
    expect(log()).not.toContain('could not list the Reports');
  });
});
