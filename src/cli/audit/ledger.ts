/**
 * What is kept while the lists are read: counts for each namespace, assignment and key, and the gravest objects as rows of a
 * few hundred bytes. Texts are never kept, so memory grows only with the rows.
 */
import { compareTexts, type Decision } from './core.ts';
import type { Examined, Standing } from './examine.ts';
import { buildKeys } from './keys.ts';
import type { Limits } from './limits.ts';
import { type AuditOutcome, gravest, gravity, type OutcomeCounts } from './outcomes.ts';
import type { AuditReport, NamespaceRow, ObjectRow, OtherValueRow, WarningReason } from './report.ts';

type Tally<K extends string> = { [O in K]?: number };

interface Page {
  readonly decision: Decision;
  readonly counts: Tally<AuditOutcome>;
  readonly warnings: Tally<WarningReason>;
  otherValues: number;
  rows: ObjectRow[];
  /** How many rows there were, those that were dropped included. */
  rowCount: number;
}

export type ObjectName = Pick<ObjectRow, 'namespace' | 'kind' | 'name'>;

export type LedgerReport = Pick<
  AuditReport,
  'totals' | 'namespaces' | 'objects' | 'objectsLeftOut' | 'otherValues' | 'otherValuesLeftOut' | 'keys'
> & { readonly byAssignment: ReadonlyMap<string, { readonly namespaces: number; readonly counts: OutcomeCounts }> };

export interface Ledger {
  /** The decision for a namespace; undefined for one that is not audited. */
  decision(namespace: string): Decision | undefined;
  add(object: ObjectName, examined: Examined): void;
  report(): LedgerReport;
}

export function buildLedger(decisions: ReadonlyMap<string, Decision>, limits: Limits): Ledger {
  const pages = new Map<string, Page>();
  for (const [name, decision] of decisions) {
    pages.set(name, { decision, counts: {}, warnings: {}, otherValues: 0, rows: [], rowCount: 0 });
  }
  const keys = buildKeys([...decisions.values()]);
  const otherValues: OtherValueRow[] = [];
  let otherValueCount = 0;

  function addStanding(page: Page, object: ObjectName, standing: Standing): void {
    const { outcome, warnings, findings, findingCount } = standing;
    increase(page.counts, outcome);
    for (const warning of warnings) increase(page.warnings, warning);
    keys.add(standing.keys);
    if (outcome === 'compliant' && warnings.length === 0) return;
    page.rowCount += 1;
    page.rows.push({ ...object, outcome, findings, findingCount });
    if (page.rows.length > 2 * limits.perNamespace) page.rows = theGravest(page.rows, limits.perNamespace);
  }

  return {
    decision: (namespace) => pages.get(namespace)?.decision,
    add(object, { standing, otherValues: values }) {
      const page = pages.get(object.namespace);
      if (page === undefined) return;
      if (standing !== null) addStanding(page, object, standing);
      if (values.length > 0) page.otherValues += 1;
      otherValueCount += values.length;
      for (const value of values) if (otherValues.length < limits.inAll) otherValues.push({ ...object, ...value });
    },
    report() {
      const { totals, byAssignment } = sum(pages);
      const objects = choose([...pages.values()], limits);
      const rowCount = [...pages.values()].reduce((count, page) => count + page.rowCount, 0);
      return {
        totals,
        byAssignment,
        keys: keys.rows(),
        namespaces: [...pages].map(([name, page]) => toNamespaceRow(name, page)).sort(byGravity),
        objects,
        objectsLeftOut: rowCount - objects.length,
        otherValues: otherValues.sort(byPlace),
        otherValuesLeftOut: otherValueCount - otherValues.length,
      };
    },
  };
}

function sum(pages: ReadonlyMap<string, Page>) {
  const totals: Tally<AuditOutcome> = {};
  const byAssignment = new Map<string, { namespaces: number; counts: Tally<AuditOutcome> }>();
  for (const { decision, counts } of pages.values()) {
    const its = assignmentsOf(decision).map((name) => {
      const one = byAssignment.get(name) ?? { namespaces: 0, counts: {} };
      byAssignment.set(name, one);
      one.namespaces += 1;
      return one.counts;
    });
    for (const [outcome, count] of Object.entries(counts) as [AuditOutcome, number][]) {
      for (const tally of [totals, ...its]) increase(tally, outcome, count);
    }
  }
  return { totals, byAssignment };
}

/** The same number of each namespace where there are too many, so that none hides the others. */
function choose(pages: readonly Page[], { perNamespace, inAll }: Limits): ObjectRow[] {
  const most = Math.max(0, ...pages.map(({ rows }) => rows.length));
  let limit = Math.min(perNamespace, most);
  const countUnder = () => pages.reduce((count, { rows }) => count + Math.min(rows.length, limit), 0);
  while (limit > 1 && countUnder() > inAll) limit = Math.floor(limit / 2);
  const chosen = pages.flatMap(({ rows }) => (rows.length > limit ? theGravest(rows, limit) : rows));
  return chosen.sort(byOutcome).slice(0, inAll);
}

function theGravest(rows: readonly ObjectRow[], count: number): ObjectRow[] {
  return [...rows].sort(byOutcome).slice(0, count);
}

function toNamespaceRow(name: string, { decision, counts, warnings, otherValues }: Page): NamespaceRow {
  const state = (
    {
      assigned: 'assigned',
      conflict: 'conflicted',
      none: 'unassigned',
      excluded: 'excluded',
      unknown: 'excluded',
    } as const
  )[decision.kind];
  const assigned = decision.kind === 'assigned' && { enforcement: decision.desired.assignment.enforcement };
  return { name, state, assignments: assignmentsOf(decision), ...assigned, counts, warnings, otherValues };
}

function assignmentsOf(decision: Decision): readonly string[] {
  if (decision.kind === 'assigned') return [decision.desired.assignment.name];
  return decision.kind === 'conflict' ? decision.assignments.map(({ name }) => name) : [];
}

function increase<K extends string>(tally: Tally<K>, key: K, by = 1): void {
  tally[key] = (tally[key] ?? 0) + by;
}

function byOutcome(a: ObjectRow, b: ObjectRow): number {
  return gravity(a.outcome) - gravity(b.outcome) || byPlace(a, b);
}

function byPlace(a: ObjectName, b: ObjectName): number {
  return compareTexts(a.namespace, b.namespace) || compareTexts(a.name, b.name);
}

/** Those with the gravest outcome first, of these those with most of it; namespaces without a config object last. */
function byGravity(a: NamespaceRow, b: NamespaceRow): number {
  const [ofA, ofB] = [gravest(a.counts), gravest(b.counts)];
  if (ofA !== ofB) return (ofA === null ? 99 : gravity(ofA)) - (ofB === null ? 99 : gravity(ofB));
  const most = ofA === null ? b.otherValues - a.otherValues : (b.counts[ofA] ?? 0) - (a.counts[ofA] ?? 0);
  return most || compareTexts(a.name, b.name);
}
