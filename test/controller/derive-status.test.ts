/**
 * From what is known to a status: numbers, conditions, problems and times.
 */

import { describe, expect, it } from 'vitest';
import { type AssignmentStatus, statusSchema } from '../../src/api/assignment-status.ts';
import type { ComplianceOutcome, FileProblem } from '../../src/controller/compliance.ts';
import { type ConfigObject, record, toConfigObject } from '../../src/controller/config-objects.ts';
import type { Decision, DesiredEncryption } from '../../src/controller/decide.ts';
import { toStatus } from '../../src/controller/derive-status.ts';
import type { StatusFacts } from '../../src/controller/status-facts.ts';
import { type StoredAssignment, toStatusDigest } from '../../src/controller/stored-assignment.ts';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import type { ObjectName } from '../../src/core/contention.ts';
import type { ConfigObjectKind } from '../../src/core/plan/config-object.ts';
import { readyReasons } from '../../src/core/reasons.ts';

const noon = new Date('2026-07-01T12:00:00.789Z');
const evening = new Date('2026-07-01T18:30:00.123Z');

function assignment(name = 'finance', rest: Partial<Assignment> = {}): Assignment {
  const target = { namespaces: ['a'] };
  const key = { accountDefault: true } as const;
  return { name, target, algorithm: 'SSE-KMS', key, buckets: [], enforcement: 'Enforce', ...rest };
}

const finance = assignment();
const desired: DesiredEncryption = { assignment: finance, digest: 'finance', rules: '' };

function stored(rest: Partial<StoredAssignment> = {}): StoredAssignment {
  const spec = { kind: 'valid', assignment: finance } as const;
  const base = { name: 'finance', uid: '1', resourceVersion: '10', generation: 4, specDigest: '', spec };
  return { ...base, conditions: [], statusDigest: '', ...rest };
}

function object(
  name: string,
  outcome?: ComplianceOutcome,
  problems: readonly FileProblem[] = [],
  kind: ConfigObjectKind = 'ConfigMap',
  strictOnly = false,
  problemCount = problems.length,
): ConfigObject {
  const parts = { namespace: 'a', name, uid: name, resourceVersion: '5', immutable: false };
  const it = toConfigObject({ kind, ...parts }, strictOnly);
  if (outcome !== undefined) record(it, '5', desired, { outcome, problems, problemCount });
  return it;
}

const toProblem = (reason: FileProblem['reason'], dataKey = 'core-site.xml'): FileProblem => ({
  dataKey,
  reason,
  message: reason,
});
const assigned: Decision = { kind: 'assigned', desired };
const inA = (...objects: ConfigObject[]) => [{ name: 'a', decision: assigned, objects }];

/** Every status is one that the API server takes, and comes out the same a second time. */
function status(facts: Partial<StatusFacts> = {}, now = noon): AssignmentStatus {
  const none = { namespaces: [], excluded: [], missing: [], contention: () => undefined };
  const all: StatusFacts = { stored: stored(), scopeKnown: true, validated: true, ...none, ...facts };
  const derived = toStatus(all, now);
  expect(statusSchema.parse(derived)).toEqual(derived);
  const again = toStatus({ ...all, stored: { ...all.stored, conditions: derived.conditions ?? [] } }, evening);
  expect(toStatusDigest(again)).toBe(toStatusDigest(derived));
  return derived;
}

const ready = ({ conditions }: AssignmentStatus) => conditions?.find(({ type }) => type === 'Ready');
const conflicted = ({ conditions }: AssignmentStatus) => conditions?.find(({ type }) => type === 'Conflicted');

describe('the numbers', () => {
  it('count ConfigMaps and Secrets together', () => {
    const secret = object('s', 'refused', [toProblem('Malformed')], 'Secret');
    const derived = status({ namespaces: inA(object('c', 'compliant'), secret) });
    expect(derived.objects).toMatchObject({ total: 2, compliant: 1, refused: 1 });
    expect(derived.summary).toBe('1/2');
    expect(derived.problems).toMatchObject([{ kind: 'Secret', name: 's', reason: 'Malformed' }]);
    expect(ready(derived)?.message).toContain('2 ConfigMaps and Secrets');
  });

  it('leave out what counts under Strict alone, but there', () => {
    const objects = [object('a', 'compliant'), object('b', 'compliant', [], 'ConfigMap', true)];
    expect(status({ namespaces: inA(...objects) }).summary).toBe('1/1');
    const strict: DesiredEncryption = { ...desired, assignment: { ...finance, enforcement: 'Strict' } };
    const namespaces = [{ name: 'a', decision: { kind: 'assigned', desired: strict } as const, objects }];
    expect(status({ namespaces }).summary).toBe('2/2');
  });

  it('count every object once, by its outcome', () => {
    const objects = [
      object('1', 'compliant'),
      object('2', 'compliant'),
      object('3', 'change'),
      object('4', 'pending', [toProblem('NotInjected')]),
      object('5', 'failed', [toProblem('PatchFailed')]),
      object('6', 'refused', [toProblem('Malformed'), toProblem('Malformed', 'hdfs-site.xml')]),
      object('7', 'immutable', [toProblem('Immutable')]),
      object('8', 'wouldChange', [toProblem('WouldChange')]),
      object('10', 'outdated'),
      object('11', 'otherStore'),
      object('9'),
    ];
    expect(status({ namespaces: inA(...objects) })).toMatchObject({
      observedGeneration: 4,
      namespaces: 1,
      objects: { total: 11, compliant: 2, outdated: 1, otherStore: 1, pending: 5, refused: 1, immutable: 1 },
      summary: '2/9',
      problemCount: 6,
    });
  });

  it('take no known for one that was given under another desired or of another version', () => {
    const older = object('older', 'compliant');
    older.resourceVersion = '6';
    const other = object('other');
    const refused = { outcome: 'refused', problems: [toProblem('Malformed')], problemCount: 1 } as const;
    record(other, '5', { ...desired, digest: 'rotated' }, refused);
    expect(status({ namespaces: inA(older, other) })).toMatchObject({
      objects: { total: 2, compliant: 0, pending: 2, refused: 0 },
      problems: [],
    });
  });

  it('are zero without a namespace', () => {
    expect(status()).toMatchObject({ namespaces: 0, summary: '0/0', problems: [], problemCount: 0 });
  });
});

describe('the problems', () => {
  it('are the first fifty by place, with a count of all', () => {
    const objects = Array.from({ length: 60 }, (_, i) =>
      object(`cm-${String(99 - i)}`, 'refused', [toProblem('Malformed', 'z.xml'), toProblem('TooLarge', 'a.xml')]),
    );
    const { problems, problemCount } = status({ namespaces: inA(...objects) });
    expect(problemCount).toBe(120);
    expect(problems?.length).toBe(50);
    expect(problems?.slice(0, 3)).toMatchObject([
      { name: 'cm-40', dataKey: 'a.xml', reason: 'TooLarge' },
      { name: 'cm-40', dataKey: 'z.xml', reason: 'Malformed' },
      { name: 'cm-41', dataKey: 'a.xml', reason: 'TooLarge' },
    ]);
  });

  it('are counted where they are not kept, too', () => {
    const many = object('many', 'refused', [toProblem('Malformed')], 'ConfigMap', false, 9000);
    const derived = status({ namespaces: inA(many, object('one', 'refused', [toProblem('Malformed')])) });
    expect(derived.problems).toHaveLength(2);
    expect(derived.problemCount).toBe(9001);
    expect(derived.objects).toMatchObject({ refused: 2 });
  });

  it('do not depend on the order in which objects come', () => {
    const objects = ['b', 'a', 'B', 'c'].map((name) => object(name, 'refused', [toProblem('Malformed')]));
    expect(status({ namespaces: inA(...objects.toReversed()) })).toEqual(status({ namespaces: inA(...objects) }));
  });

  it('leave out what is about to be readmitted', () => {
    expect(status({ namespaces: inA(object('1', 'change', [toProblem('NotInjected')])) }).problemCount).toBe(0);
  });
});

describe('Ready', () => {
  it('is true where every object is compliant, and where there is none', () => {
    expect(ready(status({ namespaces: inA(object('1', 'compliant')) }))).toMatchObject({
      status: 'True',
      reason: 'Compliant',
    });
    expect(ready(status())).toMatchObject({ status: 'True', reason: 'Compliant' });
  });

  it('stays true beside any number of outdated ones, which are counted apart', () => {
    const objects = [object('1', 'compliant'), object('2', 'outdated'), object('3', 'outdated')];
    const derived = status({ namespaces: inA(...objects) });
    expect(ready(derived)).toMatchObject({ status: 'True', reason: 'Compliant' });
    expect(derived).toMatchObject({ objects: { total: 3, outdated: 2 }, summary: '1/1', problems: [] });
  });

  it.each<[string, ComplianceOutcome, string]>([
    ['one that is refused', 'refused', 'Refused'],
    ['one that is immutable', 'immutable', 'Immutable'],
    ['one that is pending', 'pending', 'Pending'],
    ['one that failed', 'failed', 'Pending'],
    ['one that is about to change', 'change', 'Pending'],
  ])('is false with %s among the compliant', (_, outcome, reason) => {
    const objects = [object('1', 'compliant'), object('2', outcome)];
    expect(ready(status({ namespaces: inA(...objects) }))).toMatchObject({ status: 'False', reason });
  });

  it('names the gravest matter, in the order of the vocabulary', () => {
    const conflict: Decision = { kind: 'conflict', assignments: [finance, assignment('hr')] };
    const all: StatusFacts = {
      stored: stored({ spec: { kind: 'invalid', assignment: undefined, problems: ['spec.key: missing'] } }),
      scopeKnown: false,
      validated: true,
      namespaces: [{ name: 'b', decision: conflict, objects: [] }, ...inA(object('1', 'refused'), object('2'))],
      excluded: ['kube-system'],
      missing: ['gone'],
      contention: () => undefined,
    };
    const steps: Partial<StatusFacts>[] = [
      {},
      { stored: stored() },
      { scopeKnown: true },
      { namespaces: inA(object('1', 'refused'), object('2', 'immutable'), object('3')) },
      { excluded: [] },
      { missing: [] },
      { namespaces: inA(object('2', 'immutable'), object('3')) },
      { namespaces: inA(object('3')) },
      { namespaces: inA() },
    ];
    let facts = all;
    const reasons = steps.map((step) => {
      facts = { ...facts, ...step };
      return ready(status(facts))?.reason;
    });
    expect(reasons).toEqual(readyReasons.filter((reason) => reason !== 'Audited'));
  });

  it('is false while either of the webhook configurations is missing, and says which', () => {
    const missing = (facts: Partial<StatusFacts>) =>
      ready(status({ namespaces: inA(object('1', 'compliant')), ...facts }));
    expect(missing({})).toMatchObject({ reason: 'Compliant' });
    const mutating = { reason: 'WebhookMissing', message: expect.stringContaining('MutatingWebhook') };
    expect(missing({ scopeKnown: false, validated: false })).toMatchObject(mutating);
    const validating = {
      status: 'False',
      reason: 'WebhookMissing',
      message: expect.stringContaining('ValidatingWebhook'),
    };
    expect(missing({ validated: false })).toMatchObject(validating);
  });

  it('names the namespaces that are excluded or missing, the first few of many', () => {
    expect(ready(status({ excluded: ['kube-system'] }))).toMatchObject({
      reason: 'NamespaceExcluded',
      message: expect.stringContaining('kube-system'),
    });
    const missing = Array.from({ length: 900 }, (_, i) => `n${i}`);
    const message = ready(status({ missing }))?.message ?? '';
    expect(message).toContain('n0, n1, n2, n3, n4 and 895 more');
  });

  it('is true under Audit, where nothing was found that Enforce would refuse', () => {
    const audit = { kind: 'valid', assignment: assignment('finance', { enforcement: 'Audit' }) } as const;
    const readyWith = (...objects: ReturnType<typeof object>[]) =>
      ready(status({ stored: stored({ spec: audit }), namespaces: inA(...objects) }));
    const good = [object('1', 'compliant'), object('3', 'wouldChange')];
    expect(readyWith(...good)).toMatchObject({ status: 'True', reason: 'Audited' });
    expect(readyWith(...good, object('2', 'refused'))).toMatchObject({ status: 'False', reason: 'Refused' });
  });
});

describe('Conflicted', () => {
  it('is false, and was never true, without a conflict', () => {
    expect(conflicted(status())).toMatchObject({ status: 'False', lastTransitionTime: '2026-07-01T12:00:00Z' });
  });

  it('names the others and the namespaces, in the conditions and in a problem for each', () => {
    const decision: Decision = { kind: 'conflict', assignments: [finance, assignment('hr'), assignment('legal')] };
    const namespaces = ['y', 'x'].map((name) => ({ name, decision, objects: [object('1')] }));
    const derived = status({ namespaces });
    expect(derived).toMatchObject({ namespaces: 0, objects: { total: 0 }, problemCount: 2 });
    expect(conflicted(derived)?.status).toBe('True');
    for (const condition of [conflicted(derived), ready(derived)]) {
      expect(condition).toMatchObject({ reason: 'Conflicted', message: expect.stringMatching(/hr, legal .* x, y/) });
      expect(condition?.message).not.toContain('finance');
    }
    expect(derived.problems?.map(({ namespace, name }) => [namespace, name])).toEqual([
      ['x', undefined],
      ['y', undefined],
    ]);
  });
});

describe('Stalled', () => {
  const stalled = ({ conditions }: AssignmentStatus) => conditions?.find(({ type }) => type === 'Stalled');
  const audit = { kind: 'valid', assignment: assignment('finance', { enforcement: 'Audit' }) } as const;
  const invalid = { kind: 'invalid', assignment: undefined, problems: ['spec.key: missing'] } as const;
  const conflict: Decision = { kind: 'conflict', assignments: [finance, assignment('hr')] };

  it.each<[string, Partial<StatusFacts>, string]>([
    ['an assignment that cannot be read', { stored: stored({ spec: invalid }) }, 'Invalid'],
    ['a conflict', { namespaces: [{ name: 'b', decision: conflict, objects: [] }] }, 'Conflicted'],
    [
      'a conflict beside work',
      { namespaces: [{ name: 'b', decision: conflict, objects: [] }, ...inA(object('1'))] },
      'Conflicted',
    ],
    ['a namespace that is not covered', { excluded: ['kube-system'] }, 'NamespaceExcluded'],
    ['a file that was refused', { namespaces: inA(object('1', 'refused')) }, 'Refused'],
    ['an immutable ConfigMap', { namespaces: inA(object('1', 'immutable')) }, 'Immutable'],
    [
      'one refused under Audit',
      { stored: stored({ spec: audit }), namespaces: inA(object('1', 'refused'), object('2', 'wouldChange')) },
      'Refused',
    ],
  ])('is true, with the reason and words of Ready, for %s', (_, facts, reason) => {
    const derived = status(facts);
    expect(stalled(derived)).toMatchObject({ status: 'True', reason, message: ready(derived)?.message });
    expect(ready(derived)).toMatchObject({ status: 'False', reason });
  });

  it.each<[string, Partial<StatusFacts>]>([
    ['all is well', { namespaces: inA(object('1', 'compliant')) }],
    ['the webhook is not installed yet', { scopeKnown: false }],
    ['a namespace may still be created', { missing: ['later'] }],
    ['objects are worked on', { namespaces: inA(object('1', 'change')) }],
    ['others are worked on beside one that was refused', { namespaces: inA(object('1', 'refused'), object('2')) }],
    [
      'nothing is to be changed under Audit',
      { stored: stored({ spec: audit }), namespaces: inA(object('2', 'wouldChange')) },
    ],
  ])('is left out while %s', (_, facts) => {
    expect(stalled(status(facts))).toBeUndefined();
  });

  it('goes when its cause goes, and other conditions stay', () => {
    const before = status({ namespaces: inA(object('1', 'refused')) });
    const conditions = [...(before.conditions ?? []), { ...ready(before), type: 'Approved' } as never];
    const after = status({ stored: stored({ conditions }), namespaces: inA(object('1', 'compliant')) }, evening);
    expect(after.conditions?.map(({ type }) => type)).toEqual(['Ready', 'Conflicted', 'Approved']);
  });
});

describe('an assignment that cannot be read', () => {
  const target = { namespaces: ['a'] };
  const later = { name: 'later', target, unreadable: true, enforcement: 'Enforce' } as const;

  it('says so itself, and in those of its rank', () => {
    const own = stored({ name: 'later', spec: { kind: 'invalid', assignment: later, problems: ['spec.key: no'] } });
    const alone: Decision = { kind: 'conflict', assignments: [later] };
    const derived = status({ stored: own, namespaces: [{ name: 'a', decision: alone, objects: [] }] });
    expect(ready(derived)).toMatchObject({ reason: 'Invalid', message: expect.stringContaining('spec.key: no') });
    expect(conflicted(derived)?.message).toMatch(/^later can't be read .* in a: /);
    const both: Decision = { kind: 'conflict', assignments: [finance, later] };
    const other = status({ namespaces: [{ name: 'a', decision: both, objects: [] }] });
    expect(ready(other)).toMatchObject({ reason: 'Conflicted', message: expect.stringContaining('later') });
  });
});

describe('a condition', () => {
  const since = (conditions: AssignmentStatus['conditions']) => ready({ conditions })?.lastTransitionTime;
  const pending = status({ namespaces: inA(object('1')) }, noon);

  it('keeps its time while its status stays, even if its reason changes', () => {
    const facts = {
      stored: stored({ conditions: pending.conditions ?? [] }),
      namespaces: inA(object('1', 'refused')),
    };
    expect(ready(pending)?.reason).toBe('Pending');
    expect(since(status(facts, evening).conditions)).toBe('2026-07-01T12:00:00Z');
  });

  it('gets the time at which its status changes, in whole seconds', () => {
    const facts = {
      stored: stored({ conditions: pending.conditions ?? [] }),
      namespaces: inA(object('1', 'compliant')),
    };
    expect(since(status(facts, evening).conditions)).toBe('2026-07-01T18:30:00Z');
  });

  it('of a type that is not ours stays', () => {
    const theirs = {
      type: 'Approved',
      status: 'True',
      reason: 'R',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const derived = status({ stored: stored({ conditions: [theirs as never] }) });
    expect(derived.conditions?.map(({ type }) => type)).toEqual(['Ready', 'Conflicted', 'Approved']);
  });

  it('that is not ours goes where there are more than the definition allows: else no status could be written', () => {
    const one = { status: 'True', reason: 'R', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const theirs = Array.from({ length: 16 }, (_, i) => ({ type: `T${i}`, ...one }));
    const derived = status({ stored: stored({ conditions: theirs as never }) });
    expect(derived.conditions).toHaveLength(16);
    expect(derived.conditions?.slice(0, 3).map(({ type }) => type)).toEqual(['Ready', 'Conflicted', 'T0']);
  });
});

describe('a contended object', () => {
  const fought = { kind: 'ConfigMap', namespace: 'a', name: '1' } as const;
  const ann = { manager: 'team-operator', user: 'ann' };
  const bob = { manager: '', user: 'bob' };
  const messageOf = (times: number, writers = [ann, bob]) => {
    const contention = ({ name }: ObjectName) => (name === '1' ? { ...fought, times, writers } : undefined);
    const objects = inA(object('1', 'compliant'), object('2', 'compliant'));
    const { problems, problemCount, summary, conditions } = status({ namespaces: objects, contention });
    expect(problems).toMatchObject([{ ...fought, dataKey: '', reason: 'Contended' }]);
    expect({ problemCount, summary }).toEqual({ problemCount: 1, summary: '2/2' });
    expect(conditions?.[0]).toMatchObject({ type: 'Ready', status: 'True', reason: 'Compliant' });
    return problems?.[0]?.message ?? '';
  };

  it('is a problem that names the writers and how often, and is compliant all the same', () => {
    const message = messageOf(12);
    expect(message).toContain(' 10 times or more in the last 5 minutes');
    expect(message).toMatch(/Field manager: team-operator \(user ann\), unknown \(user bob\)$/);
  });

  it.each([
    [19, 12],
    [49, 20],
    [99, 50],
    [1999, 1000],
  ])('has the same problem after %i updates as after %i, so that a lasting fight writes no status', (more, fewer) => {
    expect(messageOf(more)).toBe(messageOf(fewer));
    expect(messageOf(more + 1)).not.toBe(messageOf(fewer));
  });

  it('is none of an assignment that does not cover it', () => {
    const strictOnly = object('1', 'compliant', [], 'ConfigMap', true);
    const contention = () => ({ ...fought, times: 10, writers: [ann] });
    expect(status({ namespaces: inA(strictOnly), contention }).problems).toEqual([]);
  });
});
