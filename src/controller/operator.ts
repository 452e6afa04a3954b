/**
 * The operator in one process: every replica knows which assignment a namespace has; the leader also acts on it.
 */
import type { Logger } from 'pino';
import type { Resolution } from '../core/assignment/resolve.ts';
import type { Backoff } from '../core/backoff.ts';
import type { HadoopFiles } from '../core/plan/config-object.ts';
import type { World } from '../ports/cluster-client.ts';
import { nobody, type OperatorObserver } from '../ports/controller-observer.ts';
import { startView } from './assignment-view.ts';
import { type Leader, type Queued, startLeader } from './controller.ts';
import { type AssignmentCounts, type CarrierCounts, countAssignments } from './counts.ts';

export interface OperatorOptions {
  readonly world: World;
  readonly files: HadoopFiles;
  /** Readmissions in flight at once. */
  readonly concurrency: number;
  readonly log: Logger;
  /** Between two tries of one ConfigMap or one status; half a second to a minute where nothing is said. */
  readonly backoff?: Backoff;
  /** For the times in conditions. */
  readonly clock?: () => Date;
  /** For metrics. */
  readonly observer?: OperatorObserver;
}

export interface Operator {
  /**
   * Which assignment a namespace has, for the webhook.
   * @throws Unavailable before `synced()`, and where a namespace that isn't known yet can't be read.
   */
  resolve(namespace: string): Promise<Resolution>;
  /** The same by assignments no older than the question. */
  resolveNow(namespace: string): Promise<Resolution>;
  /** What held for it a few seconds ago and does no more. */
  earlier(namespace: string): readonly Resolution[];
  /** True once `resolve` can answer: assignments, namespaces and scope are listed. */
  synced(): boolean;
  /** Of the watched collection that was longest without a sign of life; for a metric, and for liveness. */
  secondsSinceSync(): number;
  /** True while this process reconciles. */
  reconciling(): boolean;
  /** Keys that wait or are being worked on; none while it doesn't reconcile. */
  queued(): Queued;
  /** By assignment and outcome, for a metric; undefined while it doesn't reconcile, or doesn't know all carriers yet. */
  countCarriers(): CarrierCounts | undefined;
  countAssignments(): AssignmentCounts;
  /** Starts to reconcile, once synced. Does nothing where this process leads already. */
  lead(): Promise<void>;
  /** Stops reconciling; what is in flight has so many milliseconds to end. Resolves when the last write has ended. */
  follow(graceMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export function startOperator(options: OperatorOptions): Operator {
  const {
    world,
    log,
    backoff = { firstMs: 500, maxMs: 60_000 },
    clock = () => new Date(),
    observer = nobody,
  } = options;
  const view = startView(world, log);
  const stopped = Promise.withResolvers<void>();
  let leader: Leader | undefined;
  let wanted = false;
  /** Leading and following happen one after the other, in the order in which they were asked for. */
  let turn: Promise<void> = Promise.resolve();

  function inTurn(step: () => Promise<void>): Promise<void> {
    // One that failed is its caller's business, and no reason for the next one to fail.
    turn = turn.catch(() => {}).then(step);
    return turn;
  }

  async function lead(): Promise<void> {
    wanted = true;
    await Promise.race([view.complete, stopped.promise]);
    return inTurn(async () => {
      if (!wanted || leader !== undefined) return;
      leader = startLeader({ ...options, view, backoff, clock, observer });
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
    queued: () => leader?.queued() ?? { namespaces: 0, assignments: 0 },
    countCarriers: () => (leader?.listed() ? leader.countCarriers() : undefined),
    countAssignments: () => countAssignments(view.assignments()),
    lead,
    follow,
    async stop() {
      stopped.resolve();
      await follow();
      await view.stop();
    },
  };
}
