/**
 * The operator in one process: every replica knows which assignment a namespace has; the leader also acts on it.
 */
import type { Logger } from 'pino';
import type { Backoff } from '../core/backoff.ts';
import type { RevertedUpdate } from '../core/contention.ts';
import type { FileRules } from '../core/plan/config-object.ts';
import type { AssignmentResolver } from '../ports/assignment-resolver.ts';
import type { ClusterClient } from '../ports/cluster-client.ts';
import type { KeyVerification } from '../ports/key-describer.ts';
import type { AssignmentCounts, ConfigObjectCounts, KeyCounts, Queued } from '../ports/metrics-snapshot.ts';
import type { ControllerObserver } from '../ports/observers.ts';
import { startAssignmentView } from './assignment-view.ts';
import { type ContentionTiming, startContention } from './contention.ts';
import { type Controller, startController } from './controller.ts';
import { countAssignments } from './counts.ts';

export interface OperatorOptions {
  readonly client: ClusterClient;
  readonly files: FileRules;
  /** Readmissions in flight at once. */
  readonly concurrency: number;
  /** Undefined where KMS isn't asked about keys. */
  readonly keys?: KeyVerification | undefined;
  readonly log: Logger;
  /** Between two tries of one config object or one status. Default: half a second to a minute. */
  readonly backoff?: Backoff;
  /** For the times in conditions. */
  readonly clock?: () => Date;
  readonly contentionTiming?: Partial<ContentionTiming>;
  /** For metrics. */
  readonly observer?: ControllerObserver;
}

export interface Operator extends AssignmentResolver {
  /** True once `resolve` can answer: assignments, namespaces and scope are listed. */
  synced(): boolean;
  /** Of the watched collection that was synced longest ago; for a metric, and for liveness. */
  secondsSinceSync(): number;
  /** True while this process reconciles. */
  reconciling(): boolean;
  /** Keys that wait or are being worked on; none while it doesn't reconcile. */
  queued(): Queued;
  /** By assignment and outcome, for a metric; undefined while it doesn't reconcile, or doesn't know all objects yet. */
  countConfigObjects(): ConfigObjectCounts | undefined;
  countAssignments(): AssignmentCounts;
  /** By what KMS says of them; undefined while it doesn't reconcile, and where KMS isn't asked. */
  countKeys(): KeyCounts | undefined;
  /** Contended objects by assignment; undefined while it doesn't reconcile, or doesn't know all objects yet. */
  countContended(): ReadonlyMap<string, number> | undefined;
  /** Counts an update that the webhook of this replica changed back. */
  addReverted(update: RevertedUpdate): void;
  /** Starts the controller, once synced. Does nothing where this process leads already. */
  lead(): Promise<void>;
  /** Stops the controller; requests in flight have so many milliseconds to end. Resolves when the last write has ended. */
  follow(graceMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the watches of every replica. Nothing is reconciled before `lead` is called. */
export function startOperator(options: OperatorOptions): Operator {
  const { client, log, backoff = { firstMs: 500, maxMs: 60_000 }, clock = () => new Date() } = options;
  const view = startAssignmentView(client, log);
  const contention = startContention({ exchange: client.exchangeCounts, log, timing: options.contentionTiming });
  const stopped = Promise.withResolvers<void>();
  let leader: Controller | undefined;
  let wanted = false;
  /** Calls of `lead` and `follow` run one after the other, in their order. */
  let turn: Promise<void> = Promise.resolve();

  function inTurn(step: () => Promise<void>): Promise<void> {
    // A failed step rejects for its own caller, and must not fail the next one.
    turn = turn.catch(() => {}).then(step);
    return turn;
  }

  async function lead(): Promise<void> {
    wanted = true;
    await Promise.race([view.complete, stopped.promise]);
    return inTurn(async () => {
      if (!wanted || leader !== undefined) return;
      leader = startController({ ...options, view, contention, backoff, clock });
      log.info('leading');
    });
  }

  function follow(graceMs = 0): Promise<void> {
    wanted = false;
    return inTurn(async () => {
      if (leader === undefined) return;
      await leader.stop(graceMs);
      leader = undefined;
      log.info('following');
    });
  }

  return {
    resolve: view.resolve,
    resolveNow: view.resolveNow,
    earlier: view.earlier,
    synced: view.isComplete,
    secondsSinceSync: () => Math.max(view.secondsSinceSync(), leader?.secondsSinceSync() ?? 0),
    reconciling: () => leader !== undefined,
    queued: () => leader?.queued() ?? { configObjects: 0, assignments: 0 },
    countConfigObjects: () => (leader?.listed() ? leader.countConfigObjects() : undefined),
    countAssignments: () => countAssignments(view.assignments()),
    countKeys: () => leader?.countKeys(),
    countContended: () => (leader?.listed() ? leader.countContended() : undefined),
    addReverted: contention.add,
    lead,
    follow,
    async stop() {
      stopped.resolve();
      await follow();
      await contention.stop();
      await view.stop();
    },
  };
}
