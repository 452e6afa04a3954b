/**
 * What every replica keeps from its watches: assignments, namespaces and the webhook's scope, and the decision for each
 * namespace that follows from them.
 */
import type { Logger } from 'pino';
import { type Candidate, type Namespace, type Resolution, resolve } from '../core/assignment/resolve.ts';
import { Unavailable } from '../core/unavailable.ts';
import type { AssignmentResolver } from '../ports/assignment-resolver.ts';
import type { ClusterClient } from '../ports/cluster-client.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { type Decision, toAssignments, type WebhookScope } from './decide.ts';
import { buildDecisions } from './decisions.ts';
import { buildFreshRead } from './fresh-read.ts';
import { buildLimit } from './limit.ts';
import { buildRecentPast, type RecentPast } from './recent-past.ts';
import { type StoredAssignment, toStoredAssignment } from './stored-assignment.ts';

export interface AssignmentListener {
  /** The decisions for these namespaces changed. */
  readonly onDecisions: (namespaces: readonly string[]) => void;
  /** These assignments changed (their status included), or the decisions for their namespaces did. */
  readonly onAssignments: (names: Iterable<string> | 'all') => void;
  /** The webhook's configuration changed: the webhook may be called for more namespaces than before. */
  readonly onWebhook: () => void;
}

export interface AssignmentView extends AssignmentResolver {
  /** Resolves once everything has been listed. */
  readonly complete: Promise<void>;
  isComplete(): boolean;
  /** Seconds since the last sync of the collection that was synced longest ago. */
  secondsSinceSync(): number;
  /** Undefined for a namespace that isn't known. */
  decision(namespace: string): Decision | undefined;
  decisions(): IterableIterator<[string, Decision]>;
  /** The namespaces that an assignment has, alone or in conflict with others. */
  namespacesOf(assignment: string): Iterable<string>;
  /** False while the decisions are older than the assignments, so a status derived from them may be wrong. */
  isDecided(): boolean;
  assignment(name: string): StoredAssignment | undefined;
  assignments(): IterableIterator<[string, StoredAssignment]>;
  scopeKnown(): boolean;
  /** False while the ValidatingWebhookConfiguration doesn't exist. */
  validated(): boolean;
  /** One listener at a time: the leader's controller. */
  listen(listener: AssignmentListener | undefined): void;
  stop(): Promise<void>;
}

/** Changes of assignments within this time are handled together: the decisions for all namespaces are made anew only once. */
const gatherMs = 20;
/** With many namespaces and assignments the decisions take tens of milliseconds: then changes are gathered for longer, up to a limit. */
const [gatherShare, gatherAtMostMs] = [10, 500];

/**
 * How many live reads run at once, and how many wait. Limited, since a client of the webhook's port can ask for any number of
 * namespaces that don't exist.
 */
const [mostLiveReads, mostWaitingReads] = [20, 200];

/** Starts the watches; the view can resolve once `complete` resolves. */
export function startAssignmentView(client: ClusterClient, log: Logger): AssignmentView {
  const limit = buildLimit(mostLiveReads, mostWaitingReads);
  const liveReads = new Map<string, Promise<Namespace | undefined>>();
  const complete = Promise.withResolvers<void>();
  let isComplete = false;
  let candidates: readonly Candidate[] | undefined;
  let gathering: NodeJS.Timeout | undefined;
  let listener: AssignmentListener | undefined;
  let tookMs = 0;
  const formerCandidates = buildRecentPast<readonly Candidate[]>();
  const formerNamespaces = new Map<string, RecentPast<Namespace>>();

  const assignments = client.watchAssignments<StoredAssignment>({
    reduce: toStoredAssignment,
    onChange(name, before, after) {
      if (before?.spec !== after?.spec) {
        if (isComplete) formerCandidates.add(candidatesWith(name, before));
        candidates = undefined;
        decideAllSoon();
      }
      listener?.onAssignments([name]);
    },
    onListed: decideFirst,
  });
  const namespaces = client.watchNamespaces<Namespace>({
    reduce: toNamespace,
    onChange(name, before, after) {
      if (!isComplete) return;
      rememberNamespace(name, before);
      const former = toAssignments(decisions.get(name));
      if (decisions.renew(name)) listener?.onDecisions([name]);
      // Any assignment may name a namespace that was just created or deleted.
      if (before === undefined || after === undefined) listener?.onAssignments('all');
      else listener?.onAssignments([...former, ...toAssignments(decisions.get(name))]);
    },
    onListed: decideFirst,
  });
  const scopes = client.watchScope<WebhookScope>({
    reduce: toScope,
    onChange() {
      decideAllSoon();
      listener?.onWebhook();
    },
    onListed: decideFirst,
  });
  const validators = client.watchValidator?.<true>({
    reduce: () => true,
    onChange: () => listener?.onAssignments('all'),
    onListed: decideFirst,
  });
  const watched = [assignments, namespaces, scopes, ...(validators === undefined ? [] : [validators])];
  const decisions = buildDecisions({ namespaces, candidates: allCandidates, scope, log });

  function allCandidates(): readonly Candidate[] {
    candidates ??= [...assignments.entries()].flatMap(([, { spec }]) => spec.assignment ?? []);
    return candidates;
  }

  /** All candidates, with one assignment as it was before. */
  function candidatesWith(changed: string, before: StoredAssignment | undefined): readonly Candidate[] {
    const others = [...assignments.entries()].filter(([name]) => name !== changed).map(([, stored]) => stored);
    return [...others, ...(before === undefined ? [] : [before])].flatMap(({ spec }) => spec.assignment ?? []);
  }

  function rememberNamespace(name: string, before: Namespace | undefined): void {
    if (before === undefined) return;
    for (const [other, former] of formerNamespaces) if (former.values().length === 0) formerNamespaces.delete(other);
    const former = formerNamespaces.get(name) ?? buildRecentPast<Namespace>();
    formerNamespaces.set(name, former);
    former.add(before);
  }

  function scope(): WebhookScope {
    return scopes.entries().next().value?.[1] ?? { kind: 'unknown' };
  }

  function decideAll(): void {
    gathering = undefined;
    const startedAt = performance.now();
    const changed = decisions.renewAll();
    tookMs = performance.now() - startedAt;
    if (changed.length > 0) listener?.onDecisions(changed);
    listener?.onAssignments('all');
  }

  function decideFirst(): void {
    if (isComplete || !watched.every((watching) => watching.listed())) return;
    isComplete = true;
    decideAll();
    complete.resolve();
  }

  function decideAllSoon(): void {
    const inMs = Math.min(gatherAtMostMs, Math.max(gatherMs, tookMs * gatherShare));
    if (isComplete) gathering ??= setTimeout(decideAll, inMs);
  }

  /** Whether the watch already has these assignments. A generation counts the changes of a spec. */
  function isKnown(current: readonly StoredObject[]): boolean {
    const known = new Map(assignments.entries());
    const there = current.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    return (
      there.length === known.size &&
      there.every(({ metadata: { name, uid, generation } }) => {
        const stored = known.get(name);
        return stored?.uid === uid && stored?.generation === generation;
      })
    );
  }

  const readCandidates = buildFreshRead(async (): Promise<readonly Candidate[]> => {
    if (isKnown(await client.listAssignments('metadata'))) return allCandidates();
    const current = await client.listAssignments('whole');
    return current.flatMap((object) => {
      const stored = toStoredAssignment(object, assignments.get(object.metadata.name));
      return stored?.spec.assignment ?? [];
    });
  });

  async function findNamespace(name: string): Promise<Namespace> {
    if (!isComplete) throw new Unavailable('assignments and namespaces are not listed yet');
    return namespaces.get(name) ?? (await orUnavailable(readLive(name), `the namespace ${name}`));
  }

  async function readLive(name: string): Promise<Namespace> {
    let reading = liveReads.get(name);
    if (reading === undefined) {
      reading = limit(() => client.readNamespace(name)).finally(() => liveReads.delete(name));
      liveReads.set(name, reading);
    }
    // A namespace that doesn't exist is resolved by its name alone; the API server itself refuses writes into it.
    return (await reading) ?? { name, labels: { 'kubernetes.io/metadata.name': name } };
  }

  return {
    complete: complete.promise,
    isComplete: () => isComplete,
    secondsSinceSync: () => Math.max(...watched.map((watching) => watching.secondsSinceSync())),
    async resolve(name) {
      const decided = gathering === undefined ? toResolution(decisions.get(name)) : undefined;
      return decided ?? resolve(await findNamespace(name), allCandidates());
    },
    async resolveNow(name) {
      const namespace = await findNamespace(name);
      return resolve(namespace, await orUnavailable(readCandidates(), 'the assignments'));
    },
    earlier(name) {
      const namespace = namespaces.get(name);
      const known = [...(namespace === undefined ? [] : [namespace]), ...(formerNamespaces.get(name)?.values() ?? [])];
      const lists = [allCandidates(), ...formerCandidates.values()];
      return lists.flatMap((list) => known.map((one) => resolve(one, list))).slice(1);
    },
    decision: (name) => decisions.get(name),
    decisions: () => decisions.entries(),
    namespacesOf: decisions.of,
    isDecided: () => gathering === undefined,
    assignment: (name) => assignments.get(name),
    assignments: () => assignments.entries(),
    scopeKnown: () => scope().kind === 'known',
    validated: () => validators === undefined || !validators.entries().next().done,
    listen(given) {
      listener = given;
    },
    async stop() {
      listener = undefined;
      await Promise.all(watched.map((watching) => watching.stop()));
      clearTimeout(gathering);
    },
  };
}

/** Undefined where there is no decision, or it tells nothing about assignments, for example outside the webhook's scope. */
function toResolution(decision: Decision | undefined): Resolution | undefined {
  if (decision?.kind === 'assigned') return { kind: 'assigned', assignment: decision.desired.assignment };
  return decision?.kind === 'none' || decision?.kind === 'conflict' ? decision : undefined;
}

async function orUnavailable<T>(reading: Promise<T>, what: string): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw new Unavailable(`${what} could not be read`, { cause });
  }
}

function toNamespace({ metadata: { name, labels } }: StoredObject): Namespace {
  return { name, labels: (labels ?? {}) as Namespace['labels'] };
}

/** The chart writes one entry, whose `namespaceSelector` is the scope: the API server and the operator use the same one. */
function toScope({ webhooks }: StoredObject): WebhookScope {
  const [entry] = (webhooks ?? []) as readonly { readonly namespaceSelector?: object | null }[];
  return entry === undefined ? { kind: 'unknown' } : { kind: 'known', namespaceSelector: entry.namespaceSelector };
}
