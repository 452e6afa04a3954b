/**
 * When a candidate may take the Lease, case by case; test/main/leadership.test.ts shows real processes do it.
 */

import { describe, expect, it } from 'vitest';
import { due, type ObservedLease, observe } from '../../src/election/lease-due.ts';
import type { LeaseRecord, StoredLease } from '../../src/ports/lease-store.ts';

const held: LeaseRecord = { holder: 'other', durationSeconds: 15, acquiredAt: 0, renewedAt: 0, transitions: 0 };
const released: LeaseRecord = { ...held, holder: '', durationSeconds: 1 };
const stored = (record: LeaseRecord, version = '1'): StoredLease => ({ version, record });
const own = 40;

/** What is due after these looks, at their times in seconds, `now` seconds. */
function dueAfter(looks: readonly [at: number, found: StoredLease | undefined][], now: number): number {
  const observed = looks.reduce<ObservedLease | undefined>(
    (last, [at, found]) => observe(last, found, at * 1000),
    undefined,
  );
  return due(observed as ObservedLease, own, now * 1000) / 1000;
}

describe('a Lease may be taken', () => {
  it('at once where there is none, and none was ever seen', () => {
    expect(dueAfter([[100, undefined]], 100)).toBe(0);
  });

  it('at once where its holder released it', () => {
    expect(dueAfter([[100, stored(released)]], 100)).toBe(0);
    expect(
      dueAfter(
        [
          [100, stored(held, '1')],
          [101, stored(released, '2')],
        ],
        101,
      ),
    ).toBe(0);
  });

  it('once it has not changed for as long as it said, counted from when that was first seen', () => {
    const looks: [number, StoredLease][] = [
      [100, stored(held)],
      [110, stored(held)],
    ];
    expect(dueAfter(looks, 110)).toBe(5);
    expect(dueAfter(looks, 115)).toBe(0);
  });

  it('never by the times written in it: those are the clock of another machine', () => {
    const longAgo = { ...held, renewedAt: Date.UTC(1999, 0) };
    const inFuture = { ...held, renewedAt: Date.UTC(2999, 0) };
    for (const record of [longAgo, inFuture]) expect(dueAfter([[100, stored(record)]], 100)).toBe(15);
  });

  it('later with each change, whatever changed', () => {
    const looks: [number, StoredLease][] = [
      [100, stored(held, '1')],
      [112, stored(held, '2')],
    ];
    expect(dueAfter(looks, 115)).toBe(12);
  });

  it('not at once where somebody emptied it by hand: its holder may not know yet', () => {
    expect(dueAfter([[100, stored({ ...held, holder: '' })]], 100)).toBe(15);
  });

  it('not at once where somebody deleted it: its holder may not know yet', () => {
    const looks: [number, StoredLease | undefined][] = [
      [100, stored(held)],
      [110, undefined],
    ];
    expect(dueAfter(looks, 110)).toBe(15);
    expect(dueAfter([...looks, [120, undefined]], 125)).toBe(0);
  });

  it.each([0, -1])('after the own duration where it says %i', (durationSeconds) => {
    expect(dueAfter([[100, stored({ ...held, durationSeconds })]], 100)).toBe(own);
  });

  it('after an hour at the latest, whatever somebody wrote into it', () => {
    expect(dueAfter([[100, stored({ ...held, durationSeconds: 1e9 })]], 100)).toBe(3600);
  });
});
