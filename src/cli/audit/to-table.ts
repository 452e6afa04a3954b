/**
 * The report as a person reads it in a terminal: what each assignment would change, then what needs somebody's hands.
 */
import { type AuditOutcome, gravest, type OutcomeCounts, outcomes, outcomeTitles, totalOf } from './outcomes.ts';
import { count, toColumns, toPlain } from './plain-text.ts';
import type { AssignmentRow, AuditReport, FindingRow, KeyRow, NamespaceRow, ObjectRow } from './report.ts';

export interface TableOptions {
  /** Rows of a table; what is left out is counted. */
  readonly most: number;
  readonly paint: (style: 'bold' | 'dim' | 'red' | 'yellow' | 'green', text: string) => string;
}

type Paint = TableOptions['paint'];

export function toTable(report: AuditReport, { most, paint }: TableOptions): string {
  const { assignments, namespaces, objects, objectsLeftOut, otherValues, otherValuesLeftOut, keys } = report;
  const deviating = namespaces.filter(deviates);
  const needy = objects.filter(({ outcome }) => outcome === 'refused' || outcome === 'immutable');
  const hidden = objectsLeftOut > 0 ? 'and there may be more of them' : '';
  return [
    `${toHead(report, paint)}\n`,
    ...report.remarks.map((remark) => `${paint('yellow', `Note: ${toPlain(remark)}`)}\n`),
    section('Assignments', toAssignments(assignments), assignments.length, most, paint),
    section('Keys named by files', toKeys(keys), keys.length, most, paint),
    section('Namespaces that are not all compliant', toNamespaces(deviating), deviating.length, most, paint),
    section('Refused and immutable objects', toObjects(needy), needy.length, most, paint, hidden),
    section(
      'Values that nothing covers, by their data key',
      [
        ['NAMESPACE', 'OBJECT', 'DATA KEY', 'LOOKS LIKE'],
        otherValues.map(({ namespace, kind, name, key, looksLike }) => [
          namespace,
          `${kind}/${name}`,
          key,
          looksLike === 'configuration' ? 'a Hadoop configuration' : 'settings of S3A',
        ]),
      ],
      otherValues.length + otherValuesLeftOut,
      most,
      paint,
    ),
  ].join('');
}

/** Something is to be said of it: an outcome besides the compliant, a warning, a value that nothing covers. */
function deviates({ counts, warnings, otherValues }: NamespaceRow): boolean {
  const others = totalOf(counts) - (counts.compliant ?? 0);
  return others > 0 || otherValues > 0 || Object.keys(warnings).length > 0;
}

function toHead({ totals, namespaces, cluster, scope, at }: AuditReport, paint: Paint): string {
  const total = totalOf(totals);
  const parts = outcomes
    .filter((outcome) => totals[outcome] !== undefined)
    .map((outcome) => paint(colours[outcome] ?? 'dim', `${totals[outcome]} ${outcomeTitles[outcome]}`));
  const where = `${toPlain(cluster.context)} (${toPlain(cluster.server)})`;
  const operator = { installed: 'installed', notInstalled: 'not installed', unknown: 'perhaps installed' }[
    scope.operator
  ];
  const what = scope.secrets ? 'ConfigMaps and Secrets' : 'ConfigMaps';
  return [
    `Audit of ${where} at ${at}; the operator is ${operator}`,
    `${count(total, 'config object')} (${what}) in ${count(namespaces.length, 'namespace')}${total > 0 ? `: ${parts.join(', ')}` : ''}`,
  ].join('\n');
}

const colours: Readonly<Partial<Record<AuditOutcome, 'red' | 'yellow' | 'green'>>> = {
  refused: 'red',
  conflicted: 'red',
  immutable: 'red',
  unassigned: 'yellow',
  change: 'yellow',
  compliant: 'green',
};

type Columns = readonly [readonly string[], readonly (readonly (string | number)[])[]];

function section(title: string, [titles, rows]: Columns, total: number, most: number, paint: Paint, tail = ''): string {
  if (total === 0) return '';
  const shown = rows.slice(0, most);
  const rest = total - shown.length;
  const more = rest > 0 ? `${paint('dim', `and ${rest} more; -o json or -o html shows them`)}\n` : '';
  const hint = tail === '' ? '' : `${paint('dim', tail)}\n`;
  return `\n${paint('bold', title)}\n${toColumns(titles, shown)}${more || hint}`;
}

function toAssignments(rows: readonly AssignmentRow[]): Columns {
  const titles = [
    'NAME',
    'ENFORCEMENT',
    'KEY',
    'NAMESPACES',
    'OBJECTS',
    ...shownOutcomes.map((one) => outcomeTitles[one].toUpperCase()),
  ];
  return [
    titles,
    rows.map(({ name, origin, valid, enforcement = '', key = '', namespaces, counts, problems = [] }) => [
      origin === 'file' ? `${name} (file)` : name,
      valid ? enforcement : 'invalid',
      valid ? shorten(key) : (problems[0] ?? ''),
      namespaces,
      totalOf(counts),
      ...shownOutcomes.map((outcome) => counts[outcome] ?? 0),
    ]),
  ];
}

/** What can become of an object where an assignment applies. */
const shownOutcomes = ['change', 'refused', 'immutable', 'outdated', 'otherStore', 'compliant'] as const;

/** The key's id tells it apart; its account and Region are in the other forms of the report. */
function shorten(key: string): string {
  return key.length > 40 ? `…${key.slice(-39)}` : key;
}

function toKeys(rows: readonly KeyRow[]): Columns {
  return [
    ['KEY', 'ASSIGNED BY', 'FILES NOW', 'FILES AFTER'],
    rows.map(({ key, assignedBy, filesNow, filesAfter }) => [key, assignedBy.join(', '), filesNow, filesAfter]),
  ];
}

function toNamespaces(rows: readonly NamespaceRow[]): Columns {
  return [
    ['NAMESPACE', 'ASSIGNMENT', 'OBJECTS', 'FINDINGS'],
    rows.map(({ name, state, assignments, counts, warnings, otherValues }) => [
      name,
      state === 'assigned'
        ? assignments.join()
        : state === 'conflicted'
          ? `conflict: ${assignments.join(', ')}`
          : 'none',
      totalOf(counts),
      [
        ...toParts(counts),
        ...Object.entries(warnings).map(([reason, number]) => `${number} ${reason}`),
        ...(otherValues > 0 ? [`${otherValues} with other data keys`] : []),
      ].join(', '),
    ]),
  ];
}

function toParts(counts: OutcomeCounts): string[] {
  return gravest(counts) === null
    ? []
    : outcomes.flatMap((outcome) => (counts[outcome] ? [`${counts[outcome]} ${outcomeTitles[outcome]}`] : []));
}

function toObjects(rows: readonly ObjectRow[]): Columns {
  return [
    ['NAMESPACE', 'OBJECT', 'REASON', 'PLACE', 'MESSAGE'],
    rows.map(({ namespace, kind, name, findings, findingCount }) => {
      const [first] = findings;
      const more = findingCount > 1 ? ` (and ${findingCount - 1} more)` : '';
      return [
        namespace,
        `${kind}/${name}`,
        first?.reason ?? '',
        first ? toPlace(first) : '',
        (first?.message ?? '') + more,
      ];
    }),
  ];
}

function toPlace({ key, line, column }: FindingRow): string {
  return line === null ? key : `${key}:${line}:${column}`;
}
