/**
 * The numbers behind the gauges: objects by assignment and by how they stand to it, assignments by what their status says.
 */
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src/api/assignment-status.ts';
import type { ComplianceOutcome } from '../../src/controller/compliance.ts';
import { buildConfigObjects, toConfigObject } from '../../src/controller/config-objects.ts';
import { findContended } from '../../src/controller/contended-objects.ts';
import { countAssignments, countConfigObjects, countContended } from '../../src/controller/counts.ts';
import type { Decision, DesiredEncryption } from '../../src/controller/decide.ts';
import type { StoredAssignment } from '../../src/controller/stored-assignment.ts';
import { assessed, desired, finance } from './assessed.ts';

const older: DesiredEncryption = { assignment: finance, digest: 'older', rules: 'plain' };

function stored(name: string, conditions: readonly Partial<Condition>[] = []): [string, StoredAssignment] {
  const spec = { kind: 'valid', assignment: { ...finance, name } } as const;
  const base = { name, uid: name, resourceVersion: '1', generation: 1, specDigest: '', spec, statusDigest: '' };
  return [name, { ...base, conditions: conditions as Condition[] }];
}

function count(
  decisions: Record<string, Decision>,
  found: readonly [string, (ComplianceOutcome | undefined)?, DesiredEncryption?][],
) {
  const objects = buildConfigObjects();
  for (const [index, [namespace, outcome, assessedUnder = desired]] of found.entries()) {
    const compliance = outcome && { outcome, problems: [], problemCount: 0 };
    objects.change(undefined, assessed(namespace, `c${index}`, compliance, assessedUnder));
  }
  const assignments = () => [stored('finance'), stored('unused')].values();
  return Object.fromEntries(countConfigObjects(objects, { decision: (name) => decisions[name], assignments }));
}

describe('objects', () => {
  it('are counted under their assignment, by what was found; each assignment has all outcomes', () => {
    const outcomes: ComplianceOutcome[] = [
      'compliant',
      'compliant',
      'outdated',
      'otherStore',
      'pending',
      'refused',
      'immutable',
      'wouldChange',
    ];
    const counts = count(
      { a: { kind: 'assigned', desired } },
      outcomes.map((outcome) => ['a', outcome]),
    );
    expect(counts.finance).toEqual({
      compliant: 2,
      outdated: 1,
      otherStore: 1,
      pending: 1,
      refused: 1,
      immutable: 1,
      wouldChange: 1,
    });
    expect(counts.unused).toEqual({
      compliant: 0,
      outdated: 0,
      otherStore: 0,
      pending: 0,
      refused: 0,
      immutable: 0,
      wouldChange: 0,
    });
  });

  it('are pending while work is under way: not assessed yet, assessed under another desired encryption, to be changed, failed', () => {
    const counts = count({ a: { kind: 'assigned', desired } }, [
      ['a'],
      ['a', 'compliant', older],
      ['a', 'change'],
      ['a', 'failed'],
    ]);
    expect(counts.finance).toMatchObject({ pending: 4, compliant: 0 });
  });

  it('are counted without an assignment by why none applies', () => {
    const decisions: Record<string, Decision> = {
      none: { kind: 'none' },
      conflict: { kind: 'conflict', assignments: [finance] },
      excluded: { kind: 'excluded' },
      unknown: { kind: 'unknown' },
    };
    const counts = count(decisions, [['none'], ['gone'], ['conflict'], ['excluded'], ['unknown']]);
    expect(counts['']).toEqual({ unassigned: 2, conflict: 1, excluded: 1, unknown: 1 });
  });
});

it('what counts under Strict alone is counted there, and nowhere else', () => {
  const objects = buildConfigObjects();
  for (const namespace of ['enforced', 'strict', 'none']) {
    const object = { kind: 'ConfigMap' as const, namespace, name: 'c', uid: namespace, resourceVersion: '5' };
    objects.change(undefined, toConfigObject({ ...object, immutable: false }, true));
  }
  const strict: DesiredEncryption = {
    assignment: { ...finance, name: 'strict', enforcement: 'Strict' },
    digest: 'strict',
    rules: 'strict',
  };
  const decisions: Record<string, Decision> = {
    enforced: { kind: 'assigned', desired },
    strict: { kind: 'assigned', desired: strict },
    none: { kind: 'none' },
  };
  const assignments = () => [stored('finance'), stored('strict')].values();
  const counts = countConfigObjects(objects, { decision: (name) => decisions[name], assignments });
  expect(counts.get('finance')).toMatchObject({ pending: 0 });
  expect(counts.get('strict')).toMatchObject({ pending: 1 });
  expect(counts.get('')).toMatchObject({ unassigned: 0 });
});

describe('assignments', () => {
  it('are counted by the reason of their stored condition Ready, and as conflicted', () => {
    const ready = (reason: string) => ({ type: 'Ready', status: 'True', reason }) as const;
    const conflicted = (status: 'True' | 'False') => ({ type: 'Conflicted', status, reason: 'x' }) as const;
    const counts = countAssignments([
      stored('a', [ready('Compliant'), conflicted('False')]),
      stored('b', [ready('Compliant')]),
      stored('c', [ready('Conflicted'), conflicted('True')]),
      stored('d'),
    ]);
    expect(counts).toEqual({ byReason: { Compliant: 2, Conflicted: 1, '': 1 }, conflicted: 1 });
  });
});

it('contended objects are counted under their assignment, where they still exist and it covers them', () => {
  const objects = buildConfigObjects();
  const add = (namespace: string, name: string, strictOnly = false) => {
    const stored = { kind: 'ConfigMap' as const, namespace, name, uid: name, resourceVersion: '5', immutable: false };
    objects.change(undefined, toConfigObject(stored, strictOnly));
  };
  add('a', 'one');
  add('a', 'strict-only', true);
  add('b', 'one');
  const names = [...['one', 'strict-only', 'gone'].map((name) => ['a', name]), ['b', 'one']] as [string, string][];
  const counts = names.map(
    ([namespace, name]) => ({ kind: 'ConfigMap', namespace, name, times: 10, writers: [] }) as const,
  );
  const decision = (name: string): Decision => (name === 'a' ? { kind: 'assigned', desired } : { kind: 'none' });
  const assignments = () => [stored('finance'), stored('unused')].values();
  expect([...countContended(findContended(counts, objects, { decision }), { assignments })]).toEqual([
    ['finance', 1],
    ['unused', 0],
  ]);
});
