/**
 * `sse-kms audit`: what the assignments would change in a live cluster, and what stands there.
 */
import type { Io, OptionValues } from '../command.ts';
import { defineCommand } from '../define.ts';
import { UsageError } from '../errors.ts';
import { fileOptions, liveOptions, toFileRules } from '../shared-options.ts';
import { type Progress, painter, startProgress } from '../terminal.ts';
import { noLimits, pageLimits } from './limits.ts';
import type { AuditReport } from './report.ts';

const options = {
  file: {
    short: 'f',
    value: 'FILE',
    about: "assignments to audit by, in place of the cluster's of the same name and beside its others; - is stdin",
    repeatable: true,
    completes: 'file',
  },
  output: {
    short: 'o',
    value: 'FORMAT',
    about: 'table, json with every object, or html for one page that needs nothing else',
    choices: ['table', 'json', 'html'],
    fallback: 'table',
  },
  namespace: { short: 'n', value: 'NAME', about: 'this namespace only', repeatable: true },
  secrets: { about: 'Secrets as well as ConfigMaps; nothing of their values is told' },
  rows: { value: 'COUNT', about: 'rows of each table at most', fallback: '30' },
  ...liveOptions,
  ...fileOptions,
} as const;

export const command = defineCommand({
  name: 'audit',
  summary: 'what the assignments would change in a cluster, read-only, as a table, JSON or a page',
  synopsis: ['audit [-f FILE…] [-o table|json|html] [-n NAMESPACE…] [--secrets]'],
  description: `Reads a cluster through get and list alone, before the operator is installed or after it, and says
how every ConfigMap with Hadoop's or Spark's configuration stands: compliant, to be changed, refused,
immutable, with an earlier key, on another store, or without an assignment.

The assignments are those of the cluster. Files named by -f count as if they were applied: they take the
place of those of the same name, and stand beside the others.`,
  options,
  exitCodes: {
    0: 'the audit was made, whatever it found',
    2: 'it could not be made: a mistake on the command line or in a file, a missing right, no connection',
  },
  examples: [
    {
      about: 'What would these assignments change, before anything is installed',
      line: 'sse-kms audit -f assignments.yaml',
    },
    { about: 'The whole cluster as a page to look at', line: 'sse-kms audit -o html > audit.html' },
    {
      about: 'Every refused object',
      line: 'sse-kms audit -o json | jq \'.objects[] | select(.outcome == "refused")\'',
    },
  ],
  run: ({ options: values }, io) => runAudit(values, io),
});

/** Loaded only now: `--help` needs none of it. */
const parts = () =>
  Promise.all([
    import('../live.ts'),
    import('../inputs/assignments.ts'),
    import('./assignment-set.ts'),
    import('./audit.ts'),
    import('./core.ts'),
    import('./read-cluster.ts'),
  ]);

async function runAudit(values: OptionValues<typeof options>, io: Io): Promise<number> {
  const files = toFileRules(values);
  const most = toMost(values.rows);
  if (values.output === 'html' && io.isTerminal.out) {
    throw new UsageError('the page is for a browser: write it to a file, sse-kms audit -o html > audit.html');
  }
  const [live, inputs, { toAssignmentSet }, { audit }, { buildTransport }, { readAssignments }] = await parts();
  const inFiles = values.file.length === 0 ? [] : (await inputs.readAssignments(values.file, io)).assignments;
  const kubeConfig = live.chooseCluster(values, io);
  const transport = buildTransport(kubeConfig, { userAgent: 'sse-kms' });
  const { signal } = new AbortController();
  const counting = startCounting(io);
  try {
    const inCluster = await readAssignments({ transport, signal }, inFiles.length > 0);
    const report = await audit({
      transport,
      signal,
      files,
      cluster: { context: kubeConfig.currentContext, server: kubeConfig.getCurrentCluster()?.server ?? '' },
      assignments: toAssignmentSet(inCluster, inFiles, values.file),
      secrets: values.secrets,
      namespaces: values.namespace.length === 0 ? null : values.namespace,
      limits: values.output === 'json' ? noLimits : pageLimits,
      at: new Date(),
      onProgress: counting.at,
    });
    counting.end();
    await print(report, values.output, most, io);
    return 0;
  } finally {
    counting.end();
    transport.close();
  }
}

async function print(report: AuditReport, format: string, most: number, io: Io): Promise<void> {
  if (format === 'json') {
    const { toJson } = await import('./to-json.ts');
    for (const piece of toJson(report)) io.out(piece);
  } else if (format === 'html') {
    const { toHtml } = await import('./to-html.ts');
    io.out(toHtml(report));
  } else {
    const { toTable } = await import('./to-table.ts');
    io.out(toTable(report, { most, paint: painter(io) }));
  }
}

function toMost(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`--rows must be a whole number from 1 on, not '${text}'`);
}

/** One line a kind, where the server says how many there are. */
function startCounting(io: Io) {
  let progress: Progress | undefined;
  let counted = '';
  return {
    at(kind: string, objects: number, total: number | undefined) {
      if (total === undefined) return;
      if (counted !== kind) {
        progress?.end();
        progress = startProgress(io, `reading ${kind}s`, total);
        counted = kind;
      }
      progress?.at(objects);
    },
    end: () => progress?.end(),
  };
}
