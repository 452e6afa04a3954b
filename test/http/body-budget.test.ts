import { describe, expect, it } from 'vitest';
import { buildBodyBudget } from '../../src/http/body-budget.ts';

const never = new AbortController().signal;
/** Resolves when everything that could go on has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('the budget for bodies', () => {
  it('admits what fits, and the next once there is room', async () => {
    const budget = buildBodyBudget(10);
    const admitted: string[] = [];
    const take = async (name: string, bytes: number) => {
      const taken = await budget.take(bytes, never);
      admitted.push(name);
      return taken;
    };
    const first = await take('first', 6);
    const second = take('second', 6);
    const third = take('third', 1);
    await settled();
    expect(admitted).toEqual(['first']);
    first.release();
    (await second).release();
    await third;
    expect(admitted).toEqual(['first', 'second', 'third']);
  });

  it('lets a body larger than all of it pass alone', async () => {
    const budget = buildBodyBudget(10);
    const { release } = await budget.take(1000, never);
    const other = budget.take(1, never);
    await settled();
    release();
    await expect(other).resolves.toBeDefined();
  });

  it('counts a release once', async () => {
    const budget = buildBodyBudget(10);
    const { release } = await budget.take(10, never);
    release();
    release();
    await budget.take(10, never);
    let admitted = false;
    void budget.take(1, never).then(() => {
      admitted = true;
    });
    await settled();
    expect(admitted).toBe(false);
  });

  it('forgets who has gone, and admits those behind', async () => {
    const budget = buildBodyBudget(10);
    await budget.take(5, never);
    const gone = new AbortController();
    const large = budget.take(10, gone.signal);
    const small = budget.take(5, never);
    gone.abort(new Error('gone'));
    await expect(large).rejects.toThrow('gone');
    await expect(small).resolves.toBeDefined();
    await expect(budget.take(1, gone.signal)).rejects.toThrow('gone');
  });
});
