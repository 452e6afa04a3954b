/**
 * The table of metrics in docs/metrics.md; the words around it are written by hand.
 */
import { buildMetrics, type Description } from '../../src/metrics/registry.ts';
import type { State } from '../../src/metrics/state.ts';

const begin = '<!-- metrics: written by npm run generate from src/metrics -->';
const end = '<!-- end of metrics -->';

/** Of a replica that knows nothing yet. */
export const nothingKnown: State = {
  ready: () => false,
  leading: () => false,
  queued: () => ({ configObjects: 0, assignments: 0 }),
  configObjects: () => undefined,
  contended: () => undefined,
  assignments: () => ({ byReason: {}, conflicted: 0 }),
  keys: () => undefined,
  certificate: () => ({
    trusted: false,
    leafExpiresAt: undefined,
    caExpiresAt: undefined,
    problem: undefined,
    failures: 0,
  }),
};

/** What the operator measures of itself. What prom-client measures of every process differs from system to system. */
export function describeMetrics(): readonly Description[] {
  const metrics = buildMetrics({ version: '', node: '' });
  metrics.observeState(nothingKnown);
  const own = metrics.describe().filter(({ name }) => name.startsWith('ssekms_'));
  return own.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The document with its table as the metrics are now. @throws Error where the marks are missing. */
export function fillMetrics(document: string): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/metrics.md has no '${begin}' with '${end}' below it`);
  const rows = describeMetrics().map(({ name, type, labels, help }) => {
    const named = labels.filter((label) => label !== 'le').map((label) => `\`${label}\``);
    return `| \`${name}\` | ${type} | ${named.join(', ')} | ${help} |`;
  });
  const table = ['| metric | type | labels | what it is |', '|---|---|---|---|', ...rows].join('\n');
  return `${document.slice(0, from)}${begin}\n\n${table}\n\n${document.slice(to)}`;
}
