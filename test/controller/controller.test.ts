/**
 * What the leader does when: nothing is reported before it was decided, and what changes is tried and reported anew.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { key, type Report, startSmallWorld } from './small-world.ts';

let client: Awaited<ReturnType<typeof startSmallWorld>>;

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const minutes = 60_000;

beforeEach(async () => {
  vi.useFakeTimers();
  client = await startSmallWorld(10 * minutes);
  for (const name of ['a', 'b']) {
    client.namespace(name);
    client.object(name, 'cm');
  }
});

afterEach(async () => {
  await client.stop();
  vi.useRealTimers();
});

describe('a status', () => {
  /** It says of the spec's own generation what the files don't bear out. */
  const isWrong = ({ ready, claimed, encrypted, total }: Report) => claimed > encrypted || (ready && encrypted < total);

  /** Before the first one the report that is due anyway comes, after the last one it is over. */
  const moments = Array.from({ length: 31 }, (_, i) => i * 10);

  it('never takes what was found out under the last key for the new one, whenever the key is rotated', async () => {
    client.assign('finance', { namespaces: ['a', 'b'], key: { arn: key(0) } });
    await pass(3000);
    for (const [i, moment] of moments.entries()) {
      // Something else that is reported soon.
      client.namespace(`other-${i}`);
      await pass(moment);
      client.assign('finance', { namespaces: ['a', 'b'], key: { arn: key((i + 1) % 10) } });
      await pass(3000);
      expect(client.reports.filter(isWrong)).toEqual([]);
      const all = { ready: true, claimed: 2, encrypted: 2, total: 2 };
      expect(client.reports.at(-1)).toEqual({ name: 'finance', generation: i + 2, ...all });
    }
  });

  it('is derived for the assignment that an outcome touched, and not for the others', async () => {
    const others = Array.from({ length: 20 }, (_, i) => `other-${i}`);
    for (const name of others) {
      client.namespace(name);
      client.assign(name, { namespaces: [name], key: { arn: key(0) } });
    }
    client.assign('finance', { namespaces: ['a'], key: { arn: key(0) } });
    await pass(5000);
    const before = client.statusesDerived;
    expect(before).toBeGreaterThan(20);
    client.object('a', 'broken', '<configuration>');
    await pass(5000);
    expect(client.reports.at(-1)).toMatchObject({ name: 'finance', ready: false });
    // Once for the object, and once since the status that was written is a change of the assignment.
    expect(client.statusesDerived - before).toBeLessThan(5);
  });

  it('never leaves out a namespace that the spec has just come to name', async () => {
    client.assign('finance', { namespaces: ['a'], key: { arn: key(0) } });
    await pass(3000);
    for (const [i, moment] of moments.entries()) {
      client.namespace(`new-${i}`);
      client.object(`new-${i}`, 'cm');
      await pass(moment);
      client.assign('finance', { namespaces: ['a', `new-${i}`], key: { arn: key(0) } });
      await pass(3000);
      expect(client.reports.filter(isWrong)).toEqual([]);
      expect(client.reports.at(-1)).toMatchObject({ generation: i + 2, ready: true, claimed: 2, total: 2 });
    }
  });
});

it('an object that is backing off is tried at once when something else is decided for its namespace', async () => {
  client.failing.add('a/cm').add('b/cm');
  client.assign('finance', { namespaces: ['a'], key: { arn: key(1) } });
  client.assign('sales', { namespaces: ['b'], key: { arn: key(1) } });
  await pass(1 * minutes);
  expect(client.readmissions).toEqual(['a/cm', 'b/cm']);
  client.failing.clear();
  await pass(1 * minutes);
  expect(client.readmissions).toEqual(['a/cm', 'b/cm']);
  client.assign('finance', { namespaces: ['a'], key: { arn: key(2) } });
  await pass(100);
  // That of the other namespace still waits.
  expect(client.readmissions).toEqual(['a/cm', 'b/cm', 'a/cm']);
  expect(client.text('a', 'cm')).toContain(key(2));
  await pass(10 * minutes);
  expect(client.text('b', 'cm')).toContain(key(1));
});

it('an Event about what still holds is recorded again by the first resync after API servers have forgotten it', async () => {
  client.object('a', 'broken', '<configuration>');
  client.assign('finance', { namespaces: ['a'], key: { arn: key(1) } });
  const toldAt: number[] = [];
  for (let minute = 0; minute <= 150; minute += 10) {
    const before = client.events.length;
    client.relist();
    await pass(10 * minutes);
    if (client.events.length > before) toldAt.push(minute);
  }
  expect(toldAt).toEqual([0, 70, 140]);
  expect(new Set(client.events.map(({ name, reason }) => `${name} ${reason}`))).toEqual(new Set(['broken Malformed']));
});

describe('after etcd was restored from a backup', () => {
  it('what was right before, and is as it was long ago, is made right again', async () => {
    const backup = client.backup();
    client.object('a', 'cm', '<configuration><!-- changed --></configuration>');
    client.assign('finance', { namespaces: ['a', 'b'], key: { arn: key(0) } });
    await pass(3000);
    expect(client.text('a', 'cm')).toContain(key(0));
    client.restore(backup);
    expect(client.text('a', 'cm')).not.toContain(key(0));
    await pass(3000);
    for (const name of ['a', 'b']) expect(client.text(name, 'cm')).toContain(key(0));
  });
});

describe('Events of one namespace', () => {
  const malformed = '<configuration>';
  const others = Array.from({ length: 20 }, (_, i) => `other-${i}`);
  const toldOf = (namespace: string) => client.events.filter((event) => event.namespace === namespace).length;

  /** Of namespace `a` another version ten times a second; then there is something to tell of others. */
  async function keepChanging(text: (round: number) => string): Promise<void> {
    for (const name of others) client.namespace(name);
    client.assign('finance', { namespaces: ['a', ...others], key: { arn: key(0) } });
    for (let round = 0; round < 1200; round++) {
      if (round === 600) for (const name of others) client.object(name, 'cm', malformed);
      client.object('a', 'broken', text(round));
      await pass(100);
    }
  }

  it('are one where labels change and the problem stays', async () => {
    await keepChanging(() => malformed);
    expect(toldOf('a')).toBe(1);
    expect(others.map(toldOf)).toEqual(others.map(() => 1));
  });

  it('are so many where the problem changes all the time, and leave room for those of others', async () => {
    await keepChanging((round) => `${'\n'.repeat(round)}${malformed}`);
    expect(toldOf('a')).toBeGreaterThan(20);
    expect(toldOf('a')).toBeLessThanOrEqual(20 + 120 / 3);
    expect(others.map(toldOf)).toEqual(others.map(() => 1));
  });

  it('all come in the end, so many at once', async () => {
    for (let i = 0; i < 45; i++) client.object('a', `broken-${i}`, malformed);
    client.assign('finance', { namespaces: ['a'], key: { arn: key(0) } });
    const lastEvent: number[] = [];
    for (let minute = 0; minute < 4; minute++) {
      await pass(59_000);
      lastEvent.push(toldOf('a'));
      await pass(1000);
    }
    expect(lastEvent).toEqual([20, 40, 45, 45]);
  });
});
