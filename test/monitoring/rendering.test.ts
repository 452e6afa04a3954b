/**
 * The chart's monitoring objects: what Helm makes of the values, checked by the API server.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { beforeAll, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { chart, type KubernetesObject, namespace, refusal, release, set } from '../chart/chart.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { describeWith } from '../run/needs.ts';
import { prometheusOperatorDefinitions } from './definitions.ts';

const all = set(
  'metrics.serviceMonitor.enabled=true',
  'metrics.prometheusRule.enabled=true',
  'metrics.dashboard.enabled=true',
);
const configured = set(
  'metrics.port=9090',
  'metrics.from[0].namespaceSelector.matchLabels.team=ops',
  'metrics.serviceMonitor.labels.release=kps',
  'metrics.serviceMonitor.interval=1m',
  'metrics.serviceMonitor.relabelings[0].action=replace',
  'metrics.serviceMonitor.relabelings[0].targetLabel=cluster',
  'metrics.serviceMonitor.relabelings[0].replacement=blue',
  'metrics.prometheusRule.labels.release=kps',
  'metrics.prometheusRule.runbookUrl=https://example.com/runbooks',
  'metrics.prometheusRule.by={cluster}',
  'metrics.dashboard.annotations.folder=Security',
);

describeWith(['control plane'], 'the monitoring in the chart', () => {
  const cluster = useControlPlane();

  beforeAll(async () => {
    await cluster().kubectl(['create', 'namespace', namespace]);
    await cluster().kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(prometheusOperatorDefinitions) });
    await eventually(
      async () =>
        (await cluster().kubectl(['api-resources', '--api-group=monitoring.coreos.com', '-o', 'name'])).stdout,
      (names) => names.includes('servicemonitors') && names.includes('prometheusrules'),
    );
  });

  async function template(values: readonly string[], name = release): Promise<string> {
    return (await cluster().helm(['template', name, chart, '--namespace', namespace, '--no-hooks', ...values])).stdout;
  }

  async function objects(values: readonly string[]): Promise<(kind: string, name?: string) => KubernetesObject> {
    const found = loadAll(await template(values)).filter((object) => object !== null) as KubernetesObject[];
    return (kind, name = release) => found.find((one) => one.kind === kind && one.metadata.name === name);
  }

  it.each<[string, string[], string]>([
    ['as it comes', all, release],
    ['with everything set', [...all, ...configured], release],
    ['of a release with a long name', all, 'r'.repeat(53)],
  ])('passes the strict checks of the API server %s', async (_, values, name) => {
    const apply = ['apply', '--dry-run=server', '--validate=strict', '--warnings-as-errors', '-f', '-'];
    const { stdout } = await cluster().kubectl(apply, { stdin: await template(values, name) });
    for (const kind of ['servicemonitor', 'prometheusrule', 'configmap', 'service']) expect(stdout).toContain(kind);
  });

  it('comes as a Service alone, since the rest needs others', async () => {
    const find = await objects([]);
    expect(find('Service', `${release}-metrics`)).toBeDefined();
    expect([find('ServiceMonitor'), find('PrometheusRule'), find('ConfigMap', `${release}-dashboard`)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('leads Prometheus to the port on which the operator serves', async () => {
    const find = await objects([...all, ...configured]);
    const service = find('Service', `${release}-metrics`);
    const { spec: pod, metadata } = find('Deployment').spec.template;
    const { spec: monitor } = find('ServiceMonitor');
    expect(service.metadata.labels).toMatchObject(monitor.selector.matchLabels);
    expect(monitor.namespaceSelector.matchNames).toEqual([service.metadata.namespace]);
    const [endpoint] = monitor.endpoints;
    const port = service.spec.ports.find(({ name }: { name: string }) => name === endpoint.port);
    expect(metadata.labels).toMatchObject(service.spec.selector);
    const [container] = pod.containers;
    const open = container.ports.find(({ name }: { name: string }) => name === port.targetPort);
    const environment = { POD_NAME: 'pod-1', POD_NAMESPACE: namespace, KUBERNETES_SERVICE_HOST: '10.0.0.1' };
    expect(parseCommandLine('operator', container.args.slice(1), environment)).toMatchObject({
      config: { metricsPort: open.containerPort },
    });
    expect(open.containerPort).toBe(9090);
  });

  it('leaves the webhook’s own Service to the webhook, and finds replicas that are not ready', async () => {
    const find = await objects(all);
    expect(find('Service').spec.ports.map(({ name }: { name: string }) => name)).toEqual(['webhook']);
    // ServiceMonitors select by labels: the webhook's Service must not be one of them.
    expect(find('Service').metadata.labels['app.kubernetes.io/component']).not.toBe('metrics');
    expect(find('Service', `${release}-metrics`).spec).toMatchObject({
      publishNotReadyAddresses: true,
      clusterIP: 'None',
    });
  });

  it('opens the port to whom the values name, and to nobody where nothing is served', async () => {
    const rules = async (values: string[]) => (await objects(values))('NetworkPolicy').spec.ingress;
    const peers = [{ namespaceSelector: { matchLabels: { team: 'ops' } } }];
    expect(await rules([...configured])).toContainEqual({ ports: [{ port: 9090, protocol: 'TCP' }], from: peers });
    expect(await rules([])).toContainEqual({ ports: [{ port: 8080, protocol: 'TCP' }] });
    expect(JSON.stringify(await rules(set('metrics.enabled=false')))).not.toContain('8080');
  });

  it('serves nothing where it is switched off', async () => {
    const find = await objects(set('metrics.enabled=false'));
    const [container] = find('Deployment').spec.template.spec.containers;
    expect(find('Service', `${release}-metrics`)).toBeUndefined();
    expect(container.args).toContain('--metrics-port=0');
    expect(container.ports.map(({ name }: { name: string }) => name)).toEqual(['webhook', 'probes']);
  });

  it.each([
    [
      'a ServiceMonitor without metrics',
      ['metrics.enabled=false', 'metrics.serviceMonitor.enabled=true'],
      'metrics.serviceMonitor.enabled',
    ],
    [
      'alerts without metrics',
      ['metrics.enabled=false', 'metrics.prometheusRule.enabled=true'],
      'metrics.prometheusRule.enabled',
    ],
    ['an interval without a unit', ['metrics.serviceMonitor.interval=30'], 'interval'],
    ['a runbookUrl with an anchor', ['metrics.prometheusRule.runbookUrl=https://example.com/a#b'], 'runbookUrl'],
    ['a label that Prometheus doesn’t know as one', ['metrics.prometheusRule.by={k8s-cluster}'], 'by'],
    ['an alert at the end of a certificate', ['certificates.provided.alertBeforeSeconds=0'], 'alertBeforeSeconds'],
    ['a peer of no kind', ['metrics.from[0].team=ops'], 'from'],
  ])('refuses %s', async (_, values, word) => {
    expect(await refusal(template(set(...values)))).toContain(word);
  });

  it('carries the dashboard as it is, under the label that Grafana’s sidecar looks for', async () => {
    const find = await objects([...all, ...configured]);
    const { metadata, data } = find('ConfigMap', `${release}-dashboard`);
    expect(metadata).toMatchObject({ labels: { grafana_dashboard: '1' }, annotations: { folder: 'Security' } });
    const file = readFileSync(join(chart, 'dashboards', 'sse-kms-operator.json'), 'utf8');
    expect(JSON.parse(data['sse-kms-operator.json'])).toEqual(JSON.parse(file));
  });

  it('lets no label of the values replace one of its own', async () => {
    const find = await objects([...all, '--set', 'metrics.prometheusRule.labels.app\\.kubernetes\\.io/name=other']);
    expect(find('PrometheusRule').metadata.labels['app.kubernetes.io/name']).toBe('sse-kms-operator');
  });

  it('gives each alert a runbook_url of its own', async () => {
    const find = await objects([...all, ...configured]);
    const rules = find('PrometheusRule').spec.groups.flatMap(({ rules }: KubernetesObject) => rules);
    const urls = rules.map(({ annotations }: KubernetesObject) => annotations.runbook_url);
    expect(new Set(urls).size).toBe(rules.length);
    expect(urls).toContain('https://example.com/runbooks#ssekmsnoleader');
  });
});
