/**
 * A HorizontalPodAutoscaler in place of a number of replicas.
 */
import { loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { chart, install, type KubernetesObject, namespace, read, refusal, release, set, upgrade } from './chart.ts';

const on = set('autoscaling.enabled=true');

describeWith(['control plane'], 'autoscaling', () => {
  const cluster = useControlPlane();

  async function objects(...args: string[]): Promise<KubernetesObject[]> {
    const { stdout } = await cluster().helm(['template', release, chart, '--namespace', namespace, ...args]);
    return loadAll(stdout).filter((object) => object !== null);
  }
  const replicas = async () => (await read(cluster(), 'deployment', release, '-n', namespace)).spec.replicas;

  it('leaves the number of replicas to the autoscaler, which the API server takes as it is', async () => {
    expect((await objects()).map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
    const rendered = await objects(...on, ...set('autoscaling.minReplicas=3', 'autoscaling.targetCpu=1'));
    const find = (kind: string) => rendered.find((object) => object.kind === kind);
    expect(find('Deployment').spec).not.toHaveProperty('replicas');
    const autoscaler = find('HorizontalPodAutoscaler');
    expect(autoscaler.spec).toMatchObject({ minReplicas: 3, maxReplicas: 6, scaleTargetRef: { name: release } });
    await cluster().kubectl(['create', 'namespace', namespace]);
    const args = ['create', '--dry-run=server', '--validate=strict', '--warnings-as-errors', '-o', 'json', '-f', '-'];
    const { stdout } = await cluster().kubectl(args, { stdin: JSON.stringify(autoscaler) });
    expect(JSON.parse(stdout).spec.metrics[0].resource.target).toEqual({ type: 'AverageValue', averageValue: '1' });
  });

  it.each([
    ['1', false],
    ['2', true],
  ])('counts the fewest replicas, %s, where replicas counts otherwise', async (minReplicas, budget) => {
    const values = ['replicas=5', `autoscaling.minReplicas=${minReplicas}`, 'metrics.prometheusRule.enabled=true'];
    const rendered = await objects(...on, ...set(...values));
    expect(rendered.some(({ kind }) => kind === 'PodDisruptionBudget')).toBe(budget);
    const rules = JSON.stringify(rendered.find(({ kind }) => kind === 'PrometheusRule'));
    expect(rules).toContain(`sum(ssekms_ready) < ${minReplicas}`);
  });

  it('can be turned on and off again without a moment of fewer replicas, by the way in docs/integration.md', async () => {
    await install(cluster(), ...set('replicas=3'));
    const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: release }, spec: { replicas: 3 } };
    const args = [
      'apply',
      '--server-side',
      '--field-manager=handover',
      '--force-conflicts',
      '-n',
      namespace,
      '-f',
      '-',
    ];
    await cluster().kubectl(args, { stdin: JSON.stringify(manifest) });
    await upgrade(cluster(), ...on);
    expect(await replicas()).toBe(3);
    // As the autoscaler does it.
    await cluster().kubectl(['scale', 'deployment', release, '-n', namespace, '--replicas=5']);
    await upgrade(cluster(), ...on, ...set('logLevel=debug'));
    expect(await replicas()).toBe(5);
    await upgrade(cluster(), ...set('replicas=5'));
    expect(await replicas()).toBe(5);
  }, 60_000);

  it('leaves one replica for a moment without that way, which is why it is there', async () => {
    await cluster().helm(['uninstall', release, '-n', namespace]);
    await install(cluster(), ...set('replicas=3'));
    await upgrade(cluster(), ...on);
    expect(await replicas()).toBe(1);
  }, 60_000);

  it('refuses fewer replicas at most than at least', async () => {
    expect(await refusal(objects(...on, ...set('autoscaling.maxReplicas=1')))).toContain('autoscaling.maxReplicas');
  });
});
