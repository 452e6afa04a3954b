/**
 * What goes wrong and what administrators do, and when: all of it told by the seed before the run begins.
 */
import { Random } from '../hadoop/fuzz/random.ts';
import { keyOf, namespaceName, type StartingWorld, type Target, type Tier, tiers, tierTarget } from './world.ts';

/** `replica` counts those that are there when it happens. */
export type Disturbance =
  | { readonly kind: 'kill'; readonly replica: number; readonly awayMs: number }
  | { readonly kind: 'killAll'; readonly awayMs: number }
  | { readonly kind: 'pause'; readonly replica: number; readonly forMs: number }
  | { readonly kind: 'replace'; readonly replica: number }
  | { readonly kind: 'restartApiServer'; readonly signal: 'SIGTERM' | 'SIGKILL'; readonly awayMs: number }
  | { readonly kind: 'pauseApiServer' | 'pauseEtcd'; readonly forMs: number }
  | { readonly kind: 'cutWebhook'; readonly passage: 'refused' | 'silent'; readonly forMs: number }
  | { readonly kind: 'clearCaBundle' };

/** What administrators do, one after the other, each until it has succeeded. */
export type Change =
  | { readonly kind: 'failurePolicy'; readonly policy: 'Fail' | 'Ignore' }
  | { readonly kind: 'rotate'; readonly assignment: string; readonly key: string }
  | { readonly kind: 'algorithm'; readonly assignment: string; readonly algorithm: 'SSE-KMS' | 'DSSE-KMS' }
  | { readonly kind: 'enforcement'; readonly assignment: string; readonly enforcement: 'Enforce' | 'Audit' }
  | { readonly kind: 'delete'; readonly assignment: string }
  | { readonly kind: 'create'; readonly assignment: string; readonly target: Target; readonly key: string }
  | { readonly kind: 'retarget'; readonly assignment: string; readonly target: Target }
  | { readonly kind: 'label'; readonly namespace: string; readonly tier: Tier }
  /** With ConfigMaps in it from its first moment. */
  | { readonly kind: 'addNamespace'; readonly namespace: string; readonly tier: Tier; readonly configMaps: number };

export interface Step<T> {
  readonly atMs: number;
  readonly does: T;
}

export interface Schedule {
  readonly disturbances: readonly Step<Disturbance>[];
  readonly changes: readonly Step<Change>[];
  readonly finale: Finale;
}

/**
 * The end, which no new leader tidies up after: under each failurePolicy all keys are rotated, and while the leader repairs
 * the webhook is cut off for a while.
 */
export type Finale = readonly { readonly policy: 'Fail' | 'Ignore'; readonly forMs: number }[];

export function buildSchedule(seed: number, seconds: number, world: StartingWorld): Schedule {
  const end = seconds * 1000;
  const last = new Random(seed, 3);
  return {
    disturbances: toSteps(new Random(seed, 1), end, [500, 5000], toDisturbance),
    changes: toSteps(new Random(seed, 2), end, [300, 2000], buildChanges(world)),
    finale: (last.chance(0.5) ? (['Fail', 'Ignore'] as const) : (['Ignore', 'Fail'] as const)).map((policy) => ({
      policy,
      forMs: 2000 + last.below(2000),
    })),
  };
}

function toSteps<T>(
  random: Random,
  end: number,
  [least, spread]: readonly [number, number],
  next: (random: Random) => T,
): Step<T>[] {
  const steps: Step<T>[] = [];
  for (let atMs = random.below(spread); atMs < end; atMs += least + random.below(spread)) {
    steps.push({ atMs, does: next(random) });
  }
  return steps;
}

function toDisturbance(random: Random): Disturbance {
  const between = (least: number, most: number) => least + random.below(most - least);
  const replica = random.below(2);
  return random.pickWeighted<() => Disturbance>([
    [30, () => ({ kind: 'kill', replica, awayMs: between(50, 2000) })],
    [6, () => ({ kind: 'killAll', awayMs: between(50, 3000) })],
    [8, () => ({ kind: 'pause', replica, forMs: between(500, 6000) })],
    [2, () => ({ kind: 'pause', replica, forMs: between(16_000, 22_000) })],
    [8, () => ({ kind: 'replace', replica })],
    [4, () => ({ kind: 'restartApiServer', signal: random.pick(['SIGTERM', 'SIGKILL']), awayMs: between(0, 2000) })],
    [4, () => ({ kind: 'pauseApiServer', forMs: between(500, 4000) })],
    [5, () => ({ kind: 'pauseEtcd', forMs: between(500, 6000) })],
    [10, () => ({ kind: 'cutWebhook', passage: random.pick(['refused', 'silent']), forMs: between(500, 7000) })],
    [3, () => ({ kind: 'clearCaBundle' })],
  ])();
}

/** Administrators know what they did before: what is there to be changed, and what was deleted and can come back. */
function buildChanges({ namespaces, assignments }: StartingWorld): (random: Random) => Change {
  const targets = new Map<string, Target>(assignments.map(({ name, target }) => [name, target]));
  targets.set('rival-gold', tierTarget('gold'));
  const present = new Set(assignments.map(({ name }) => name));
  const names = namespaces.map(({ name }) => name);
  let keys = assignments.length;
  let audited: string | undefined;
  let policy: 'Fail' | 'Ignore' = 'Fail';

  function create(assignment: string): Change {
    present.add(assignment);
    return { kind: 'create', assignment, target: targets.get(assignment) as Target, key: keyOf(keys++) };
  }

  return (random) => {
    const assignment = random.pick([...present].sort());
    const absent = [...targets.keys()].filter((name) => !present.has(name)).sort();
    return random.pickWeighted<() => Change>([
      [30, () => ({ kind: 'rotate', assignment, key: keyOf(keys++) })],
      [20, () => ({ kind: 'label', namespace: random.pick(names), tier: random.pick(tiers) })],
      [
        12,
        () => {
          policy = policy === 'Fail' ? 'Ignore' : 'Fail';
          return { kind: 'failurePolicy', policy };
        },
      ],
      [8, () => ({ kind: 'algorithm', assignment, algorithm: random.pick(['SSE-KMS', 'DSSE-KMS']) })],
      [
        5,
        () => {
          const of = audited ?? assignment;
          const enforcement = audited === undefined ? 'Audit' : 'Enforce';
          audited = audited === undefined ? of : undefined;
          if (!present.has(of)) return create(of);
          return { kind: 'enforcement', assignment: of, enforcement };
        },
      ],
      [
        12,
        () => {
          // A rival makes conflicts: it goes as soon as it can.
          const victim = present.has('rival-gold') ? 'rival-gold' : assignment;
          if (present.size < 4) return create(random.pick(absent));
          present.delete(victim);
          return { kind: 'delete', assignment: victim };
        },
      ],
      [12, () => (absent.length > 0 ? create(random.pick(absent)) : toRetarget(random))],
      [8, () => toRetarget(random)],
      [
        5,
        () => {
          const namespace = namespaceName(names.length);
          names.push(namespace);
          return { kind: 'addNamespace', namespace, tier: random.pick(tiers), configMaps: 1 + random.below(6) };
        },
      ],
    ])();
  };

  /** The two of exact names divide theirs anew; a namespace that both name for a moment is in conflict for as long. */
  function toRetarget(random: Random): Change {
    const assignment = random.pick(['exact-a', 'exact-b']);
    const wanted = names.filter((_, index) => index % 3 === 0 && random.chance(0.5));
    const target = { namespaces: wanted.length > 0 ? wanted : names.slice(0, 1) };
    targets.set(assignment, target);
    if (!present.has(assignment)) return create(assignment);
    return { kind: 'retarget', assignment, target };
  }
}
