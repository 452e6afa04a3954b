/**
 * What holds for a namespace now, by a live read where the watch is late, and what held a moment ago.
 */

import { expect, it, onTestFinished } from 'vitest';
import { startAssignmentView } from '../../src/controller/assignment-view.ts';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import { Unavailable } from '../../src/core/unavailable.ts';
import type { ClusterClient, EventHandler, StartInformer } from '../../src/ports/cluster-client.ts';
import type { StoredObject } from '../../src/ports/stored-object.ts';
import { silent } from '../cluster-client/silent.ts';
import { key } from './small-world.ts';

/** A watch that shows what the test says, when the test says so. */
function buildWatch(...first: readonly StoredObject[]) {
  const kept = new Map<string, unknown>();
  let take: (object: StoredObject) => void = () => {};
  const watch: StartInformer = <T>({ reduce, onChange, onListed }: EventHandler<T>) => {
    take = (object) => {
      const { name } = object.metadata;
      const before = kept.get(name) as T | undefined;
      const after = reduce(object, before);
      if (after === undefined) kept.delete(name);
      else kept.set(name, after);
      onChange(name, before, after);
    };
    queueMicrotask(() => {
      first.forEach(take);
      onListed(false);
    });
    return {
      get: (name) => kept.get(name) as T | undefined,
      entries: () => (kept as Map<string, T>).entries(),
      listed: () => true,
      secondsSinceSync: () => 0,
      stop: async () => {},
    };
  };
  return { watch, show: (object: StoredObject) => take(object) };
}

function toAssignment(generation: number, rest: object = {}): StoredObject {
  return {
    apiVersion: 'ssekms.io/v1alpha1',
    kind: 'KmsKeyAssignment',
    metadata: { name: 'finance', uid: 'finance', generation, resourceVersion: `${generation}` },
    spec: { namespaces: ['ns'], key: { arn: key(generation) }, ...rest },
  };
}

const toNamespace = (labels: Record<string, string> = {}): StoredObject => ({ metadata: { name: 'ns', labels } });
const keyOf = (resolution: Resolution | undefined) =>
  resolution?.kind === 'assigned' && 'arn' in resolution.assignment.key
    ? resolution.assignment.key.arn
    : resolution?.kind;

async function start(...first: readonly StoredObject[]) {
  const assignments = buildWatch(...first);
  const namespaces = buildWatch(toNamespace());
  const scopes = buildWatch();
  const server = { stored: [...first], reads: [] as string[], fails: false };
  const client = {
    watchAssignments: assignments.watch,
    watchNamespaces: namespaces.watch,
    watchScope: scopes.watch,
    async listAssignments(part: string) {
      server.reads.push(part);
      if (server.fails) throw new Error('away');
      return server.stored;
    },
  };
  const view = startAssignmentView(client as unknown as ClusterClient, silent);
  onTestFinished(() => view.stop());
  await view.complete;
  return { view, server, showAssignment: assignments.show, showNamespace: namespaces.show };
}

it('is what the watch has shown, where the API server has nothing newer', async () => {
  const { view, server } = await start(toAssignment(1));
  expect(keyOf(await view.resolveNow('ns'))).toBe(key(1));
  expect(server.reads).toEqual(['metadata']);
});

it.each<[string, readonly StoredObject[], string]>([
  ['changed', [toAssignment(2)], key(2)],
  ['deleted', [], 'none'],
  [
    'made anew under the same name',
    [
      {
        ...toAssignment(1),
        metadata: { name: 'finance', uid: 'other', generation: 1 },
        spec: { namespaces: ['ns'], key: { arn: key(3) } },
      },
    ],
    key(3),
  ],
  [
    'about to be deleted',
    [{ ...toAssignment(1), metadata: { name: 'finance', uid: 'finance', generation: 2, deletionTimestamp: 'now' } }],
    'none',
  ],
])('is read whole where the watch has yet to show that an assignment was %s', async (_, stored, expected) => {
  const { view, server } = await start(toAssignment(1));
  server.stored = [...stored];
  expect(keyOf(await view.resolveNow('ns'))).toBe(expected);
  expect(server.reads).toEqual(['metadata', 'whole']);
  expect(keyOf(await view.resolve('ns'))).toBe(key(1));
});

it('can not be lastEvent where the API server does not answer', async () => {
  const { view, server } = await start(toAssignment(1));
  server.fails = true;
  await expect(view.resolveNow('ns')).rejects.toThrow(Unavailable);
  expect(keyOf(await view.resolve('ns'))).toBe(key(1));
});

it('was what it was before an assignment came, or changed', async () => {
  const { view, showAssignment } = await start();
  expect(view.earlier('ns').map(keyOf)).toEqual([]);
  showAssignment(toAssignment(1));
  expect(view.earlier('ns').map(keyOf)).toEqual(['none']);
  await new Promise((resolve) => setTimeout(resolve, 150));
  showAssignment(toAssignment(2));
  expect(view.earlier('ns').map(keyOf)).toEqual([key(1), 'none']);
});

it('was what the labels of before said', async () => {
  const selector = { namespaces: undefined, namespaceSelector: { matchLabels: { team: 'finance' } } };
  const { view, showNamespace } = await start(toAssignment(1, selector));
  showNamespace(toNamespace({ team: 'finance' }));
  expect(keyOf(await view.resolve('ns'))).toBe(key(1));
  expect(view.earlier('ns').map(keyOf)).toEqual(['none']);
});
