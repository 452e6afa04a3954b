/**
 * Asks KMS, again and again, about each key that an assignment names, and remembers what it said. It changes no file, and nothing
 * waits for it: what it finds is in the condition KeyUsable, in Events and in a metric.
 */
import type { Logger } from 'pino';
import { parseKeyArn } from '../core/arn.ts';
import { elsewhere } from '../core/kms/bucket-regions.ts';
import { type KeyReason, type KmsAnswer, keyReasons } from '../core/kms/judge-key.ts';
import { judgeNow, type KeyKnowledge, learn, unreachable } from '../core/kms/key-knowledge.ts';
import { defaultKey, type KeyUse, toKeyUses, toRegion } from '../core/kms/key-uses.ts';
import type { KeyDescriber, KeyVerification } from '../ports/key-describer.ts';
import type { KeyCounts } from '../ports/metrics-snapshot.ts';
import type { AssignmentView } from './assignment-view.ts';
import { buildBucketFinder } from './bucket-finder.ts';
import type { KeyFinding } from './key-condition.ts';
import { startQueue, type WorkResult } from './queue.ts';
import type { StoredAssignment } from './stored-assignment.ts';

export interface KeyCheckerOptions extends KeyVerification {
  readonly view: Pick<AssignmentView, 'assignment' | 'assignments'>;
  readonly clock: () => Date;
  /** KMS was asked about a key of these assignments. */
  readonly onAsked: (assignments: readonly string[]) => Promise<void>;
  readonly givingUp: AbortSignal;
  readonly log: Logger;
}

export interface KeyChecker {
  /** These assignments may have changed. */
  look(names: Iterable<string> | 'all'): void;
  /** Undefined while KMS was not asked about all keys yet; none of an assignment that can't be read. */
  findings(stored: StoredAssignment): readonly KeyFinding[] | undefined;
  /** Keys by what is known of them. */
  count(): KeyCounts;
  stop(): Promise<void>;
}

/** Of KMS's requests, which a whole account shares, this is next to nothing. Four of them may hang. */
const concurrency = 16;
const backoff = { firstMs: 2_000, maxMs: 60_000 };
/** So many intervals without an answer, and a usable key is no longer taken for usable. */
const staleIntervals = 2;
const mismatch = { status: 'False', reason: 'RegionMismatch' } as const;

/** Starts to ask about the keys of all assignments. */
export function startKeyChecker(options: KeyCheckerOptions): KeyChecker {
  const { load, region, intervalSeconds, view, clock, onAsked, givingUp, log } = options;
  const intervalMs = intervalSeconds * 1000;
  const known = new Map<string, KeyKnowledge>();
  /** What the log last said of a key. */
  const logged = new Map<string, string>();
  const buckets = buildBucketFinder({ intervalMs, clock, givingUp });
  /** Assignments by the key that they name. */
  const users = new Map<string, Set<string>>();
  const uses = new Map<string, { readonly spec: StoredAssignment['spec']; readonly keys: readonly KeyUse[] }>();
  /** A lane for each Region of each account: where one is away, the others are asked all the same. */
  const queue = startQueue({ concurrency, work: ask, backoff, log });
  let describer: Promise<KeyDescriber> | undefined;

  function look(names: Iterable<string> | 'all'): void {
    const all = names === 'all' ? new Set([...uses.keys(), ...[...view.assignments()].map(([name]) => name)]) : names;
    for (const name of all) lookAt(name, view.assignment(name)?.spec);
  }

  function lookAt(name: string, spec: StoredAssignment['spec'] | undefined): void {
    if (uses.get(name)?.spec === spec) return;
    const before = uses.get(name)?.keys ?? [];
    for (const { key } of before) {
      const its = users.get(key);
      its?.delete(name);
      if (its?.size === 0) users.delete(key);
    }
    const keys = spec?.kind === 'valid' ? toKeyUses(spec.assignment) : [];
    if (spec === undefined) uses.delete(name);
    else uses.set(name, { spec, keys });
    forgetBuckets(before.flatMap((use) => use.buckets));
    for (const { key } of keys) {
      users.set(key, (users.get(key) ?? new Set()).add(name));
      // At once: the key may be known, and a bucket be new.
      queue.addNow(toLane(key), key);
    }
  }

  /** Those of them that no assignment names any more. */
  function forgetBuckets(before: readonly string[]): void {
    if (before.length === 0 || buckets.regions.size === 0) return;
    const named = new Set([...uses.values()].flatMap(({ keys }) => keys.flatMap((use) => use.buckets)));
    buckets.forget(before.filter((bucket) => !named.has(bucket)));
  }

  async function ask(_: string, key: string): Promise<WorkResult> {
    if (!users.has(key)) {
      known.delete(key);
      logged.delete(key);
      return { kind: 'done' };
    }
    if (key === defaultKey && region === '') {
      known.set(key, { answered: undefined, unknown: { status: 'Unknown', reason: 'RegionUnknown' } });
      await onAsked([...(users.get(key) ?? [])]);
      return { kind: 'requeueAfter', ms: intervalMs };
    }
    describer ??= load().catch((error) => {
      // The next key tries again.
      describer = undefined;
      throw error;
    });
    const asked = await describer;
    const answer = await asked.describe(key, toRegion(key, region), givingUp);
    const itsBuckets = new Set(usesOf(key).flatMap((use) => use.buckets));
    if (key !== defaultKey) await buckets.find(asked, itsBuckets, toRegion(key, region));
    if (givingUp.aborted) return { kind: 'done' };
    const after = learn(known.get(key), answer, clock().getTime());
    known.set(key, after);
    logChange(key, answer, after);
    await onAsked([...new Set([...(users.get(key) ?? []), ...usersOfStale()])]);
    return after.unknown !== undefined
      ? { kind: 'backOff', maxMs: Math.min(backoff.maxMs, intervalMs) }
      : { kind: 'requeueAfter', ms: intervalMs };
  }

  /** While KMS hangs, keys wait so long for their turns that their answers get stale. Their assignments hear it once. */
  function usersOfStale(): readonly string[] {
    const stale = [...known].filter(([, one]) => one.unknown === undefined && now(one).reason === unreachable.reason);
    for (const [key, one] of stale) known.set(key, { ...one, unknown: unreachable });
    return stale.flatMap(([key]) => [...(users.get(key) ?? [])]);
  }

  function usesOf(key: string): readonly KeyUse[] {
    return [...(users.get(key) ?? [])].flatMap((name) => uses.get(name)?.keys.filter((use) => use.key === key) ?? []);
  }

  /** Once, not each time: with every answer of which `name` and reason are the same. */
  function logChange(key: string, answer: KmsAnswer, { answered, unknown }: KeyKnowledge): void {
    const { status, reason } = unknown ?? answered?.judgement ?? {};
    const failure = answer.kind === 'failed' ? { name: answer.name, message: answer.message } : {};
    const said = `${reason} ${failure.name}`;
    if (logged.get(key) === said) return;
    logged.set(key, said);
    log[status === 'True' ? 'info' : 'warn']({ key, reason, ...failure }, 'asked AWS KMS about a key');
  }

  const now = (knowledge: KeyKnowledge) => judgeNow(knowledge, clock().getTime(), staleIntervals * intervalMs);

  /** Each key counts once, from the time on when it is named. */
  function reasonOf(key: string): KeyReason {
    const { reason } = now(known.get(key) ?? { answered: undefined, unknown: undefined });
    return reason === 'Usable' && usesOf(key).some((use) => elsewhere(use, buckets.regions).length > 0)
      ? mismatch.reason
      : reason;
  }

  look('all');
  return {
    look,
    findings({ spec }) {
      if (spec.kind !== 'valid') return [];
      const findings: KeyFinding[] = [];
      for (const use of toKeyUses(spec.assignment)) {
        const knowledge = known.get(use.key);
        if (knowledge === undefined) return undefined;
        findings.push({ ...use, judgement: now(knowledge) });
        const misplaced = elsewhere(use, buckets.regions);
        if (misplaced.length > 0) findings.push({ ...use, buckets: misplaced, judgement: mismatch });
      }
      return findings;
    },
    count() {
      const counts = Object.fromEntries(keyReasons.map((reason) => [reason, 0])) as Record<keyof KeyCounts, number>;
      for (const key of users.keys()) counts[reasonOf(key)] += 1;
      return counts;
    },
    async stop() {
      await queue.stop();
      (await describer?.catch(() => undefined))?.stop();
    },
  };
}

function toLane(key: string): string {
  if (key === defaultKey) return '';
  const { partition, region, account } = parseKeyArn(key);
  return `${partition}:${region}:${account}`;
}
