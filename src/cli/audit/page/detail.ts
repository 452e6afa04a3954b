/**
 * What is known of the chosen row, beside the table.
 */
import { totalOf } from '../outcomes.ts';
import type { AuditReport, FindingRow, ObjectRow } from '../report.ts';
import { type Child, element, find, format } from './elements.ts';
import { toBadge, toBar, toText } from './outcome-bar.ts';

export interface Detail {
  show(view: string, row: unknown): void;
  /** False where nothing was open. */
  close(): boolean;
}

/** A namespace shows so many of its objects. */
const mostObjects = 200;

export function buildDetail(report: AuditReport): Detail {
  const host = find('detail');
  const content = find('detail-content');
  find('detail-close').addEventListener('click', () => close());

  function close(): boolean {
    const wasOpen = !host.hidden;
    host.hidden = true;
    document.body.classList.remove('with-detail');
    return wasOpen;
  }

  const writers: Readonly<Record<string, (row: never) => readonly Child[]>> = {
    namespaces: (row: AuditReport['namespaces'][number]) => ofNamespace(row, report),
    objects: (row: ObjectRow) => [heading(row.namespace, row.name), ...ofObject(row)],
    assignments: ofAssignment,
    keys: ofKey,
    others: ofOtherValue,
  };

  return {
    show(view, row) {
      const written = writers[view]?.(row as never) ?? [];
      content.replaceChildren(...written.filter((child) => child !== null).map((child) => child as Node | string));
      host.hidden = false;
      host.scrollTop = 0;
      document.body.classList.add('with-detail');
    },
    close,
  };
}

function heading(above: string, name: string): HTMLElement {
  return element('header', {}, element('p', { class: 'muted mono' }, above), element('h2', { class: 'mono' }, name));
}

function facts(rows: readonly (readonly [string, Child])[]): HTMLElement {
  const shown = rows.filter(([, value]) => value !== null && value !== '');
  return element('dl', {}, ...shown.flatMap(([title, value]) => [element('dt', {}, title), element('dd', {}, value)]));
}

function ofNamespace(row: AuditReport['namespaces'][number], { objects, otherValues }: AuditReport): Child[] {
  const { name, state, assignments, enforcement = '', counts, warnings } = row;
  const total = totalOf(counts);
  const own = objects.filter(({ namespace }) => namespace === name);
  const values = otherValues.filter(({ namespace }) => namespace === name);
  const standing = {
    assigned: assignments.join(', '),
    conflicted: `in conflict: ${assignments.join(', ')}`,
    unassigned: 'none',
    excluded: 'out of the webhook’s scope',
  }[state];
  const told = own.length;
  const notTold = total - (counts.compliant ?? 0) - told;
  return [
    heading('namespace', name),
    total > 0 ? toBar(counts, 'large') : null,
    facts([
      ['Assignment', standing],
      ['Enforcement', enforcement],
      ['Config objects', `${format(total)}${total > 0 ? `: ${toText(counts)}` : ''}`],
      [
        'Warnings',
        Object.entries(warnings)
          .map(([reason, count]) => `${count} ${reason}`)
          .join(', '),
      ],
    ]),
    ...own.slice(0, mostObjects).map((object) => {
      const kind = object.kind === 'Secret' ? 'Secret/' : '';
      return element(
        'section',
        { class: 'object' },
        element('h3', { class: 'mono' }, kind + object.name),
        ...ofObject(object),
      );
    }),
    notTold > 0 ? element('p', { class: 'muted' }, `and ${format(notTold)} more; -o json shows all of them`) : null,
    values.length > 0 ? element('h3', {}, 'Values that nothing covers') : null,
    ...values
      .slice(0, mostObjects)
      .map(({ name: object, key }) => element('p', { class: 'mono' }, `${object}: ${key}`)),
  ];
}

function ofObject({ outcome, findings, findingCount }: ObjectRow): Child[] {
  const more = findingCount - findings.length;
  return [
    toBadge(outcome),
    ...findings.map(toFinding),
    more > 0 ? element('p', { class: 'muted' }, `and ${format(more)} more`) : null,
  ];
}

function toFinding({ key, reason, severity, line, column, message }: FindingRow): HTMLElement {
  const place = line === null ? key : `${key}, line ${line}, column ${column}`;
  return element(
    'div',
    { class: `finding ${severity}` },
    element('p', {}, element('b', {}, reason), place === '' ? null : element('span', { class: 'mono place' }, place)),
    element('p', { class: 'message' }, message),
  );
}

function ofAssignment(row: AuditReport['assignments'][number]): Child[] {
  const { name, origin, valid, target, algorithm = '', key = '', enforcement = '', otherStores = '' } = row;
  return [
    heading(origin === 'file' ? 'assignment, from a file' : 'assignment', name),
    totalOf(row.counts) > 0 ? toBar(row.counts, 'large') : null,
    facts([
      ['For', target],
      ['Algorithm', algorithm],
      ['Key', element('span', { class: 'mono' }, key)],
      ['Enforcement', enforcement],
      ['Other stores', otherStores],
      ['Namespaces', row.namespaces],
      ['Config objects', toText(row.counts)],
    ]),
    valid ? null : element('p', { class: 'finding error' }, `It applies nowhere: ${(row.problems ?? []).join('; ')}`),
  ];
}

function ofKey({ key, assignedBy, filesNow, filesAfter }: AuditReport['keys'][number]): Child[] {
  return [
    heading('key', key),
    facts([
      ['Assigned by', assignedBy.join(', ') || 'no assignment'],
      ['Files that name it now', filesNow],
      ['Files after every change', filesAfter],
    ]),
    element('p', { class: 'muted' }, 'For all buckets; a bucket may have a key of its own.'),
  ];
}

function ofOtherValue({ namespace, kind, name, key, looksLike }: AuditReport['otherValues'][number]): Child[] {
  const why =
    looksLike === 'configuration'
      ? 'It is a Hadoop configuration. A pod can mount it as core-site.xml; under Strict files.byContent covers it.'
      : 'It names settings of S3A. Whether a client reads them is for its owner to say.';
  return [
    heading(namespace, `${kind === 'Secret' ? 'Secret/' : ''}${name}`),
    facts([['Data key', element('span', { class: 'mono' }, key)]]),
    element('p', {}, why),
  ];
}
