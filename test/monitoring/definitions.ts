/**
 * Stand-ins for Prometheus Operator's CustomResourceDefinitions: the documented fields that the chart uses
 * (https://prometheus-operator.dev/docs/api-reference/api/), so that the API server checks what is rendered as strictly as with the real ones.
 */
const text = { type: 'string' };
const duration = { ...text, pattern: '^(0|(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$' };
const texts = { type: 'object', additionalProperties: text };
const list = (items: object) => ({ type: 'array', items });
const object = (properties: object, ...required: string[]) => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

const serviceMonitor = object(
  {
    selector: object({ matchLabels: texts }),
    namespaceSelector: object({ any: { type: 'boolean' }, matchNames: list(text) }),
    endpoints: list(
      object({
        port: text,
        path: text,
        interval: duration,
        scrapeTimeout: duration,
        relabelings: list(
          object({
            action: text,
            regex: text,
            replacement: text,
            separator: text,
            sourceLabels: list(text),
            targetLabel: text,
          }),
        ),
      }),
    ),
  },
  'selector',
  'endpoints',
);

const rule = object({ alert: text, expr: text, for: duration, labels: texts, annotations: texts }, 'expr');
const prometheusRule = object({ groups: list(object({ name: text, interval: duration, rules: list(rule) }, 'name')) });

function definition(kind: string, spec: object) {
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.monitoring.coreos.com` },
    spec: {
      group: 'monitoring.coreos.com',
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural: `${singular}s`, singular },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: object({ spec }, 'spec') } }],
    },
  };
}

export const prometheusOperatorDefinitions = {
  apiVersion: 'v1',
  kind: 'List',
  items: [definition('ServiceMonitor', serviceMonitor), definition('PrometheusRule', prometheusRule)],
};
