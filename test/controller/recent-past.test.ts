/**
 * What was known a moment ago.
 */
import { expect, it } from 'vitest';
import { buildRecentPast } from '../../src/controller/recent-past.ts';

it('is kept for ten seconds, the latest first; of what comes at once the first, so that it stays bounded', () => {
  let now = 1000;
  const former = buildRecentPast<string>(() => now);
  former.add('a');
  former.add('at once');
  now += 5000;
  former.add('b');
  expect(former.values()).toEqual(['b', 'a']);
  now += 5001;
  expect(former.values()).toEqual(['b']);
  now += 60_000;
  expect(former.values()).toEqual([]);
});
