/**
 * The table of rights in docs/security.md is what the chart renders: no right without its reason, no reason without a right.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import { chart, type KubernetesObject, namespace, release, set } from '../chart/chart.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';

/** As `role | group | resources | names | verbs`. */
function documented(): string[] {
  const text = readFileSync(join(chart, 'docs', 'security.md'), 'utf8');
  const section = text.slice(text.indexOf("## The operator's rights"), text.indexOf('## The policies'));
  const rows = section.split('\n').filter((line) => /^\| (cluster|namespace|secrets) \|/.test(line));
  return rows.map((row) => {
    const cells = row.split('|').map((cell) => cell.trim());
    expect(cells[6], 'what it is for').not.toBe('');
    return cells.slice(1, 6).join(' | ');
  });
}

describeWith(['control plane'], "the operator's rights", () => {
  const cluster = useControlPlane();

  async function rendered(...values: string[]): Promise<string[]> {
    const args = ['template', release, chart, '--namespace', namespace, ...set(...values)];
    const all = loadAll((await cluster().helm(args)).stdout) as readonly (KubernetesObject | null)[];
    // Those of `helm test` are there while it runs.
    const objects = all.filter(
      (object) => object !== null && object.metadata.annotations?.['helm.sh/hook'] === undefined,
    );
    // Those for people are in test/chart/access.test.ts, and not the operator's.
    const forPeople = [`${release}-view`, `${release}-edit`];
    const roles = objects.filter(
      ({ kind, metadata }) => (kind === 'ClusterRole' || kind === 'Role') && !forPeople.includes(metadata.name),
    );
    const bindings = objects.filter((object) => /RoleBinding$/.test(object?.kind ?? ''));
    expect(bindings.map(({ roleRef }) => `${roleRef.kind}/${roleRef.name}`).sort()).toEqual(
      roles.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort(),
    );
    for (const { subjects } of bindings)
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: release, namespace }]);
    return roles.flatMap(({ kind, metadata, rules }) =>
      rules.map(({ apiGroups, resources, resourceNames = [''], verbs, ...rest }: KubernetesObject) => {
        expect(rest).toEqual({});
        const role = kind === 'Role' ? 'namespace' : metadata.name === release ? 'cluster' : 'secrets';
        const called: Record<string, string> = {
          '': '',
          [release]: 'its own',
          [`${release}-ca`]: 'its CA',
          [`${release},${release}-contention`]: 'its own two',
        };
        const names = called[resourceNames.join()];
        const groups = apiGroups.map((group: string) => group || 'core');
        return [role, groups.join(', '), resources.join(', '), names, verbs.join(', ')].join(' | ');
      }),
    );
  }

  it('are the documented ones, with all options', async () => {
    expect((await rendered('secrets.enabled=true')).sort()).toEqual(documented().sort());
  });

  it('leave out those on Secrets where these are not covered', async () => {
    const expected = documented().filter((row) => !row.startsWith('secrets |'));
    expect((await rendered()).sort()).toEqual(expected.sort());
  });

  it.each([
    ['cert-manager', ['certificates.mode=cert-manager']],
    [
      'somebody else',
      [
        'certificates.mode=provided',
        'certificates.provided.secretName=tls',
        'certificates.provided.writeCaBundle=false',
      ],
    ],
  ])('hold no patch of the webhook configurations, and nothing of the CA, where %s does that', async (_, values) => {
    const rules = await rendered(...values);
    expect(rules.filter((row) => row.includes('webhookconfigurations') && row.includes('patch'))).toEqual([]);
    expect(rules.filter((row) => row.includes('secrets'))).toEqual([]);
  });
});
