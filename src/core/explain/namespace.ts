/**
 * Why a namespace has its assignment: every assignment that selects the namespace, how it does, and which of them applies.
 */

import { isEmptySelector } from '../assignment/label-selector.ts';
import { type Candidate, type Namespace, type Resolution, resolve } from '../assignment/resolve.ts';

/** How an assignment selects a namespace, the highest rank first. */
export type SelectedBy = 'name' | 'selector' | 'default';

export interface Selecting {
  readonly name: string;
  readonly by: SelectedBy;
  /** Why the assignment doesn't apply; null where it applies. */
  readonly passedOver: 'lowerRank' | 'sameAs' | 'conflict' | null;
}

export interface NamespaceExplanation {
  readonly resolution: Resolution;
  /** In the order of their ranks, then names. */
  readonly selecting: readonly Selecting[];
}

const ranks: readonly SelectedBy[] = ['name', 'selector', 'default'];

/** Explains which assignment a namespace has, in terms of `resolve`. */
export function explainNamespace(namespace: Namespace, candidates: readonly Candidate[]): NamespaceExplanation {
  const resolution = resolve(namespace, candidates);
  const selecting = candidates
    .filter((candidate) => resolve(namespace, [candidate]).kind !== 'none')
    .map((candidate) => ({ name: candidate.name, by: selectedBy(candidate) }))
    .sort((a, b) => ranks.indexOf(a.by) - ranks.indexOf(b.by) || (a.name < b.name ? -1 : 1));
  const highest = selecting[0]?.by;
  return {
    resolution,
    selecting: selecting.map(({ name, by }) => ({
      name,
      by,
      passedOver: whyPassedOver(name, by === highest, resolution),
    })),
  };
}

function selectedBy({ target }: Candidate): SelectedBy {
  if ('namespaces' in target) return 'name';
  return isEmptySelector(target.namespaceSelector) ? 'default' : 'selector';
}

function whyPassedOver(name: string, isHighest: boolean, resolution: Resolution): Selecting['passedOver'] {
  if (!isHighest) return 'lowerRank';
  if (resolution.kind === 'conflict') return 'conflict';
  return resolution.kind === 'assigned' && resolution.assignment.name === name ? null : 'sameAs';
}
