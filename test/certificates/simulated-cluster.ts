/**
 * The Secret and the two configurations of a simulated cluster: slow, failing at times, with versions as the API server has them.
 */
import type { SecretStore, StoredSecret, TrustPublisher, TrustTarget } from '../../src/ports/certificate-stores.ts';

export interface SimulatedCluster {
  secret: StoredSecret | undefined;
  /** Which part of the requests fails. */
  failing: number;
  /** The caBundle of each configuration; undefined where it doesn't exist. */
  readonly bundles: Map<string, string | undefined>;
  /** Requests in flight. */
  inFlight(): number;
  /** Whoever changes something tells it, as a watch would. */
  changed(): void;
  onChange: () => void;
  secretsFor(replica: Client): SecretStore;
  trustFor(replica: Client): TrustPublisher;
}

export interface Client {
  /** Requests of this replica in flight. */
  busy: number;
}

/** `random` gives numbers in [0, 1); a request takes up to twice `slowest` milliseconds. */
export function buildSimulatedCluster(random: () => number, slowest: number): SimulatedCluster {
  let version = 0;
  let inFlight = 0;
  const versions = new Map<string, number>();
  const pause = () => new Promise((resolve) => setTimeout(resolve, random() * slowest));

  /** Half of a request's time passes before it takes effect, half after; a failed one may have had its effect. */
  async function request<T>(replica: Client, effect: () => T): Promise<T> {
    inFlight += 1;
    replica.busy += 1;
    try {
      await pause();
      if (random() < cluster.failing / 2) throw new Error('refused');
      const result = effect();
      await pause();
      if (random() < cluster.failing / 2) throw new Error('the answer was lost');
      return result;
    } finally {
      inFlight -= 1;
      replica.busy -= 1;
    }
  }

  const cluster: SimulatedCluster = {
    secret: undefined,
    failing: 0,
    bundles: new Map([
      ['mutating', ''],
      ['validating', ''],
    ]),
    inFlight: () => inFlight,
    onChange: () => {},
    changed() {
      version += 1;
      for (const name of cluster.bundles.keys()) versions.set(name, version);
      cluster.onChange();
    },
    secretsFor: (replica) => ({
      read: () => request(replica, () => cluster.secret),
      write: (data, after) =>
        request(replica, () => {
          if (after?.version !== cluster.secret?.version) return 'conflict';
          version += 1;
          cluster.secret = { version: `${version}`, data: { ...cluster.secret?.data, ...data } };
          cluster.onChange();
          return 'written';
        }),
    }),
    trustFor: (replica) => ({
      read: async () => {
        const toTarget = (name: string): TrustTarget => {
          const bundle = cluster.bundles.get(name);
          const entries = [{ name: 'entry', bundle: bundle ?? '' }];
          return { name, found: bundle === undefined ? undefined : { version: `${versions.get(name)}`, entries } };
        };
        const names = [...cluster.bundles.keys()];
        return Promise.all(names.map((name) => request(replica, () => toTarget(name))));
      },
      publish: ({ name, found }, bundle) =>
        request(replica, () => {
          if (found?.version !== `${versions.get(name)}` || cluster.bundles.get(name) === undefined) return 'conflict';
          version += 1;
          versions.set(name, version);
          cluster.bundles.set(name, bundle);
          cluster.onChange();
          return 'written';
        }),
    }),
  };
  return cluster;
}
