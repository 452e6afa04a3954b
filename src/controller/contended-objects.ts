/**
 * What the status, Events and metrics say of contended objects.
 */
import { type RevertedCount, windowMs } from '../core/contention.ts';
import { shorten } from '../core/shorten.ts';
import type { AssignmentView } from './assignment-view.ts';
import type { FileProblem } from './compliance.ts';
import { type ConfigObject, type ConfigObjects, concerns, toKey } from './config-objects.ts';
import type { DesiredEncryption } from './decide.ts';

export interface ContendedObject {
  readonly count: RevertedCount;
  readonly object: ConfigObject;
  readonly desired: DesiredEncryption;
}

/** Those that still exist and that an assignment covers. */
export function* findContended(
  counts: Iterable<RevertedCount>,
  objects: Pick<ConfigObjects, 'get'>,
  { decision }: Pick<AssignmentView, 'decision'>,
): Generator<ContendedObject> {
  for (const count of counts) {
    const decided = decision(count.namespace);
    const object = objects.get(count.namespace, toKey(count));
    if (decided?.kind !== 'assigned' || object === undefined || !concerns(decided.desired, object)) continue;
    yield { count, object, desired: decided.desired };
  }
}

const minutes = windowMs / 60_000;

/** For the status. */
export function toContendedProblem({ times, writers }: RevertedCount): FileProblem {
  return toProblem(`${toLowerBound(times)} times or more in the last ${minutes} minutes`, writers);
}

/** For an Event, without the number, since an Event is written anew when its text changes. */
export function toContendedEvent({ writers }: RevertedCount): FileProblem {
  return toProblem('again and again', writers);
}

function toProblem(howOften: string, writers: RevertedCount['writers']): FileProblem {
  const names = writers.map(({ manager, user }) => `${manager || 'unknown'} (user ${user || 'unknown'})`);
  const message =
    `updates without the assigned properties were changed back ${howOften}; let their sender leave the stored file as it is, ` +
    `or compare with what a server-side dry run answers. Field manager: ${names.join(', ')}`;
  return { dataKey: '', reason: 'Contended', message: shorten(message, 1000) };
}

/** 10, 20, 50, 100, and so on: the exact number would change the status at each exchange. */
function toLowerBound(times: number): number {
  const power = 10 ** (String(times).length - 1);
  return power * ([5, 2].find((step) => step * power <= times) ?? 1);
}
