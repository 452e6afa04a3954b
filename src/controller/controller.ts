/**
 * What only the leader does: know every carrier, make namespaces right, write statuses and Events.
 *
 * A streamed object is judged at the moment it passes by, since its text is at hand and the plan is pure: what is right
 * already costs no request, so a new leader of 10,000 compliant ConfigMaps writes nothing, and a refused file is never
 * sent in vain. Readmission (the empty patch) is for what the stream showed to need a change, and for what it can't tell:
 * all that was judged under another assignment than today's, for no text was kept.
 */
import type { Logger } from 'pino';
import type { Backoff } from '../core/backoff.ts';
import { type CarrierKind, filesUnder, type HadoopFiles, isCarrier } from '../core/plan/config-object.ts';
import { isOlder } from '../core/resource-version.ts';
import type { Sink, StoredObject, World } from '../ports/cluster-client.ts';
import type { OperatorObserver } from '../ports/controller-observer.ts';
import type { View } from './assignment-view.ts';
import { buildAttempts } from './attempts.ts';
import { judge } from './compliance.ts';
import {
  buildCarriers,
  type Carrier,
  type ConfigMap,
  concerns,
  forget,
  isWorthJudging,
  record,
  retryNow,
  toCarrier,
  toConfigMap,
  verdictUnder,
} from './config-objects.ts';
import { type CarrierCounts, countCarriers } from './counts.ts';
import type { Wish } from './decide.ts';
import { buildAnnounce } from './event-recorder.ts';
import { startQueue } from './queue.ts';
import { isOpen, reconcile } from './reconcile.ts';
import { startReporter } from './status-writer.ts';

export interface LeaderOptions {
  readonly world: World;
  /** Complete already. */
  readonly view: View;
  readonly files: HadoopFiles;
  /** Readmissions in flight at once. */
  readonly concurrency: number;
  readonly backoff: Backoff;
  readonly clock: () => Date;
  /** For metrics. */
  readonly observer: OperatorObserver;
  readonly log: Logger;
}

export interface Leader {
  /** True once every ConfigMap was seen. */
  listed(): boolean;
  secondsSinceSync(): number;
  /** Keys that wait or are being worked on. */
  queued(): Queued;
  /** All carriers, by assignment and by how they stand to it. */
  countCarriers(): CarrierCounts;
  /**
   * Starts nothing more, and gives up what is in flight after so many milliseconds. Resolves when the last write has
   * ended: nothing is written afterwards.
   */
  stop(graceMs: number): Promise<void>;
}

export interface Queued {
  readonly namespaces: number;
  readonly assignments: number;
}

export function startLeader(options: LeaderOptions): Leader {
  const { world, view, files, concurrency, backoff, clock, observer, log } = options;
  const carriers = buildCarriers();
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const { writeEvent, writeStatus } = world;
  const announce = buildAnnounce({
    writeEvent,
    rate: { perSecond: 5, burst: 50 },
    namespaceRate: { perSecond: 1 / 3, burst: 20 },
    stopping: givingUp.signal,
    log,
  });
  const complete = () => watched.every((watching) => watching.listed());
  const reporter = startReporter({
    ...{ writeStatus, view, carriers, complete, clock, backoff, log },
    observer: observer.assignments,
    givingUp: givingUp.signal,
  });
  // One that hangs for longer is let go on by itself, so that its namespace needn't wait for it.
  const attempts = buildAttempts<Carrier>({
    concurrency,
    patienceMs: 1000,
    onLate: (namespace) => queue.add(namespace),
    log,
  });
  const reconciler = {
    world,
    carriers,
    files,
    decision: view.decision,
    attempts,
    backoff,
    announce,
    onJudged: reporter.touch,
    observer,
    stopping: stopping.signal,
    givingUp: givingUp.signal,
    log,
  };
  const work = (namespace: string) => reconcile(namespace, reconciler);
  const queue = startQueue({ concurrency, work, backoff, observer: observer.namespaces, log });

  function wishFor(namespace: string): Wish | undefined {
    const decision = view.decision(namespace);
    return decision?.kind === 'assigned' ? decision.wish : undefined;
  }

  function reduce(object: StoredObject, before: Carrier | undefined, kind: CarrierKind): Carrier | undefined {
    const configMap = toConfigMap(object, kind);
    const strictOnly = !isCarrier(configMap, filesUnder(files, false));
    if (strictOnly && !isCarrier(configMap, files)) return undefined;
    const carrier =
      before !== undefined && isKnown(configMap, before) ? before : toCarrier(configMap, strictOnly, before);
    const wish = wishFor(configMap.namespace);
    const sameVersion = carrier.resourceVersion === configMap.resourceVersion;
    if (wish !== undefined && sameVersion && isWorthJudging(carrier, wish)) {
      record(carrier, configMap.resourceVersion, wish, judge(configMap, wish, files));
    }
    return carrier;
  }

  const toSink = (kind: CarrierKind): Sink<Carrier> => ({
    reduce: (object, before) => reduce(object, before, kind),
    onChange(_, before, after) {
      carriers.change(before, after);
      const wish = after && wishFor(after.namespace);
      if (wish !== undefined && after !== undefined && hasWork(after, wish)) queue.add(after.namespace);
      reporter.touch();
    },
    // The full pass: whatever was missed or put off, each list brings it up again. After etcd was restored from a backup
    // what is known is of versions that there never were.
    onListed(rewound) {
      for (const namespace of carriers.namespaces()) {
        if (rewound) for (const carrier of carriers.of(namespace)) forget(carrier);
        queue.add(namespace);
      }
      reporter.touch();
    },
  });
  const watched = [world.watchConfigMaps(toSink('ConfigMap')), world.watchSecrets?.(toSink('Secret'))].filter(
    (watching) => watching !== undefined,
  );

  view.listen({
    onDecisions(namespaces) {
      for (const namespace of namespaces) {
        for (const carrier of carriers.of(namespace)) retryNow(carrier);
        queue.add(namespace);
      }
      reporter.touch();
    },
    onAssignments: reporter.touch,
    onWebhook() {
      for (const namespace of carriers.namespaces()) {
        for (const carrier of carriers.of(namespace)) retryNow(carrier);
        queue.add(namespace);
      }
    },
  });

  return {
    listed: complete,
    secondsSinceSync: () => Math.max(...watched.map((watching) => watching.secondsSinceSync())),
    queued: () => ({ namespaces: queue.size, assignments: reporter.queued }),
    countCarriers: () => countCarriers(carriers, view),
    async stop(graceMs) {
      view.listen(undefined);
      stopping.abort();
      const giveUp = setTimeout(() => givingUp.abort(), graceMs);
      if (graceMs <= 0) givingUp.abort();
      await Promise.all([...watched.map((watching) => watching.stop()), queue.stop(), reporter.stop()]);
      await attempts.settled();
      clearTimeout(giveUp);
    },
  };
}

/** The version known already, or one before it: the answer to a readmission may be here before the watch is. */
function isKnown(configMap: ConfigMap, { uid, resourceVersion }: Carrier): boolean {
  if (configMap.uid !== uid) return false;
  return configMap.resourceVersion === resourceVersion || isOlder(configMap.resourceVersion, resourceVersion);
}

/** Something to try, or to tell. */
function hasWork(carrier: Carrier, wish: Wish): boolean {
  return concerns(wish, carrier) && (isOpen(carrier, wish) || (verdictUnder(carrier, wish)?.findings.length ?? 0) > 0);
}
