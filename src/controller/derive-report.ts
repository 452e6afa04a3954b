/**
 * Derives a namespace's Report from the compliance of its ConfigMaps and Secrets: one result an object, in the words of the
 * assignment's status.
 *
 * | compliance                                   | result | rule         |
 * | -------------------------------------------- | ------ | ------------ |
 * | compliant                                    | pass   | `Compliant`  |
 * | refused, immutable, pending, failed          | fail   | the reason   |
 * | wouldChange (Audit)                          | warn   | `WouldChange`|
 * | not assessed yet                             | error  | `Pending`    |
 * | outdated, otherStore: nothing is to be done  | skip   | the outcome  |
 * | assignments in conflict (the whole namespace)| fail   | `Conflicted` |
 */
import { compareTexts } from '../core/compare-texts.ts';
import { shortenToBytes } from '../core/shorten.ts';
import type { Report, ReportOutcome, ReportResult } from '../ports/report-store.ts';
import type { Compliance } from './compliance.ts';
import { toConflictMessage } from './conditions.ts';
import { type ConfigObject, complianceUnder, concerns } from './config-objects.ts';
import type { Decision, DesiredEncryption } from './decide.ts';

/** Bounds of a Report: etcd takes 1.5 MiB, and whoever watches Reports holds all of them in memory. */
export const maxResults = 500;
export const maxResultsBytes = 512 * 1024;
const messageBytes = 500;

const source = 'sse-kms-operator';
const gravity: readonly ReportOutcome[] = ['fail', 'error', 'warn', 'skip', 'pass'];

/** Undefined where there is nothing to report: no assignment, or no config object. */
export function toReport(
  namespace: string,
  decision: Decision | undefined,
  objects: Iterable<ConfigObject>,
): Report | undefined {
  if (decision?.kind !== 'assigned' && decision?.kind !== 'conflict') return undefined;
  const all =
    decision.kind === 'assigned' ? toResults(decision.desired, objects) : toConflict(namespace, decision, objects);
  if (all.length === 0) return undefined;
  const summary = { pass: 0, fail: 0, warn: 0, error: 0, skip: 0 };
  for (const { result } of all) summary[result] += 1;
  const results = bound(all.sort(byGravity));
  return {
    source,
    scope: { apiVersion: 'v1', kind: 'Namespace', name: namespace },
    configuration: { limits: { maxResults } },
    summary,
    results,
    leftOut: all.length - results.length,
  };
}

/** True where every object is assessed: a Report that is derived now won't change by itself. */
export function isSettled(decision: Decision | undefined, objects: Iterable<ConfigObject>): boolean {
  if (decision?.kind !== 'assigned') return true;
  for (const object of objects) {
    if (!concerns(decision.desired, object)) continue;
    const outcome = complianceUnder(object, decision.desired)?.outcome;
    if (outcome === undefined || outcome === 'change') return false;
  }
  return true;
}

function toResults(desired: DesiredEncryption, objects: Iterable<ConfigObject>): ReportResult[] {
  const { name, enforcement } = desired.assignment;
  const results: ReportResult[] = [];
  for (const object of objects) {
    if (!concerns(desired, object)) continue;
    const known = complianceUnder(object, desired);
    const { kind, namespace, name: objectName, uid } = object;
    const resources = [{ apiVersion: 'v1', kind, namespace, name: objectName, uid }];
    const severity = enforcement === 'Audit' ? 'medium' : 'high';
    results.push({ ...shared, policy: name, severity, resources, ...judge(known) });
  }
  return results;
}

const shared = { category: 'Encryption', source } as const;

type Judgement = Pick<ReportResult, 'rule' | 'result' | 'scored' | 'message' | 'properties'>;

function judge(known: Compliance | undefined): Judgement {
  if (known === undefined || known.outcome === 'change') return toJudgement('error', 'Pending', 'not assessed yet');
  switch (known.outcome) {
    case 'compliant':
      return toJudgement('pass', 'Compliant', 'encrypts as assigned');
    case 'outdated':
      return toJudgement('skip', 'Outdated', 'immutable, with an earlier key: nothing is to be done');
    case 'otherStore':
      return toJudgement('skip', 'OtherStore', "left alone, in whole or in part, since its store isn't AWS");
    default:
      return toProblem(known);
  }
}

/** The first problem; the assignment's status and Events name the others. */
function toProblem({ problems: [first], problemCount, outcome }: Compliance): Judgement {
  const result = outcome === 'wouldChange' ? 'warn' : 'fail';
  const more = problemCount > 1 ? ` (and ${problemCount - 1} more)` : '';
  const message = `${first?.message ?? outcome}${more}`;
  const dataKey = first?.dataKey ?? '';
  const properties = { ...(dataKey !== '' && { dataKey }), problemCount: String(problemCount) };
  return { ...toJudgement(result, first?.reason ?? 'Pending', message), properties };
}

function toJudgement(result: ReportOutcome, rule: string, message: string): Judgement {
  return { rule, result, scored: result !== 'warn', message: shortenToBytes(message, messageBytes), properties: {} };
}

/** One result for the namespace: which of the assignments an object would be held against isn't known. */
function toConflict(
  namespace: string,
  { assignments }: Decision & { readonly kind: 'conflict' },
  objects: Iterable<ConfigObject>,
): ReportResult[] {
  const covered = [...objects].some(({ strictOnly }) => !strictOnly);
  const [first] = assignments.map(({ name }) => name).sort();
  if (!covered || first === undefined) return [];
  const message = toConflictMessage(first, assignments);
  const resources = [{ apiVersion: 'v1', kind: 'Namespace', name: namespace }];
  return [{ ...shared, policy: first, severity: 'high', resources, ...toJudgement('fail', 'Conflicted', message) }];
}

function bound(sorted: readonly ReportResult[]): readonly ReportResult[] {
  let bytes = 0;
  const results = sorted.slice(0, maxResults);
  const end = results.findIndex((result) => {
    bytes += Buffer.byteLength(JSON.stringify(result));
    return bytes > maxResultsBytes;
  });
  return end < 0 ? results : results.slice(0, end);
}

/** The gravest first, since the last ones are left out. */
function byGravity(a: ReportResult, b: ReportResult): number {
  return gravity.indexOf(a.result) - gravity.indexOf(b.result) || compareTexts(toPlace(a), toPlace(b));
}

function toPlace({ resources: [first] }: ReportResult): string {
  return `${first?.name}/${first?.kind}`;
}
