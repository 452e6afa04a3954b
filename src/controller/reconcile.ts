/**
 * One namespace made right: read what is known → decide what is left to do → readmit, judge the answers, tell.
 */
import type { Logger } from 'pino';
import { type Backoff, backoffDelay } from '../core/backoff.ts';
import type { HadoopFiles } from '../core/plan/config-object.ts';
import type { World } from '../ports/cluster-client.ts';
import { nobody, type OperatorObserver } from '../ports/controller-observer.ts';
import type { Attempts } from './attempts.ts';
import { type Judgement, judge, judgeAnswer, toFailed } from './compliance.ts';
import {
  type Carrier,
  type Carriers,
  type ConfigMap,
  concerns,
  record,
  retryNow,
  toConfigMap,
  verdictUnder,
} from './config-objects.ts';
import type { Decision, Wish } from './decide.ts';
import type { Announce } from './event-recorder.ts';
import { forEach } from './limit.ts';
import type { Leftover } from './queue.ts';

export interface Reconciler {
  readonly world: Pick<World, 'readmit' | 'readConfigMap'>;
  readonly carriers: Carriers;
  readonly files: HadoopFiles;
  readonly decision: (namespace: string) => Decision | undefined;
  /** Bounds what is in flight. When a late one has ended, its namespace is to be reconciled again. */
  readonly attempts: Attempts<Carrier>;
  /** Between two tries of one ConfigMap. */
  readonly backoff: Backoff;
  readonly announce: Announce;
  /** Told of each judgement. */
  readonly onJudged: (carrier: Carrier) => void;
  /** For metrics. */
  readonly observer?: Pick<OperatorObserver, 'readmitted'>;
  /** Nothing more is to be started. */
  readonly stopping: AbortSignal;
  /** What is in flight is to be given up; never before `stopping`. */
  readonly givingUp: AbortSignal;
  readonly log: Logger;
}

/** After so many carriers of one namespace the others have their turn. */
const sliceSize = 200;
/** So many failures without an answer between them, and the namespace waits: the API server or the webhook is away. */
const enoughFailures = 8;
const afterFailuresMs = 1000;
/** So many times the longest wait otherwise. */
const deniedFactor = 10;
/** Events that the rate limit held back are tried again then. */
const untoldMs = 60_000;
/** After so many, the rate limit or the API server won't have the next one either. */
const enoughUntold = 5;
/** No Events are begun after that: where they hang, the repairs of other namespaces wait behind them. */
const tellingMs = 1000;
/** Carriers that are likely to be late, and found no place, are tried again then. */
const putOffMs = 1000;

export async function reconcile(namespace: string, reconciler: Reconciler): Promise<Leftover> {
  const { carriers, decision, attempts, announce, stopping, log } = reconciler;
  const decided = decision(namespace);
  if (decided?.kind !== 'assigned') return { kind: 'nothing' };
  const { wish } = decided;

  const now = performance.now();
  const isDue = (carrier: Carrier) => isOpen(carrier, wish) && carrier.dueAt <= now && !attempts.inFlight(carrier);
  // Never tried first, then whoever waits longest: where many fail, each has its turn before the first one has another.
  const due = [...carriers.of(namespace)].filter(isDue).sort((a, b) => a.dueAt - b.dueAt);
  const slice = due.slice(0, sliceSize);

  let failuresInRow = 0;
  let failures = 0;
  let late = 0;
  let putOff = false;
  const goOn = () => failuresInRow < enoughFailures && !stopping.aborted;
  const settleOne = async (carrier: Carrier) => {
    const end = await settle(carrier, wish, reconciler);
    failuresInRow = end === 'failed' ? failuresInRow + 1 : 0;
    failures += end === 'settled' ? 0 : 1;
  };
  await forEach(slice, attempts.room(namespace), goOn, async (carrier) => {
    const outcome = await attempts.run(carrier, () => settleOne(carrier));
    if (outcome === 'late') late += 1;
    if (outcome === 'putOff') {
      putOff = true;
      // Else the same ones would be due again at once, before any other, without end where they are many.
      carrier.dueAt = performance.now() + putOffMs;
    }
    // Its place is taken until it ends.
    return outcome !== 'late';
  });
  if (late > 0) log.warn({ namespace, late }, 'readmissions hang, going on without waiting for them');
  if (failures > 0) log.warn({ namespace, failures }, 'could not readmit ConfigMaps, trying again later');

  let untold = 0;
  const tellUntil = performance.now() + tellingMs;
  for (const carrier of carriers.of(namespace)) {
    if (stopping.aborted || untold >= enoughUntold) break;
    if (performance.now() > tellUntil) {
      untold += 1;
      break;
    }
    const verdict = verdictUnder(carrier, wish);
    // Most have nothing to tell, and they may be many.
    if (verdict !== undefined && verdict.findings.length > 0 && !(await announce(carrier, verdict, wish))) untold += 1;
  }

  if (!goOn()) return { kind: 'later', inMs: afterFailuresMs };
  // The end of a late one brings the namespace up again.
  if (attempts.room(namespace) <= 0) return { kind: 'nothing' };
  if (due.length > slice.length) return { kind: 'more' };
  let next = untold > 0 ? performance.now() + untoldMs : Number.POSITIVE_INFINITY;
  const waits = (carrier: Carrier) => isOpen(carrier, wish) && !attempts.inFlight(carrier);
  for (const carrier of carriers.of(namespace)) if (waits(carrier)) next = Math.min(next, carrier.dueAt);
  if (putOff) next = Math.max(next, performance.now() + putOffMs);
  return next === Number.POSITIVE_INFINITY
    ? { kind: 'nothing' }
    : { kind: 'later', inMs: Math.max(0, next - performance.now()) };
}

/** True where something is left to try: nothing is known under this wish, or what is known can get better by itself. */
export function isOpen(carrier: Carrier, wish: Wish): boolean {
  if (!concerns(wish, carrier)) return false;
  const outcome = verdictUnder(carrier, wish)?.outcome;
  return outcome === undefined || outcome === 'change' || outcome === 'pending' || outcome === 'failed';
}

/**
 * Readmits a carrier, or reads it where readmission must not or can't change it, and keeps the judgement. `denied` by
 * somebody else: that, too, is an answer, and says nothing of the next carrier.
 */
async function settle(carrier: Carrier, wish: Wish, reconciler: Reconciler): Promise<'settled' | 'denied' | 'failed'> {
  const { carriers, backoff, onJudged, observer = nobody, stopping, log } = reconciler;
  const { kind, namespace, name, uid } = carrier;
  let found: Found | undefined;
  let failed = false;
  try {
    found = await examine(carrier, wish, reconciler);
  } catch (error) {
    if (stopping.aborted) return 'settled';
    failed = true;
    log.debug({ ...toFields(carrier), ...(kind === 'ConfigMap' && { err: error }) }, 'could not readmit a ConfigMap');
    found = { resourceVersion: carrier.resourceVersion, judgement: toFailed(toText(error), kind) };
  }
  observer.readmitted(found?.judgement.outcome ?? 'gone');
  // The watch may have put another in its place meanwhile, or taken it away.
  const current = carriers.get(namespace, name, kind);
  if (found === undefined || current?.uid !== uid) return failed ? 'failed' : 'settled';
  record(current, found.resourceVersion, wish, found.judgement);
  if (isOpen(current, wish)) {
    current.attempts += 1;
    // What somebody denied stays denied as long as the object stays as it is, most likely.
    const denied = !failed && found.judgement.outcome === 'failed';
    const maxMs = denied ? backoff.maxMs * deniedFactor : backoff.maxMs;
    current.dueAt = performance.now() + backoffDelay(current.attempts, { ...backoff, maxMs }, Math.random());
  } else {
    retryNow(current);
  }
  onJudged(current);
  if (failed) return 'failed';
  return found.judgement.outcome === 'failed' ? 'denied' : 'settled';
}

interface Found {
  readonly resourceVersion: string;
  readonly judgement: Judgement;
}

async function examine(carrier: Carrier, wish: Wish, reconciler: Reconciler): Promise<Found | undefined> {
  const { world, carriers, files, givingUp, log } = reconciler;
  const { kind, namespace, name, immutable, tooManyKeys } = carrier;
  if (immutable || tooManyKeys || wish.assignment.enforcement === 'Audit') return read(carrier, wish, reconciler);
  const answer = await world.readmit(namespace, name, givingUp, kind);
  switch (answer.kind) {
    case 'gone':
      return undefined;
    case 'answered': {
      const configMap = toConfigMap(answer.object, kind);
      const judgement = judgedAlready(configMap, wish, carriers) ?? judgeAnswer(configMap, wish, files);
      log.debug({ ...toFields(carrier), outcome: judgement.outcome }, 'readmitted a ConfigMap');
      return { resourceVersion: configMap.resourceVersion, judgement };
    }
    case 'denied': {
      // The plan knows line and column; and where it refuses nothing, the denial was somebody else's.
      const found = await read(carrier, wish, reconciler);
      return found?.judgement.outcome === 'change' ? { ...found, judgement: toFailed(answer.message, kind) } : found;
    }
  }
}

/** The watch is often faster than the answer, and has judged this version. That it has to change is news only here. */
function judgedAlready({ kind, namespace, name, uid, resourceVersion }: ConfigMap, wish: Wish, carriers: Carriers) {
  const current = carriers.get(namespace, name, kind);
  if (current?.uid !== uid || current.resourceVersion !== resourceVersion) return undefined;
  const verdict = verdictUnder(current, wish);
  return verdict?.outcome === 'compliant' ? verdict : undefined;
}

async function read(carrier: Carrier, wish: Wish, { world, files, givingUp }: Reconciler): Promise<Found | undefined> {
  const object = await world.readConfigMap(carrier.namespace, carrier.name, givingUp, carrier.kind);
  if (object === undefined) return undefined;
  const configMap = toConfigMap(object, carrier.kind);
  return { resourceVersion: configMap.resourceVersion, judgement: judge(configMap, wish, files) };
}

/** Which one it is, for the log. */
export function toFields({ kind, namespace, name }: Carrier): object {
  return { namespace, [kind === 'Secret' ? 'secret' : 'configMap']: name };
}

function toText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
