/**
 * Namespaces that the operator doesn't know are read live, few at once: anybody who reaches the webhook may ask for them.
 */
import { expect, it } from 'vitest';
import { startView } from '../../src/operator/view.ts';
import type { StartWatch, World } from '../../src/operator/world.ts';
import { silent } from '../kube/silent.ts';

const emptyWatch: StartWatch = (sink) => {
  queueMicrotask(sink.onListed);
  return {
    get: () => undefined,
    entries: () => [][Symbol.iterator](),
    listed: () => true,
    secondsSinceSync: () => 0,
    stop: async () => {},
  };
};

it('a flood of unknown namespaces is read twenty at a time, and each is answered', async () => {
  const flying = { now: 0, most: 0, all: 0 };
  const world = {
    watchAssignments: emptyWatch,
    watchNamespaces: emptyWatch,
    watchScope: emptyWatch,
    async readNamespace() {
      flying.all += 1;
      flying.most = Math.max(flying.most, ++flying.now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      flying.now -= 1;
      return undefined;
    },
  };
  const view = startView(world as unknown as World, silent);
  await view.complete;
  const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => view.resolve(`unknown-${index % 100}`)));
  expect(answers.every(({ kind }) => kind === 'none')).toBe(true);
  expect(flying).toEqual({ now: 0, most: 20, all: 100 });
  await view.stop();
});
