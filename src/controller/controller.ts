/**
 * The controller, which only the leader runs: it watches every config object, repairs those that aren't compliant, and writes
 * statuses and Events.
 *
 * The watch assesses each object as it arrives, since its text is at hand and the plan is pure. So a compliant object costs no
 * request: a new leader of 10,000 compliant ConfigMaps writes nothing, and an object with a refused file is never readmitted
 * in vain. Readmission (the empty patch) is for objects that have to change, and for objects that were assessed under an
 * earlier assignment, since their text isn't kept.
 */
import type { Logger } from 'pino';
import type { Backoff } from '../core/backoff.ts';
import { ConfigFiles, type ConfigObjectKind, type FileRules } from '../core/plan/config-object.ts';
import { isOlder } from '../core/resource-version.ts';
import type { ClusterClient, EventHandler } from '../ports/cluster-client.ts';
import type { KeyVerification } from '../ports/key-describer.ts';
import type { ConfigObjectCounts, KeyCounts, Queued } from '../ports/metrics-snapshot.ts';
import type { ControllerObserver } from '../ports/observers.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import type { AssignmentView } from './assignment-view.ts';
import { assess } from './compliance.ts';
import {
  buildConfigObjects,
  type ConfigObject,
  complianceUnder,
  concerns,
  forget,
  isWorthAssessing,
  record,
  type StoredConfigObject,
  toConfigObject,
  toKey,
  toStoredConfigObject,
} from './config-objects.ts';
import { findContended, toContendedEvent } from './contended-objects.ts';
import type { Contention } from './contention.ts';
import { countConfigObjects, countContended } from './counts.ts';
import { type DesiredEncryption, toAssignments } from './decide.ts';
import { buildEventRecorder } from './event-recorder.ts';
import { startKeyChecker } from './key-checker.ts';
import { buildKeyEvents } from './key-events.ts';
import { type Queue, startQueue } from './queue.ts';
import { isOpen, reconcile } from './reconcile.ts';
import { startReportWriter } from './report-writer.ts';
import { startStatusWriter } from './status-writer.ts';

export interface ControllerOptions {
  readonly client: ClusterClient;
  /** Must be complete. */
  readonly view: AssignmentView;
  readonly contention: Pick<Contention, 'of' | 'all' | 'lead' | 'follow'>;
  readonly files: FileRules;
  /** Readmissions in flight at once. */
  readonly concurrency: number;
  /** Undefined where KMS isn't asked about keys. */
  readonly keys?: KeyVerification | undefined;
  readonly backoff: Backoff;
  readonly clock: () => Date;
  /** For metrics. */
  readonly observer?: ControllerObserver | undefined;
  readonly log: Logger;
}

export interface Controller {
  /** True once every ConfigMap was seen. */
  listed(): boolean;
  secondsSinceSync(): number;
  /** Keys that wait or are being worked on. */
  queued(): Queued;
  /** All config objects, by assignment and outcome. */
  countConfigObjects(): ConfigObjectCounts;
  /** Keys by what KMS says of them; undefined where it isn't asked. */
  countKeys(): KeyCounts | undefined;
  /** Contended objects, by assignment. */
  countContended(): ReadonlyMap<string, number>;
  /**
   * Starts nothing more, and gives up requests in flight after so many milliseconds. Resolves when the last write has ended;
   * nothing is written afterwards.
   */
  stop(graceMs: number): Promise<void>;
}

/** Starts to watch and reconcile config objects, until `stop`. */
export function startController(options: ControllerOptions): Controller {
  const { client, view, contention, files, concurrency, keys, backoff, clock, observer, log } = options;
  const objects = buildConfigObjects();
  const stopping = new AbortController();
  const givingUp = new AbortController();
  const { writeEvent, writeKeyEvent, writeStatus } = client;
  const recordEvent = buildEventRecorder({
    writeEvent,
    rate: { perSecond: 5, burst: 50 },
    namespaceRate: { perSecond: 1 / 3, burst: 20 },
    stopping: givingUp.signal,
    log,
  });
  const complete = () => watched.every((watching) => watching.listed());
  const writeKeyEvents = buildKeyEvents({ ...{ writeKeyEvent, clock, log }, stopping: givingUp.signal });
  async function recordKeyEvents(name: string): Promise<void> {
    const stored = view.assignment(name);
    const findings = stored && keyChecker?.findings(stored);
    if (stored && findings) await writeKeyEvents(name, stored.uid, findings);
  }
  const keyChecker =
    keys &&
    startKeyChecker({
      ...{ ...keys, view, clock, log },
      async onAsked(assignments) {
        statusWriter.touch(assignments);
        for (const name of assignments) await recordKeyEvents(name);
      },
      givingUp: stopping.signal,
    });
  const statusWriter = startStatusWriter({
    ...{ writeStatus, view, objects, contention, complete, clock, backoff, log },
    keyFindings: keyChecker?.findings,
    observer: observer?.assignments,
    givingUp: givingUp.signal,
  });
  const reportWriter =
    client.reports &&
    startReportWriter({
      store: client.reports,
      ...{ view, objects, complete, clock, backoff, log },
      givingUp: givingUp.signal,
    });
  const reconciler = {
    client,
    objects,
    files,
    decision: view.decision,
    backoff,
    recordEvent,
    onAssessed({ namespace }: ConfigObject, { assignment }: DesiredEncryption) {
      statusWriter.touch([assignment.name]);
      reportWriter?.touch([namespace]);
    },
    observer,
    stopping: stopping.signal,
    givingUp: givingUp.signal,
    log,
  };
  /** A lane for each namespace. */
  const queue = startQueue({
    ...{ concurrency, backoff, observer: observer?.configObjects, log },
    work: (namespace, key) => reconcile(namespace, key, reconciler),
  });

  function desiredFor(namespace: string): DesiredEncryption | undefined {
    const decision = view.decision(namespace);
    return decision?.kind === 'assigned' ? decision.desired : undefined;
  }

  /** Adds those of the objects that have work to do. */
  function addWork(namespace: string, some: Iterable<ConfigObject>, add: Queue['add']): void {
    const desired = desiredFor(namespace);
    if (desired === undefined) return;
    for (const object of some) if (hasWork(object, desired)) add(namespace, toKey(object));
  }

  function reduce(
    streamed: StoredObject,
    before: ConfigObject | undefined,
    kind: ConfigObjectKind,
  ): ConfigObject | undefined {
    const stored = toStoredConfigObject(streamed, kind);
    const found = new ConfigFiles(stored, files);
    if (!found.some(true)) return undefined;
    const strictOnly = !found.some(false);
    const object =
      before !== undefined && isKnown(stored, before) ? before : toConfigObject(stored, strictOnly, before);
    const desired = desiredFor(stored.namespace);
    const sameVersion = object.resourceVersion === stored.resourceVersion;
    if (desired !== undefined && sameVersion && isWorthAssessing(object, desired)) {
      record(object, stored.resourceVersion, desired, assess(stored, desired, files));
    }
    return object;
  }

  const toEventHandler = (kind: ConfigObjectKind): EventHandler<ConfigObject> => ({
    reduce: (object, before) => reduce(object, before, kind),
    onChange(_, before, after) {
      objects.change(before, after);
      const namespace = (after ?? before)?.namespace ?? '';
      if (after !== undefined) addWork(namespace, [after], queue.addNow);
      statusWriter.touch(toAssignments(view.decision(namespace)));
      reportWriter?.touch([namespace]);
    },
    // The resync: each complete list adds the work that was missed. After etcd was restored from a backup, the known versions
    // mean nothing any more.
    onListed(rewound) {
      for (const namespace of objects.namespaces()) {
        if (rewound) for (const object of objects.of(namespace)) forget(object);
        addWork(namespace, objects.of(namespace), rewound ? queue.addNow : queue.add);
      }
      statusWriter.touchAll();
      reportWriter?.resync();
    },
  });
  const watched = [
    client.watchConfigMaps(toEventHandler('ConfigMap')),
    client.watchSecrets?.(toEventHandler('Secret')),
  ].filter((watching) => watching !== undefined);

  view.listen({
    onDecisions(namespaces) {
      for (const namespace of namespaces) addWork(namespace, objects.of(namespace), queue.addNow);
      reportWriter?.touch(namespaces);
    },
    onAssignments(names) {
      keyChecker?.look(names);
      if (names === 'all') statusWriter.touchAll();
      else statusWriter.touch(names);
    },
    onWebhook() {
      for (const namespace of objects.namespaces()) addWork(namespace, objects.of(namespace), queue.addNow);
    },
  });

  const contended = () => findContended(contention.all(), objects, view);
  contention.lead((namespaces) => {
    for (const namespace of namespaces) statusWriter.touch(toAssignments(view.decision(namespace)));
    // The recorder leaves out what it has recorded already.
    for (const { object, desired, count } of contended()) {
      void recordEvent(object, { outcome: 'contended', problems: [toContendedEvent(count)], problemCount: 1 }, desired);
    }
  });

  return {
    listed: complete,
    secondsSinceSync: () => Math.max(...watched.map((watching) => watching.secondsSinceSync())),
    queued: () => ({ configObjects: queue.size, assignments: statusWriter.queued }),
    countConfigObjects: () => countConfigObjects(objects, view),
    countKeys: () => keyChecker?.count(),
    countContended: () => countContended(contended(), view),
    async stop(graceMs) {
      view.listen(undefined);
      contention.follow();
      stopping.abort();
      const giveUp = setTimeout(() => givingUp.abort(), graceMs);
      if (graceMs <= 0) givingUp.abort();
      await Promise.all([
        ...watched.map((watching) => watching.stop()),
        queue.stop(),
        statusWriter.stop(),
        reportWriter?.stop(),
        keyChecker?.stop(),
      ]);
      clearTimeout(giveUp);
    },
  };
}

/** True for the known version or an older one: the answer to a readmission may arrive before the watch event. */
function isKnown(stored: StoredConfigObject, { uid, resourceVersion }: ConfigObject): boolean {
  if (stored.uid !== uid) return false;
  return stored.resourceVersion === resourceVersion || isOlder(stored.resourceVersion, resourceVersion);
}

/** True where there is something to try, or an Event to record. */
function hasWork(object: ConfigObject, desired: DesiredEncryption): boolean {
  return (
    concerns(desired, object) &&
    (isOpen(object, desired) || (complianceUnder(object, desired)?.problems.length ?? 0) > 0)
  );
}
