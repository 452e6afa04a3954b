/**
 * The tabs: which rows each has, its columns, and the words by which a row is found.
 */
import { type AuditOutcome, gravest, type OutcomeCounts, outcomes, totalOf } from '../outcomes.ts';
import type { AssignmentRow, AuditReport, KeyRow, NamespaceRow, ObjectRow, OtherValueRow } from '../report.ts';
import { type Child, element } from './elements.ts';
import type { Column } from './grid.ts';
import { toBadge, toBar } from './outcome-bar.ts';

export interface View<R = unknown> {
  readonly id: string;
  readonly title: string;
  readonly rows: readonly R[];
  /** How many more there are that the page doesn't hold. */
  readonly leftOut: number;
  readonly columns: readonly Column<R>[];
  words(row: R): string;
  /** Whether a row has to do with one of these outcomes. */
  has(row: R, outcomes: ReadonlySet<AuditOutcome>): boolean;
}

const mono = (text: string): Child => element('span', { class: 'mono', title: text }, text);
const tail = (text: string): Child =>
  element('div', { class: 'tail mono', title: text }, element('bdi', { dir: 'ltr' }, text));
const muted = (text: string): Child => element('span', { class: 'muted', title: text }, text);
const anyOf = (counts: OutcomeCounts, wanted: ReadonlySet<AuditOutcome>) =>
  outcomes.some((one) => wanted.has(one) && (counts[one] ?? 0) > 0);

function toStanding({ state, assignments }: NamespaceRow): Child {
  if (state === 'assigned') return mono(assignments.join(', '));
  if (state === 'conflicted') return mono(`conflict: ${assignments.join(', ')}`);
  return muted(state === 'unassigned' ? 'no assignment' : 'out of scope');
}

function toNamespaces({ namespaces }: AuditReport): View<NamespaceRow> {
  return {
    id: 'namespaces',
    title: 'Namespaces',
    rows: namespaces,
    leftOut: 0,
    columns: [
      { title: 'Namespace', width: 'minmax(9rem, 2fr)', cell: ({ name }) => mono(name) },
      { title: 'Assignment', width: 'minmax(7rem, 1.4fr)', cell: toStanding },
      {
        title: 'Worst',
        width: '8rem',
        cell: ({ counts }) => {
          const outcome = gravest(counts);
          return outcome === null ? muted('no files') : toBadge(outcome);
        },
      },
      { title: 'Objects', width: '5rem', numeric: true, extra: true, cell: ({ counts }) => totalOf(counts) },
      {
        title: 'Compliance',
        width: 'minmax(6rem, 1.6fr)',
        cell: ({ counts }) => (totalOf(counts) === 0 ? null : toBar(counts, 'small')),
      },
      {
        title: 'Warnings',
        width: '5.5rem',
        numeric: true,
        extra: true,
        cell: ({ warnings }) => Object.values(warnings).reduce((sum, one) => sum + one, 0) || null,
      },
    ],
    words: ({ name, state, assignments, enforcement = '', warnings }) =>
      [name, state, ...assignments, enforcement, ...Object.keys(warnings)].join(' '),
    has: ({ counts }, wanted) => anyOf(counts, wanted),
  };
}

/** What stands first of what is said of an object. */
function toReason({ findings, findingCount }: ObjectRow): Child {
  const [first] = findings;
  if (first === undefined) return null;
  const more = findingCount > 1 ? ` +${findingCount - 1}` : '';
  return element('span', { title: first.message }, element('b', {}, first.reason + more), ` ${first.message}`);
}

function toObjects({ objects, objectsLeftOut }: AuditReport): View<ObjectRow> {
  return {
    id: 'objects',
    title: 'Objects',
    rows: objects,
    leftOut: objectsLeftOut,
    columns: [
      { title: 'Outcome', width: '8rem', cell: ({ outcome }) => toBadge(outcome) },
      { title: 'Namespace', width: 'minmax(7rem, 1fr)', cell: ({ namespace }) => mono(namespace) },
      {
        title: 'Object',
        width: 'minmax(8rem, 1.2fr)',
        cell: ({ kind, name }) => (kind === 'Secret' ? mono(`Secret/${name}`) : mono(name)),
      },
      { title: 'Reason', width: 'minmax(10rem, 2.4fr)', extra: true, cell: toReason },
    ],
    words: ({ namespace, kind, name, outcome, findings }) =>
      [namespace, kind, name, outcome, ...findings.flatMap(({ key, reason, message }) => [key, reason, message])].join(
        ' ',
      ),
    has: ({ outcome }, wanted) => wanted.has(outcome),
  };
}

function toAssignments({ assignments }: AuditReport): View<AssignmentRow> {
  return {
    id: 'assignments',
    title: 'Assignments',
    rows: assignments,
    leftOut: 0,
    columns: [
      {
        title: 'Assignment',
        width: 'minmax(8rem, 1.2fr)',
        cell: ({ name, origin }) =>
          element('span', {}, mono(name), origin === 'file' ? element('span', { class: 'tag' }, 'file') : null),
      },
      { title: 'Enforcement', width: '7rem', cell: ({ valid, enforcement = '' }) => (valid ? enforcement : 'invalid') },
      {
        title: 'Key',
        width: 'minmax(9rem, 2fr)',
        extra: true,
        cell: ({ key, problems = [] }) => (key === undefined ? muted(problems[0] ?? '') : tail(key)),
      },
      { title: 'Namespaces', width: '6.5rem', numeric: true, cell: ({ namespaces }) => namespaces },
      { title: 'Would change', width: '7rem', numeric: true, extra: true, cell: ({ counts }) => counts.change ?? 0 },
      {
        title: 'Compliance',
        width: 'minmax(6rem, 1.2fr)',
        cell: ({ counts }) => (totalOf(counts) === 0 ? null : toBar(counts, 'small')),
      },
    ],
    words: ({ name, target, key = '', enforcement = '', algorithm = '', problems = [] }) =>
      [name, target, key, enforcement, algorithm, ...problems].join(' '),
    has: ({ counts }, wanted) => anyOf(counts, wanted),
  };
}

function toKeys({ keys }: AuditReport): View<KeyRow> {
  return {
    id: 'keys',
    title: 'Keys',
    rows: keys,
    leftOut: 0,
    columns: [
      {
        title: 'Key that files name',
        width: 'minmax(12rem, 3fr)',
        cell: ({ key, kind }) => (kind === 'arn' ? tail(key) : muted(key)),
      },
      {
        title: 'Assigned by',
        width: 'minmax(7rem, 1.4fr)',
        cell: ({ assignedBy }) => (assignedBy.length === 0 ? muted('no assignment') : mono(assignedBy.join(', '))),
      },
      { title: 'Files now', width: '6rem', numeric: true, cell: ({ filesNow }) => filesNow },
      { title: 'Files after', width: '6rem', numeric: true, cell: ({ filesAfter }) => filesAfter },
    ],
    words: ({ key, assignedBy }) => [key, ...assignedBy].join(' '),
    has: () => true,
  };
}

function toOtherValues({ otherValues, otherValuesLeftOut }: AuditReport): View<OtherValueRow> {
  return {
    id: 'others',
    title: 'Other data keys',
    rows: otherValues,
    leftOut: otherValuesLeftOut,
    columns: [
      { title: 'Namespace', width: 'minmax(7rem, 1fr)', cell: ({ namespace }) => mono(namespace) },
      {
        title: 'Object',
        width: 'minmax(8rem, 1.2fr)',
        cell: ({ kind, name }) => (kind === 'Secret' ? mono(`Secret/${name}`) : mono(name)),
      },
      { title: 'Data key', width: 'minmax(8rem, 1.2fr)', cell: ({ key }) => mono(key) },
      {
        title: 'Looks like',
        width: 'minmax(8rem, 1fr)',
        extra: true,
        cell: ({ looksLike }) => (looksLike === 'configuration' ? 'a Hadoop configuration' : 'settings of S3A'),
      },
    ],
    words: ({ namespace, kind, name, key, looksLike }) => [namespace, kind, name, key, looksLike].join(' '),
    has: () => true,
  };
}

export function toViews(report: AuditReport): View[] {
  const views = [toNamespaces, toObjects, toAssignments, toKeys, toOtherValues];
  return views.map((toView): View => toView(report));
}
