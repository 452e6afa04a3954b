/**
 * Namespaces that the operator doesn't know are read live, few at once: anybody who reaches the webhook may ask for them.
 */
import { expect, it, onTestFinished } from 'vitest';
import { startAssignmentView } from '../../src/controller/assignment-view.ts';
import type { ClusterClient, StartInformer } from '../../src/ports/cluster-client.ts';
import { silent } from '../cluster-client/silent.ts';

const emptyWatch: StartInformer = (sink) => {
  queueMicrotask(() => sink.onListed(false));
  return {
    get: () => undefined,
    entries: () => [][Symbol.iterator](),
    listed: () => true,
    secondsSinceSync: () => 0,
    stop: async () => {},
  };
};

/** A view of a cluster in which no namespace is known, and what was read of it live. */
async function flood(names: readonly string[]) {
  const flying = { now: 0, most: 0, all: 0 };
  const client = {
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
  const view = startAssignmentView(client as unknown as ClusterClient, silent);
  onTestFinished(() => view.stop());
  await view.complete;
  const answers = await Promise.allSettled(names.map((name) => view.resolve(name)));
  return { view, answers, flying };
}

const names = (count: number, of = count) => Array.from({ length: count }, (_, index) => `unknown-${index % of}`);

it('a flood of unknown namespaces is read twenty at a time, and each is answered', async () => {
  const { answers, flying } = await flood(names(200, 100));
  expect(answers.every((answer) => answer.status === 'fulfilled' && answer.value.kind === 'none')).toBe(true);
  expect(flying).toEqual({ now: 0, most: 20, all: 100 });
});

it('of a larger one two hundred wait, the others fail at once, and later ones are answered again', async () => {
  const { view, answers, flying } = await flood(names(1000));
  const failed = answers.findIndex(({ status }) => status === 'rejected');
  expect(failed).toBe(220);
  expect(answers.slice(failed).every(({ status }) => status === 'rejected')).toBe(true);
  expect(flying).toEqual({ now: 0, most: 20, all: 220 });
  expect(await view.resolve('unknown-999')).toMatchObject({ kind: 'none' });
});
