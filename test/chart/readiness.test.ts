/**
 * How others see whether an assignment is done: kubectl wait, kstatus (Flux), and Argo CD's Lua, each on what a real operator wrote.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { findLinters } from '../controlplane/binaries.ts';
import { runCommand } from '../controlplane/command.ts';
import { isAtLeast } from '../controlplane/server-version.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { chart, configMap, type KubernetesObject } from './chart.ts';

const script = join(chart, 'argocd', 'health.lua');
const documented = readFileSync(join(chart, 'docs', 'integration.md'), 'utf8');
const good = '<configuration/>';
const malformed = '<configuration>';

function assignment(name: string, spec: object = {}) {
  const common = { namespaces: ['finance'], key: { accountDefault: true } };
  return {
    apiVersion: 'ssekms.io/v1alpha1',
    kind: 'KmsKeyAssignment',
    metadata: { name },
    spec: { ...common, ...spec },
  };
}

describeWith(['control plane', 'linters'], 'an assignment', () => {
  const { cluster, apply, get, eventually } = useProduct();

  beforeAll(async () => {
    await cluster().kubectl(['create', 'namespace', 'finance']);
    await apply([assignment('finance'), configMap('hadoop', 'finance', { data: { 'core-site.xml': good } })]);
  });

  /** What both make of an object. */
  async function seen(object: KubernetesObject): Promise<{ kstatus: string; argo: string }> {
    const programs = findLinters();
    const stdin = JSON.stringify(object);
    const run = async (program = '', ...args: string[]) => (await runCommand(program, args, { stdin })).stdout.trim();
    return { kstatus: await run(programs?.kstatus), argo: await run(programs?.['argo-health'], script) };
  }
  const ready = (reason: string) => (object: KubernetesObject) =>
    object.status?.observedGeneration === object.metadata.generation &&
    object.status.conditions.some((one: KubernetesObject) => one.type === 'Ready' && one.reason === reason);
  const whenReadyIs = (reason: string, name = 'finance') => eventually(() => get('kka', name), ready(reason));

  /** The lines of docs/integration.md that begin with these words, as their words. */
  function commands(words: string): string[][] {
    const lines = [...documented.matchAll(/^\$ kubectl (.*?)(?: +#.*)?$/gm)].map(([, line = '']) => line);
    const found = lines.filter((line) => line.startsWith(words));
    expect(found.length).toBeGreaterThan(0);
    return found.map((line) => line.replaceAll("'", '').split(' '));
  }

  it('can be waited for with the documented commands of kubectl, until it is Ready or Stalled', async () => {
    const isStalled = (command: readonly string[]) => command.includes('--for=condition=Stalled');
    for (const command of commands('wait').filter((each) => !isStalled(each))) {
      expect((await cluster().kubectl(command)).stdout).toContain('kmskeyassignment.ssekms.io/finance condition met');
    }
    await apply(assignment('other', { algorithm: 'DSSE-KMS' }));
    for (const command of commands('wait').filter(isStalled)) {
      expect((await cluster().kubectl(command)).stdout).toContain('condition met');
    }
    await cluster().kubectl(['delete', 'kka', 'other']);
    await cluster().kubectl(['wait', 'kka/finance', '--for=condition=Ready', '--timeout=60s']);
  });

  it('can be found with the documented selectors', async () => {
    const selects = (command: readonly string[]) => command.includes('--field-selector');
    const supported = await isAtLeast(31, cluster());
    for (const command of commands('get').filter((each) => supported || !selects(each))) {
      await cluster().kubectl(command);
    }
  });

  it('is current for Flux and healthy for Argo CD once it is Ready', async () => {
    const { kstatus, argo } = await seen(await whenReadyIs('Compliant'));
    expect(kstatus).toMatch(/^Current:/);
    expect(argo).toMatch(/^Healthy: Compliant: 1 ConfigMap encrypts as assigned/);
  });

  it('has failed for both while it conflicts with another, and recovers', async () => {
    await apply(assignment('other', { algorithm: 'DSSE-KMS' }));
    const { kstatus, argo } = await seen(await whenReadyIs('Conflicted'));
    expect(kstatus).toMatch(/^Failed: other of the same rank wants something else/);
    expect(argo).toMatch(/^Degraded: Conflicted: other of the same rank/);
    await cluster().kubectl(['delete', 'kka', 'other']);
    expect(await seen(await whenReadyIs('Compliant'))).toMatchObject({ kstatus: expect.stringMatching(/^Current:/) });
  });

  it('has failed for both with a file that was refused, until that is mended', async () => {
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'batch' } });
    await apply(configMap('broken', 'batch', { data: { 'core-site.xml': malformed } }));
    await apply(assignment('batch', { namespaces: ['batch'] }));
    const { kstatus, argo } = await seen(await whenReadyIs('Refused', 'batch'));
    expect(kstatus).toMatch(/^Failed: 1 of 1 ConfigMap/);
    expect(argo).toMatch(/^Degraded: Refused: 1 of 1 ConfigMap/);
    await apply(configMap('broken', 'batch', { data: { 'core-site.xml': good } }));
    expect(await seen(await whenReadyIs('Compliant', 'batch'))).toMatchObject({
      argo: expect.stringMatching(/^Healthy:/),
    });
  });

  it('is in progress for both while it may become Ready by itself', async () => {
    await apply(assignment('later', { namespaces: ['later'] }));
    const { kstatus, argo } = await seen(await whenReadyIs('NamespaceNotFound', 'later'));
    expect(kstatus).toMatch(/^InProgress: there is no namespace later/);
    expect(argo).toMatch(/^Progressing: NamespaceNotFound: there is no namespace later/);
  });

  it('is in progress for both until the operator has seen its newest generation, whatever is said of an earlier one', async () => {
    const object = await whenReadyIs('Compliant');
    const newer = { ...object, metadata: { ...object.metadata, generation: object.metadata.generation + 1 } };
    const { status, ...fresh } = object;
    expect(status).toBeDefined();
    expect(await seen(newer)).toMatchObject({
      kstatus: expect.stringMatching(/^InProgress:/),
      argo: expect.stringMatching(/^Progressing:/),
    });
    // Argo CD alone: kstatus takes whatever has no status for done.
    expect(await seen(fresh)).toMatchObject({ argo: expect.stringMatching(/^Progressing:/) });
  });

  it('has the health check in the documentation that is in the file', () => {
    const [, indented = ''] = /ssekms\.io_KmsKeyAssignment: \|\n([\s\S]*?)```/.exec(documented) ?? [];
    expect(indented.replace(/^ {4}/gm, '')).toBe(readFileSync(script, 'utf8'));
  });
});
