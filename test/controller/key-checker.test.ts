/**
 * Which keys are asked about when, with a KMS in memory and the clock in the test's hand.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type KeyChecker, startKeyChecker } from '../../src/controller/key-checker.ts';
import { buildKeyEvents } from '../../src/controller/key-events.ts';
import { type StoredAssignment, toStoredAssignment } from '../../src/controller/stored-assignment.ts';
import type { KmsAnswer } from '../../src/core/kms/judge-key.ts';
import type { KeyEvent } from '../../src/ports/cluster-client.ts';
import { silent } from '../cluster-client/silent.ts';

const arn = (last: number, region = 'us-west-2') =>
  `arn:aws:kms:${region}:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`;
const describedAs = (keyState: string): KmsAnswer => ({
  kind: 'described',
  key: { keyState, keyUsage: 'ENCRYPT_DECRYPT', keySpec: 'SYMMETRIC_DEFAULT', deletionDate: undefined },
});

let assignments: Map<string, StoredAssignment>;
let asked: string[];
let answers: Map<string, KmsAnswer | 'never'>;
/** Regions by bucket. */
let buckets: Map<string, string>;
let s3Answers: boolean;
let told: string[][];
let loaded: number;
let checker: KeyChecker;
let stopping: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  assignments = new Map();
  asked = [];
  answers = new Map();
  buckets = new Map();
  s3Answers = true;
  told = [];
  loaded = 0;
  stopping = new AbortController();
});
afterEach(async () => {
  stopping.abort();
  await checker.stop();
  vi.useRealTimers();
});

function assign(name: string, key: object, resourceVersion = '1', rules: readonly object[] = []): StoredAssignment {
  const stored = toStoredAssignment({
    ...{ apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment' },
    metadata: { name, uid: name, resourceVersion, generation: 1 },
    spec: { namespaces: [name], key, ...(rules.length > 0 && { buckets: rules }) },
  });
  if (stored === undefined) throw new Error('it is there');
  assignments.set(name, stored);
  return stored;
}

function start(region = 'eu-central-1'): void {
  checker = startKeyChecker({
    ...{ region, intervalSeconds: 300, clock: () => new Date(), log: silent, givingUp: stopping.signal },
    view: { assignment: (name) => assignments.get(name), assignments: () => assignments.entries() },
    onAsked: async (names) => void told.push([...names]),
    load: async () => {
      loaded += 1;
      return {
        describe: (key, inRegion, signal) => {
          asked.push(`${inRegion} ${key}`);
          const answer = answers.get(key) ?? describedAs('Enabled');
          if (answer !== 'never') return Promise.resolve(answer);
          return new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve({ kind: 'failed', name: 'AbortError' }));
          });
        },
        async findBucket(bucket) {
          asked.push(bucket);
          return s3Answers ? { kind: 'answered', region: buckets.get(bucket) } : { kind: 'none' };
        },
        stop: () => {},
      };
    },
  });
}

const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

it('a key of many assignments is asked about once in an interval, and all of them hear of it', async () => {
  const one = assign('one', { arn: arn(1) });
  assign('two', { arn: arn(1) });
  start();
  expect(checker.findings(one)).toBeUndefined();
  await pass(1);
  expect(asked).toEqual([`us-west-2 ${arn(1)}`]);
  expect(told).toEqual([['one', 'two']]);
  expect(checker.findings(one)).toMatchObject([{ key: arn(1), judgement: { status: 'True' } }]);
  await pass(298);
  expect(asked).toHaveLength(1);
  await pass(2);
  expect(asked).toHaveLength(2);
  expect(loaded).toBe(1);
});

it('nothing is loaded, and nobody asked, where there is no assignment', async () => {
  start();
  await pass(1000);
  expect([asked, loaded]).toEqual([[], 0]);
});

it('a new key is asked about at once, and one that nobody names any more no longer', async () => {
  assign('one', { arn: arn(1) });
  start();
  await pass(1);
  assign('one', { arn: arn(2) }, '2');
  checker.look(['one']);
  await pass(1);
  expect(asked.at(-1)).toBe(`us-west-2 ${arn(2)}`);
  expect(checker.count().Usable).toBe(1);
  assignments.delete('one');
  checker.look('all');
  await pass(1000);
  expect(asked).toHaveLength(2);
  expect(Object.values(checker.count()).every((count) => count === 0)).toBe(true);
});

it('a bucket in another Region than its key is found, once S3 says where it is, and asked for no more', async () => {
  const rules = ['ledger', 'archive'].map((name) => ({ name, key: { arn: arn(2) } }));
  const own = assign('own', { arn: arn(1) }, '1', rules);
  s3Answers = false;
  start();
  await pass(1);
  // Where S3 doesn't answer for one, no other is asked for.
  expect(asked.filter((one) => !one.includes('arn:'))).toEqual(['ledger']);
  s3Answers = true;
  await pass(301);
  // Where it knows no such bucket, the others are.
  expect(asked.filter((one) => !one.includes('arn:'))).toEqual(['ledger', 'ledger', 'archive']);
  asked = [];
  expect(checker.findings(own)?.map(({ judgement }) => judgement.reason)).toEqual(['Usable', 'Usable']);
  buckets.set('ledger', 'us-west-2').set('archive', 'eu-central-1');
  await pass(601);
  expect(asked.filter((one) => !one.includes('arn:'))).toEqual(['ledger', 'archive', 'archive']);
  expect(checker.findings(own)).toMatchObject([
    { key: arn(1), judgement: { status: 'True' } },
    { key: arn(2), judgement: { status: 'True' } },
    { key: arn(2), buckets: ['archive'], judgement: { status: 'False', reason: 'RegionMismatch' } },
  ]);
  expect(checker.count()).toMatchObject({ Usable: 1, RegionMismatch: 1 });
  assign('own', { arn: arn(1) }, '2', [{ name: 'archive', key: { arn: arn(3, 'eu-central-1') } }]);
  checker.look(['own']);
  await pass(1);
  expect(checker.count()).toMatchObject({ Usable: 2, RegionMismatch: 0 });
});

it("the account's default key is asked for in the operator's Region, and never without one", async () => {
  const own = assign('own', { accountDefault: true });
  start();
  await pass(1);
  expect(asked).toEqual(['eu-central-1 alias/aws/s3']);
  await checker.stop();
  start('');
  await pass(1);
  expect(asked).toHaveLength(1);
  expect(checker.findings(own)).toMatchObject([{ judgement: { status: 'Unknown', reason: 'RegionUnknown' } }]);
  expect(told.at(-1)).toEqual(['own']);
});

it('a Region that hangs does not delay another, and ends when it is stopped', async () => {
  for (let last = 1; last <= 6; last++) {
    assign(`hanging-${last}`, { arn: arn(last) });
    answers.set(arn(last), 'never');
  }
  const well = assign('well', { arn: arn(7, 'eu-west-1') });
  start();
  await pass(1);
  expect(checker.findings(well)).toMatchObject([{ judgement: { status: 'True' } }]);
  await pass(301);
  expect(asked.filter((one) => one.startsWith('eu-west-1'))).toHaveLength(2);
  expect(asked.length).toBeLessThanOrEqual(4);
  const before = told.length;
  stopping.abort();
  await checker.stop();
  expect(told.length).toBe(before);
});

it('without an answer it is tried again with a back-off of a minute at most', async () => {
  answers.set(arn(1), { kind: 'failed', name: 'TimeoutError' });
  assign('one', { arn: arn(1) });
  start();
  await pass(1);
  const first = asked.length;
  await pass(3600);
  expect(asked.length).toBeGreaterThan(first + 50);
  expect(asked.length).toBeLessThan(150);
});

it('an Event is written once an hour for a key that is not usable, and again where writing failed', async () => {
  start();
  const written: KeyEvent[] = [];
  let fails = true;
  const record = buildKeyEvents({
    ...{ clock: () => new Date(), stopping: stopping.signal, log: silent },
    writeKeyEvent: async (event) => {
      if (fails) throw new Error('the API server is away');
      written.push(event);
    },
  });
  const disabled = [{ key: arn(1), buckets: [], judgement: { status: 'False', reason: 'Disabled' } as const }];
  const unknown = [{ key: arn(1), buckets: [], judgement: { status: 'Unknown', reason: 'Unreachable' } as const }];
  vi.setSystemTime(new Date('2026-07-01T12:00:00Z'));
  await record('finance', 'uid', disabled);
  fails = false;
  await record('finance', 'uid', unknown);
  expect(written).toEqual([]);
  for (let minute = 0; minute < 60; minute++) {
    await record('finance', 'uid', disabled);
    await pass(60);
  }
  expect(written).toHaveLength(1);
  expect(written[0]).toMatchObject({
    assignment: 'finance',
    reason: 'Disabled',
    message: expect.stringContaining(arn(1)),
  });
  await record('finance', 'uid', disabled);
  expect(written).toHaveLength(2);
  expect(written[0]?.digest).not.toBe(written[1]?.digest);
});
