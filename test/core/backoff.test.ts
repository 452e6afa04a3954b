/**
 * How long to wait before the next try.
 */
import { describe, expect, it } from 'vitest';
import { backoffDelay } from '../../src/core/backoff.ts';

const bounds = { firstMs: 100, maxMs: 1000 };

describe('the wait after a failure', () => {
  it('doubles with each, up to the limit', () => {
    const full = [1, 2, 3, 4, 5, 6, 1000, 1e9].map((failures) => backoffDelay(failures, bounds, 1));
    expect(full).toEqual([100, 200, 400, 800, 1000, 1000, 1000, 1000]);
  });

  it('is spread over its upper half', () => {
    expect(backoffDelay(3, bounds, 0)).toBe(200);
    expect(backoffDelay(3, bounds, 0.5)).toBe(300);
  });
});
