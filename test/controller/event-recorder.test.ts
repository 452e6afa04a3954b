/**
 * Which Events are written, and how many.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ComplianceOutcome } from '../../src/controller/compliance.ts';
import {
  type ConfigObject,
  type KnownCompliance,
  record,
  toConfigObject,
} from '../../src/controller/config-objects.ts';
import type { DesiredEncryption } from '../../src/controller/decide.ts';
import { buildEventRecorder, type RecordEvent } from '../../src/controller/event-recorder.ts';
import type { ConfigObjectEvent } from '../../src/ports/cluster-client.ts';
import { silent } from '../cluster-client/silent.ts';

const key = { accountDefault: true } as const;
const target = { namespaces: ['ns'] };
const rest = { algorithm: 'SSE-KMS', buckets: [], enforcement: 'Enforce' } as const;
const desired: DesiredEncryption = {
  assignment: { name: 'finance', target, key, ...rest },
  digest: 'finance',
  rules: '',
};

let events: ConfigObjectEvent[];
let fails: boolean;
/** Milliseconds, wherever the clock began. */
let now: number;

beforeEach(() => {
  events = [];
  fails = false;
  now = 5000;
});

function build(burst = 100, burstOfOne = 100): RecordEvent {
  const writeEvent = async (event: ConfigObjectEvent) => {
    if (fails) throw new Error('forbidden');
    events.push(event);
  };
  const stopping = new AbortController().signal;
  const rate = { perSecond: 1, burst };
  const namespaceRate = { perSecond: 1, burst: burstOfOne };
  return buildEventRecorder({ writeEvent, rate, namespaceRate, now: () => now, stopping, log: silent });
}

function judged(
  name: string,
  outcome: ComplianceOutcome,
  version = '5',
  namespace = 'ns',
): [ConfigObject, KnownCompliance, DesiredEncryption] {
  const parts = { namespace, name, uid: name, immutable: false, resourceVersion: version };
  const object = toConfigObject({ kind: 'ConfigMap', ...parts });
  const problems = [
    { dataKey: 'core-site.xml', reason: 'Malformed', message: 'line 1, column 2: no' },
    { dataKey: 'hdfs-site.xml', reason: 'TooLarge', message: 'too large' },
  ] as const;
  const found = outcome === 'compliant' ? [] : problems;
  record(object, version, desired, { outcome, problems: found, problemCount: found.length });
  return [object, object.known as KnownCompliance, desired];
}

describe('an Event', () => {
  it('tells all problems, under the reason of the first', async () => {
    expect(await build()(...judged('a', 'refused'))).toBe(true);
    expect(events).toEqual([
      {
        kind: 'ConfigMap',
        namespace: 'ns',
        name: 'a',
        uid: 'a',
        resourceVersion: '5',
        assignment: 'finance',
        reason: 'Malformed',
        message: 'core-site.xml: line 1, column 2: no\nhdfs-site.xml: too large',
      },
    ]);
  });

  it('tells of many problems how many more there are', async () => {
    const [object, known] = judged('a', 'refused');
    await build()(object, { ...known, problemCount: 9000 }, desired);
    expect(events[0]?.message.split('\n').slice(1)).toEqual(['hdfs-site.xml: too large', 'and 8998 more']);
  });

  it.each<[ComplianceOutcome, number]>([
    ['refused', 1],
    ['immutable', 1],
    ['pending', 1],
    ['compliant', 0],
    ['change', 0],
    ['failed', 0],
    ['wouldChange', 0],
  ])('about one that is %s is written %i times', async (outcome, times) => {
    const recordEvent = build();
    const args = judged('a', outcome);
    for (let i = 0; i < 3; i++) expect(await recordEvent(...args)).toBe(true);
    expect(events.length).toBe(times);
  });

  it('is not written again for another version with the same problem, but where it becomes another', async () => {
    const recordEvent = build();
    const [object, known] = judged('a', 'refused');
    await recordEvent(object, known, desired);
    for (let version = 6; version < 20; version++) {
      object.resourceVersion = String(version);
      await recordEvent(object, known, desired);
    }
    expect(events).toHaveLength(1);
    const problems = known.problems.map((toProblem) => ({ ...toProblem, message: 'line 2, column 2: no' }));
    object.resourceVersion = '20';
    await recordEvent(object, { ...known, problems }, desired);
    expect(events.map(({ resourceVersion }) => resourceVersion)).toEqual(['5', '20']);
  });

  it('that could not be written does not count as the last one', async () => {
    const recordEvent = build();
    const args = judged('a', 'refused');
    fails = true;
    expect(await recordEvent(...args)).toBe(false);
    fails = false;
    expect(await recordEvent(...args)).toBe(true);
    expect(events.length).toBe(1);
  });

  it('is written again once API servers have forgotten it, and not before', async () => {
    const recordEvent = build();
    const args = judged('a', 'refused');
    const toldAt: number[] = [];
    for (let minute = 0; minute <= 180; minute++) {
      const before = events.length;
      expect(await recordEvent(...args)).toBe(true);
      if (events.length > before) toldAt.push(minute);
      now += 60_000;
    }
    // They keep it for 60 minutes.
    expect(toldAt).toEqual([0, 61, 122]);
  });

  it('that is due again and could not be written is still due', async () => {
    const recordEvent = build();
    const args = judged('a', 'refused');
    await recordEvent(...args);
    now += 90 * 60_000;
    fails = true;
    expect(await recordEvent(...args)).toBe(false);
    fails = false;
    expect(await recordEvent(...args)).toBe(true);
    expect(events.length).toBe(2);
  });

  it('waits where there were too many, and comes when there is room again', async () => {
    const recordEvent = build(3);
    const all = Array.from({ length: 10 }, (_, i) => judged(`cm-${i}`, 'refused'));
    const tell = async () => {
      const lastEvent = await Promise.all(all.map((args) => recordEvent(...args)));
      return lastEvent.filter(Boolean).length;
    };
    expect(await tell()).toBe(3);
    expect(await tell()).toBe(3);
    now += 2000;
    expect(await tell()).toBe(5);
    now += 3_600_000;
    expect(await tell()).toBe(8);
    expect(events.length).toBe(8);
  });

  it('of one namespace waits where there were too many of it, and those of others do not', async () => {
    const recordEvent = build(10, 3);
    const tell = async (namespace: string) => {
      const all = Array.from({ length: 5 }, (_, i) => judged(`cm-${i}`, 'refused', '5', namespace));
      const lastEvent = await Promise.all(all.map((args) => recordEvent(...args)));
      return lastEvent.filter(Boolean).length;
    };
    expect([await tell('a'), await tell('a'), await tell('b'), await tell('c')]).toEqual([3, 0, 3, 3]);
    // What one is held back from is not taken from all.
    expect([await tell('d'), await tell('e')]).toEqual([1, 0]);
    now += 2000;
    expect([await tell('a'), await tell('b')]).toEqual([2, 0]);
    now += 60_000;
    expect(await tell('a')).toBe(3);
  });
});

it('tells of a contended object once, though it is compliant', async () => {
  const recordEvent = build();
  const [object] = judged('a', 'compliant');
  const problem = { dataKey: '', reason: 'Contended', message: 'again and again' } as const;
  for (let round = 0; round < 3; round++) {
    expect(await recordEvent(object, { outcome: 'contended', problems: [problem], problemCount: 1 }, desired)).toBe(
      true,
    );
  }
  expect(events.map(({ reason, message }) => [reason, message])).toEqual([['Contended', 'again and again']]);
});
