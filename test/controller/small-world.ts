/**
 * A cluster in memory with its webhook, and a leading operator in it. With the clock in the test's hand, what depends on
 * milliseconds is tried at all of them.
 */

import { type Operator, startOperator } from '../../src/controller/operator.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import type { ClusterClient, ConfigObjectEvent, EventHandler, Informer } from '../../src/ports/cluster-client.ts';
import type { StoredObject } from '../../src/ports/stored-object.ts';
import { silent } from '../cluster-client/silent.ts';

const files = { core: ['core-site.xml'], other: [] };

export const key = (last: number) =>
  `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`;

/** A status at the moment it was written, beside the truth of that moment. */
export interface Report {
  readonly name: string;
  readonly generation: number | undefined;
  readonly ready: boolean;
  /** As many as the status calls compliant. */
  readonly claimed: number;
  /** Of the files in the namespaces the spec names, those that hold the spec's key. */
  readonly encrypted: number;
  readonly total: number;
}

interface Spec {
  readonly namespaces: readonly string[];
  readonly key: { readonly arn: string };
}

interface ConfigMapObject extends StoredObject {
  readonly data: Readonly<Record<string, string>>;
}

/** The operator waits `backoffMs`, or half of it, after each failure. */
export async function startSmallWorld(backoffMs: number) {
  let version = 0;
  const configMaps = buildCollection<ConfigMapObject>();
  const assignments = buildCollection<StoredObject & { readonly spec: Spec }>();
  const namespaces = buildCollection();
  const scopes = buildCollection();

  const nextVersion = () => String(++version);
  const words = {
    reports: [] as Report[],
    events: [] as ConfigObjectEvent[],
    /** As `namespace/name`, in their order. */
    readmissions: [] as string[],
    /** How many times a status was to be derived. */
    statusesDerived: 0,
    /** Readmissions of these fail, as `namespace/name`. */
    failing: new Set<string>(),
    /** In these namespaces each one hangs, and fails after 15 s. */
    hanging: new Set<string>(),
    /** And these are denied by somebody else. */
    denied: new Set<string>(),

    namespace(name: string): void {
      namespaces.put(name, { metadata: { name, labels: {} } });
    },
    object(namespace: string, name: string, text = '<configuration/>'): void {
      const path = `${namespace}/${name}`;
      const metadata = { namespace, name, uid: path, resourceVersion: nextVersion() };
      configMaps.put(path, { metadata, data: { 'core-site.xml': text } });
    },
    text: (namespace: string, name: string) => configMaps.get(`${namespace}/${name}`)?.data['core-site.xml'],
    /** Creates an assignment, or changes its spec. */
    assign(name: string, spec: Spec): void {
      const before = assignments.get(name);
      const generation = Number(before?.metadata.generation ?? 0) + 1;
      assignments.put(name, {
        ...before,
        apiVersion: 'ssekms.io/v1alpha1',
        kind: 'KmsKeyAssignment',
        metadata: { name, uid: name, generation, resourceVersion: nextVersion() },
        spec,
      });
    },
    /** Lists all ConfigMaps anew, as the operator does every ten minutes. */
    relist: configMaps.list,
    /** As after etcd was restored from a backup: what was written since `backup` was taken never was. */
    backup: () => ({ version, objects: configMaps.all() }),
    restore(backup: { readonly version: number; readonly objects: readonly ConfigMapObject[] }): void {
      version = backup.version;
      configMaps.restore(backup.objects);
    },
    stop: () => operator.stop(),
  };

  const client: ClusterClient = {
    watchAssignments: assignments.watch,
    watchNamespaces: namespaces.watch,
    watchScope: scopes.watch,
    watchConfigMaps: configMaps.watch,
    listAssignments: async () => assignments.all(),
    readNamespace: async (name) => (namespaces.get(name) ? { name, labels: {} } : undefined),
    readConfigObject: async (namespace, name) => configMaps.get(`${namespace}/${name}`),
    async readmit(namespace, name) {
      const path = `${namespace}/${name}`;
      words.readmissions.push(path);
      await new Promise((resolve) => setTimeout(resolve, words.hanging.has(namespace) ? 15_000 : 50));
      if (words.failing.has(path) || words.hanging.has(namespace)) throw new Error('away');
      if (words.denied.has(path)) return { kind: 'denied', message: 'denied by a policy' };
      const object = configMaps.get(path);
      if (object === undefined) return { kind: 'gone' };
      const resolution = await operator.resolve(namespace);
      if (resolution.kind !== 'assigned') return { kind: 'answered', object };
      const plan = planConfigObject(object, resolution.assignment, files);
      if (plan.kind === 'refused') return { kind: 'denied', message: 'denied by the webhook' };
      if (plan.kind === 'change') words.object(namespace, name, plan.patch[0]?.value);
      return { kind: 'answered', object: configMaps.get(path) ?? object };
    },
    async writeStatus(name, resourceVersion, status) {
      const object = assignments.get(name);
      if (object?.metadata.resourceVersion !== resourceVersion) return { kind: 'stale' };
      const its = configMaps.all().filter(({ metadata }) => object.spec.namespaces.includes(metadata.namespace ?? ''));
      words.reports.push({
        name,
        generation: status.observedGeneration,
        ready: status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True',
        claimed: status.objects?.compliant ?? 0,
        encrypted: its.filter(({ data }) => data['core-site.xml']?.includes(object.spec.key.arn)).length,
        total: its.length,
      });
      const written = { ...object, metadata: { ...object.metadata, resourceVersion: nextVersion() }, status };
      assignments.put(name, written);
      return { kind: 'written', object: written };
    },
    async writeEvent(event) {
      words.events.push(event);
    },
    async writeKeyEvent() {},
  };

  scopes.put('webhook', { metadata: { name: 'webhook' }, webhooks: [{ namespaceSelector: {} }] });
  const backoff = { firstMs: backoffMs, maxMs: backoffMs };
  const unobserved = { added: () => {}, retried: () => {}, worked: () => {} };
  const assignmentsObserver = { ...unobserved, worked: () => void words.statusesDerived++ };
  const observer = { configObjects: unobserved, assignments: assignmentsObserver, readmitted: () => {} };
  const operator: Operator = startOperator({ client, files, concurrency: 8, log: silent, backoff, observer });
  await operator.lead();
  return words;
}

/** Objects by key, whose changes every watch shows at once. */
function buildCollection<O extends StoredObject>() {
  const objects = new Map<string, O>();
  const watches = new Set<{ take(key: string, object: O): void; listed(rewound?: boolean): void }>();

  function watch<T>({ reduce, onChange, onListed }: EventHandler<T>): Informer<T> {
    const kept = new Map<string, T>();
    let listed = false;
    const own = {
      take(key: string, object: O): void {
        const before = kept.get(key);
        const after = reduce(object, before);
        if (after === before) return;
        if (after === undefined) kept.delete(key);
        else kept.set(key, after);
        onChange(key, before, after);
      },
      listed(rewound = false): void {
        listed = true;
        onListed(rewound);
      },
    };
    watches.add(own);
    // As a list from afar: never before whoever asked for it has gone on.
    queueMicrotask(() => {
      for (const [key, object] of objects) own.take(key, object);
      own.listed();
    });
    return {
      get: (key) => kept.get(key),
      entries: () => kept.entries(),
      listed: () => listed,
      secondsSinceSync: () => 0,
      stop: async () => void watches.delete(own),
    };
  }

  function list(rewound: boolean): void {
    for (const own of watches) {
      for (const [key, object] of objects) own.take(key, object);
      own.listed(rewound);
    }
  }

  return {
    watch,
    get: (key: string) => objects.get(key),
    all: () => [...objects.values()],
    put(key: string, object: O): void {
      objects.set(key, object);
      for (const own of watches) own.take(key, object);
    },
    list: () => list(false),
    restore(before: readonly O[]): void {
      objects.clear();
      for (const object of before) objects.set(`${object.metadata.namespace}/${object.metadata.name}`, object);
      list(true);
    },
  };
}
