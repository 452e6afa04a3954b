/**
 * Who but the operator may read and write assignments, as a real API server decides it.
 */
import { loadAll } from 'js-yaml';
import { beforeAll, expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { describeWith } from '../run/needs.ts';
import { install, type KubernetesObject, namespace, release, set, upgrade } from './chart.ts';

describeWith(['control plane'], "the chart's roles", () => {
  const cluster = useControlPlane();

  beforeAll(async () => {
    await install(cluster(), ...set('rbac.readers[0].kind=Group', 'rbac.readers[0].name=data-teams'));
    for (const [user, role] of [
      ['reader', `${release}-view`],
      ['editor', `${release}-edit`],
    ]) {
      await cluster().kubectl(['create', 'clusterrolebinding', `${user}`, `--user=${user}`, `--clusterrole=${role}`]);
    }
    await cluster().kubectl(['create', 'namespace', 'finance']);
    const inOneNamespace = [`--clusterrole=${release}-view`, '--user=tenant', '-n', 'finance'];
    await cluster().kubectl(['create', 'rolebinding', 'tenant', ...inOneNamespace]);
    await eventually(
      () => can('reader', 'get'),
      (answer) => answer,
    );
  }, 60_000);

  async function can(user: string, verb: string, groups: readonly string[] = []): Promise<boolean> {
    const as = [`--as=${user}`, ...groups.map((group) => `--as-group=${group}`)];
    const args = ['auth', 'can-i', verb, 'kmskeyassignments.ssekms.io', ...as];
    const { stdout } = await cluster()
      .kubectl(args)
      .catch((error) => error as { stdout: string });
    return stdout.trim().endsWith('yes');
  }

  it('let those who are bound to them read, and write', async () => {
    const allowed = async (user: string, ...groups: string[]) => {
      const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
      const answers = await Promise.all(verbs.map((verb) => can(user, verb, groups)));
      return verbs.filter((_, at) => answers[at]);
    };
    expect(await allowed('reader')).toEqual(['get', 'list', 'watch']);
    expect(await allowed('anybody', 'data-teams')).toEqual(['get', 'list', 'watch']);
    expect(await allowed('editor')).toEqual(['create', 'update', 'patch', 'delete']);
    expect(await allowed('stranger')).toEqual([]);
    // Assignments are in no namespace, and so in none that a RoleBinding speaks of: that is what rbac.readers is for.
    expect(await allowed('tenant')).toEqual([]);
  });

  /** The chart's roles of which a built-in role takes the rules: by the selectors with which the controller looks for them. */
  async function aggregatedInto(role: string): Promise<string[]> {
    const { stdout } = await cluster().kubectl(['get', 'clusterrole', role, '-o', 'json']);
    const { clusterRoleSelectors } = JSON.parse(stdout).aggregationRule;
    const found = await Promise.all(
      clusterRoleSelectors.map(async ({ matchLabels }: KubernetesObject) => {
        const selector = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
        const args = ['get', 'clusterroles', '-l', selector.join(), '-o', 'name'];
        return (await cluster().kubectl(args)).stdout.trim().split('\n');
      }),
    );
    const names = found.flat().map((name: string) => name.replace(/^.*\//, ''));
    const below = ['view', 'edit'].filter((each) => names.includes(each));
    const nested = await Promise.all(below.map(aggregatedInto));
    return [...new Set([...names.filter((name) => name.startsWith(release)), ...nested.flat()])].sort();
  }

  it('are parts of the built-in ones: to read always, to write where asked for', async () => {
    const all = async () => Promise.all(['view', 'edit', 'admin'].map(aggregatedInto));
    const [view, edit] = [`${release}-view`, `${release}-edit`];
    expect(await all()).toEqual([[view], [view], [view]]);
    await upgrade(cluster(), ...set('rbac.writableBy=admin'));
    expect(await all()).toEqual([[view], [view], [edit, view]]);
    await upgrade(cluster(), ...set('rbac.writableBy=edit'));
    expect(await all()).toEqual([[view], [edit, view], [edit, view]]);
    await upgrade(cluster(), ...set('rbac.aggregateToView=false'));
    expect(await all()).toEqual([[], [], []]);
  }, 60_000);

  it('are not those of the operator', async () => {
    const { stdout } = await cluster().helm(['get', 'manifest', release, '-n', namespace]);
    const bindings = loadAll(stdout).filter((object) => /RoleBinding$/.test((object as KubernetesObject)?.kind ?? ''));
    const bound = (bindings as KubernetesObject[]).map(({ roleRef }) => roleRef.name);
    expect(bound).toContain(release);
    for (const role of ['view', 'edit']) expect(bound).not.toContain(`${release}-${role}`);
  });
});
