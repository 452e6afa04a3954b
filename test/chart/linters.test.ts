/**
 * kube-score and kubeconform on what Helm makes of the chart, with each exception in docs/integration.md and needed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { beforeAll, expect, it } from 'vitest';
import { certManagerDefinitions } from '../certificates/cert-manager-crds.ts';
import { findLinters } from '../controlplane/binaries.ts';
import { runCommand } from '../controlplane/command.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { prometheusOperatorDefinitions } from '../monitoring/definitions.ts';
import { eventually } from '../product/eventually.ts';
import { describeWith } from '../run/needs.ts';
import { chart, install, type KubernetesObject, namespace, refusal, release, set } from './chart.ts';
import { schemaLocation, writeSchemas } from './json-schemas.ts';
import { temporaryFolder } from './temporary-folder.ts';

const golden = (name: string) => ['--values', join(import.meta.dirname, 'golden', `${name}.values.yaml`)];
const valueSets: readonly (readonly [string, readonly string[]])[] = [
  ['the defaults', []],
  ['everything', golden('everything')],
  ['an autoscaler', set('autoscaling.enabled=true')],
  ['monitoring', set('metrics.serviceMonitor.enabled=true', 'metrics.prometheusRule.enabled=true')],
];
const closed = set('networkPolicy.egress.restricted=true');

describeWith(['control plane', 'linters'], 'the chart', () => {
  const cluster = useControlPlane();
  const folder = temporaryFolder();
  const exceptions = documentedExceptions();

  beforeAll(async () => {
    await install(cluster());
    for (const definitions of [certManagerDefinitions, prometheusOperatorDefinitions]) {
      await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(definitions) });
    }
    const openApi = await eventually(
      async () => (await cluster().kubectl(['get', '--raw', '/openapi/v2'])).stdout,
      (text) =>
        ['KmsKeyAssignment', 'PrometheusRule', 'Certificate'].every((kind) => text.includes(`"kind":"${kind}"`)),
    );
    expect(await writeSchemas(openApi, folder())).toBeGreaterThan(100);
  }, 120_000);

  async function render(args: readonly string[]): Promise<string> {
    return (await cluster().helm(['template', release, chart, '--namespace', namespace, ...args])).stdout;
  }

  const kubeconform = (stdin: string) =>
    runCommand(
      findLinters()?.kubeconform ?? '',
      ['-strict', '-summary', '-output', 'json', '-schema-location', schemaLocation(folder())],
      { stdin },
    );

  it.each(valueSets)('passes kubeconform with %s, and no object goes unseen', async (_, values) => {
    const rendered = await render([...values]);
    const { summary } = JSON.parse((await kubeconform(rendered)).stdout);
    const count = loadAll(rendered).filter((object) => object !== null).length;
    expect(summary).toEqual({ valid: count, invalid: 0, errors: 0, skipped: 0 });
  });

  it.each<[string, (object: KubernetesObject) => void]>([
    ['a field that there is not', ({ spec }) => Object.assign(spec, { replica: 1 })],
    ['a text for a number', ({ spec }) => Object.assign(spec.template.spec, { terminationGracePeriodSeconds: 'a' })],
    ['a field too few', ({ spec }) => delete spec.selector],
  ])('would not pass it with %s', async (_, spoil) => {
    const deployment = loadAll(await render([])).find((object) => (object as KubernetesObject)?.kind === 'Deployment');
    spoil(deployment as KubernetesObject);
    await expect(kubeconform(JSON.stringify(deployment))).rejects.toThrow(/"statusInvalid"|"invalid": 1/);
  });

  /** What kube-score has to say; undefined where it is content. */
  async function score(values: readonly string[], ignored: readonly string[]): Promise<string | undefined> {
    const flags = ignored.map((test) =>
      test === 'container-resources' ? '--ignore-container-cpu-limit' : `--ignore-test=${test}`,
    );
    const args = ['score', '--exit-one-on-warning', '--output-format=ci', ...flags, '-'];
    return refusal(
      runCommand(findLinters()?.['kube-score'] ?? '', args, { stdin: await render(values) }).catch((error) => {
        throw Object.assign(error, { stderr: error.stdout || error.stderr });
      }),
    );
  }

  it.each(valueSets)('passes kube-score with %s, but for the documented exceptions', async (_, values) => {
    expect(await score(values, exceptions)).toBeUndefined();
  });

  it.each(documentedExceptions())('needs the exception %s', async (exception) => {
    expect(
      await score(
        [],
        exceptions.filter((each) => each !== exception),
      ),
    ).toMatch(/\[(CRITICAL|WARNING)\]/);
  });

  it('needs no exception for its NetworkPolicy where the way out is closed', async () => {
    const others = exceptions.filter((each) => each !== 'pod-networkpolicy');
    expect(await score(closed, others)).toBeUndefined();
  });
});

/** Of the table in docs/integration.md. */
function documentedExceptions(): string[] {
  const text = readFileSync(join(chart, 'docs', 'integration.md'), 'utf8');
  const section = text.slice(text.indexOf('## What linters say'));
  const rows = [...section.matchAll(/^\| `([-\w]+)` \| (.+) \|$/gm)].map(([, name = '']) => name);
  if (rows.length === 0) throw new Error(`docs/integration.md has no table of exceptions`);
  return rows;
}
