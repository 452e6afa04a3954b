/**
 * The Report of a namespace: what each compliance becomes, and the bounds.
 */
import { describe, expect, it } from 'vitest';
import type { ComplianceOutcome } from '../../src/controller/compliance.ts';
import type { ConfigObject } from '../../src/controller/config-objects.ts';
import { isSettled, maxResults, maxResultsBytes, toReport } from '../../src/controller/derive-report.ts';
import type { ProblemReason } from '../../src/core/reasons.ts';
import { assessed, desired, finance } from './assessed.ts';

const assigned = { kind: 'assigned', desired } as const;

function object(name: string, outcome?: ComplianceOutcome, reason?: ProblemReason, message = 'm'): ConfigObject {
  const problems = reason === undefined ? [] : [{ dataKey: 'core-site.xml', reason, message }];
  return assessed('a', name, outcome && { outcome, problems, problemCount: problems.length });
}

describe('a Report', () => {
  it.each<[ComplianceOutcome | undefined, ProblemReason | undefined, string, string]>([
    ['compliant', undefined, 'pass', 'Compliant'],
    ['refused', 'Malformed', 'fail', 'Malformed'],
    ['immutable', 'Immutable', 'fail', 'Immutable'],
    ['pending', 'NotInjected', 'fail', 'NotInjected'],
    ['failed', 'PatchFailed', 'fail', 'PatchFailed'],
    ['wouldChange', 'WouldChange', 'warn', 'WouldChange'],
    ['outdated', undefined, 'skip', 'Outdated'],
    ['otherStore', undefined, 'skip', 'OtherStore'],
    [undefined, undefined, 'error', 'Pending'],
  ])('says of an object that is %s (%s): %s, %s', (outcome, reason, result, rule) => {
    const report = toReport('a', assigned, [object('one', outcome, reason)]);
    expect(report?.results).toMatchObject([{ policy: 'finance', result, rule, resources: [{ uid: 'uid-one' }] }]);
    expect(report?.summary).toMatchObject({ [result]: 1 });
  });

  it('is none where no assignment applies, or no config object is there', () => {
    expect(toReport('a', { kind: 'none' }, [object('one')])).toBeUndefined();
    expect(toReport('a', assigned, [])).toBeUndefined();
  });

  it('says once for the namespace that assignments conflict', () => {
    const decision = { kind: 'conflict', assignments: [finance, { ...finance, name: 'other' }] } as const;
    const report = toReport('a', decision, [object('one'), object('two')]);
    expect(report?.results).toMatchObject([
      { result: 'fail', rule: 'Conflicted', resources: [{ kind: 'Namespace', name: 'a' }] },
    ]);
  });

  it('of many objects shows the gravest, counts all, and says how many it leaves out', () => {
    const many = Array.from({ length: 2000 }, (_, index) => object(`c${index}`, 'compliant'));
    const report = toReport('a', assigned, [...many, object('zzz', 'refused', 'Malformed')]);
    expect(report?.results).toHaveLength(maxResults);
    expect(report?.results[0]).toMatchObject({ result: 'fail', resources: [{ name: 'zzz' }] });
    expect(report).toMatchObject({ summary: { pass: 2000, fail: 1 }, leftOut: 2001 - maxResults });
  });

  it('stays below its size where every message is as large as JSON can make it', () => {
    const worst = Array.from({ length: 600 }, (_, index) =>
      object(`c${index}`, 'refused', 'Malformed', '\u0001'.repeat(1000)),
    );
    const report = toReport('a', assigned, worst);
    expect(Buffer.byteLength(JSON.stringify(report?.results))).toBeLessThan(maxResultsBytes + 1000);
    expect(report?.leftOut).toBe(600 - (report?.results.length ?? 0));
  });

  it('is settled once every object is assessed', () => {
    expect(isSettled(assigned, [object('one', 'compliant'), object('two')])).toBe(false);
    expect(isSettled(assigned, [object('one', 'compliant'), object('two', 'refused', 'Malformed')])).toBe(true);
  });
});
