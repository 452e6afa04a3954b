/**
 * What the chart gives to Prometheus and Grafana, as Helm renders it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Tools } from '../product/install.ts';

export const chart = join(import.meta.dirname, '..', '..', 'charts', 'sse-kms-operator');
export const docs = join(chart, 'docs');

export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

/** As written, with the placeholders that the template fills in. */
export function readRules(): readonly Rule[] {
  const { groups } = load(readFileSync(join(chart, 'rules', 'alerts.yaml'), 'utf8')) as RuleFile;
  return groups.flatMap(({ rules }) => rules);
}

/** `spec` of the chart's PrometheusRule, which has a rule file's form. */
export async function renderRules({ helm }: Pick<Tools, 'helm'>, ...values: string[]): Promise<RuleFile> {
  const rule = await render(helm, 'prometheus-rule', ['metrics.prometheusRule.enabled=true', ...values]);
  return (rule as { spec: RuleFile }).spec;
}

export async function render(helm: Tools['helm'], template: string, values: readonly string[]): Promise<unknown> {
  const sets = values.flatMap((value) => ['--set', value]);
  const only = ['--show-only', `templates/${template}.yaml`];
  const { stdout } = await helm([
    'template',
    'sse-kms-operator',
    chart,
    '--namespace',
    'sse-kms-system',
    ...only,
    ...sets,
  ]);
  return load(stdout);
}

export interface Query {
  /** The panel that asks. */
  readonly title: string;
  readonly expr: string;
}

export function readDashboard(
  text = readFileSync(join(chart, 'dashboards', 'sse-kms-operator.json'), 'utf8'),
): Query[] {
  const { panels } = JSON.parse(text) as {
    panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
  };
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
}
