/**
 * What the API server's audit log says of a write that went through since nobody answered, as docs/operate.md promises it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { describeWith } from '../run/needs.ts';
import { chart, configMap, install, type KubernetesObject, set } from './chart.ts';
import { temporaryFolder } from './temporary-folder.ts';

describeWith(['control plane'], 'the audit log', () => {
  const folder = temporaryFolder();
  const log = () => join(folder(), 'audit.log');
  const cluster = useControlPlane({
    get apiServerFlags() {
      return { 'audit-policy-file': join(import.meta.dirname, 'audit-config-maps.yaml'), 'audit-log-path': log() };
    },
  });

  beforeAll(async () => {
    // Without pods, so that no call is answered.
    await install(cluster(), ...set('webhook.failurePolicy=Ignore', 'webhook.timeoutSeconds=1'));
    await cluster().kubectl(['create', 'namespace', 'finance']);
  }, 60_000);

  it('names both webhooks where a Hadoop file was stored without an answer, under the documented annotations', async () => {
    const create = async (name: string, data: object) => {
      const manifest = configMap(name, 'finance', { data });
      await cluster().kubectl(['create', '-f', '-'], { stdin: JSON.stringify(manifest) });
      return eventually(
        async () => eventsOf(name)[0],
        (event) => event !== undefined,
      );
    };
    const other = await create('other', { 'other.txt': 'a' });
    expect(JSON.stringify(other?.annotations ?? {})).not.toContain('failed-open');
    // API servers take in a new webhook with some delay.
    let count = 0;
    const { annotations } = await eventually(
      () => create(`hadoop-${count++}`, { 'core-site.xml': '<configuration/>' }),
      (event) => JSON.stringify(event?.annotations ?? {}).includes('failed-open'),
    );
    const failedOpen = Object.entries<string>(annotations).filter(([key]) => key.startsWith('failed-open.'));
    expect(failedOpen.map(([, webhook]) => webhook).sort()).toEqual(['mutate.ssekms.io', 'validate.ssekms.io']);
    const operate = readFileSync(join(chart, 'docs', 'operate.md'), 'utf8');
    for (const [key] of failedOpen) expect(operate).toContain(key.replace(/\/round_.*$/, '/'));
  });

  function eventsOf(name: string): KubernetesObject[] {
    const lines = readFileSync(log(), 'utf8').trim().split('\n').filter(Boolean);
    const events = lines.map((line) => JSON.parse(line) as KubernetesObject);
    return events.filter(({ objectRef, verb }) => verb === 'create' && objectRef?.name === name);
  }
});
