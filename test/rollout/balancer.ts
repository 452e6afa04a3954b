/**
 * A Service and its endpoints, played over TCP: new connections go to replicas that are known to be ready, and as with
 * kube-proxy a connection once made stays with its replica until either side closes it.
 */
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Endpoint {
  readonly name: string;
  readonly webhookPort: number;
  readonly probePort: number;
}

/** `refused`: no endpoint is reachable, and connections are reset. `silent`: nothing passes, and nothing is closed. */
export type Passage = 'open' | 'refused' | 'silent';

export interface BalancerOptions {
  readonly port: number;
  /** Milliseconds from a change of /readyz until nodes know: kubelet's probe, the API server and kube-proxy take their time. */
  readonly propagation: () => number;
  /** Milliseconds between two looks at /readyz. */
  readonly probeEvery?: number;
}

export interface Balancer {
  /** A replica to be probed from now on. */
  add(endpoint: Endpoint): void;
  /** One that no longer exists; nodes get to know after the propagation. */
  remove(endpoint: Endpoint): void;
  /** Names of those that new connections go to now. */
  published(): string[];
  passage: Passage;
  /** Connections made since the start, and those that found no replica. */
  readonly connections: { total: number; failed: number };
  stop(): Promise<void>;
}

interface Entry extends Endpoint {
  /** What /readyz last said. */
  ready: boolean;
  /** What nodes know. */
  published: boolean;
  /** When the last change that is under way arrives, so that none overtakes another. */
  arrivesAt: number;
  gone: boolean;
}

export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const { port, propagation, probeEvery = 200 } = options;
  const entries = new Set<Entry>();
  const sockets = new Set<net.Socket>();
  const waiting = new Set<net.Socket>();
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  const connections = { total: 0, failed: 0 };
  let passage: Passage = 'open';
  let turn = 0;
  let stopped = false;

  function track(socket: net.Socket): void {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }

  function connect(client: net.Socket): void {
    const ready = [...entries].filter(({ published }) => published);
    const chosen = ready[turn++ % Math.max(1, ready.length)];
    if (chosen === undefined) {
      connections.failed++;
      client.resetAndDestroy();
      return;
    }
    const replica = net.connect({ host: 'localhost', port: chosen.webhookPort, allowHalfOpen: true, noDelay: true });
    track(replica);
    const pair = [client, replica] as const;
    pairs.add(pair);
    replica.once('error', () => {
      if (replica.connecting) connections.failed++;
      client.resetAndDestroy();
    });
    client.once('error', () => replica.resetAndDestroy());
    replica.once('close', () => pairs.delete(pair));
    if (passage !== 'silent') link(pair);
  }

  function link([client, replica]: readonly [net.Socket, net.Socket]): void {
    client.pipe(replica);
    replica.pipe(client);
  }

  const server = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections.total++;
    track(client);
    client.on('error', () => {});
    if (passage === 'refused') {
      connections.failed++;
      client.resetAndDestroy();
    } else if (passage === 'silent') waiting.add(client.once('close', () => waiting.delete(client)));
    else connect(client);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '::', resolve));

  function publish(entry: Entry, ready: boolean): void {
    entry.ready = ready;
    entry.arrivesAt = Math.max(performance.now() + propagation(), entry.arrivesAt);
    setTimeout(() => {
      entry.published = ready && !entry.gone;
      if (entry.gone) entries.delete(entry);
    }, entry.arrivesAt - performance.now()).unref();
  }

  async function probe(entry: Entry): Promise<void> {
    while (!stopped && !entry.gone) {
      const ready = await isReady(entry.probePort);
      if (ready !== entry.ready && !entry.gone) publish(entry, ready);
      await sleep(probeEvery, undefined, { ref: false });
    }
  }

  return {
    add(endpoint) {
      const entry = { ...endpoint, ready: false, published: false, arrivesAt: 0, gone: false };
      entries.add(entry);
      void probe(entry);
    },
    remove({ name }) {
      for (const entry of entries) {
        if (entry.name !== name || entry.gone) continue;
        entry.gone = true;
        publish(entry, false);
      }
    },
    published: () => [...entries].filter(({ published }) => published).map(({ name }) => name),
    get passage() {
      return passage;
    },
    set passage(wanted) {
      if (wanted === passage) return;
      const before = passage;
      passage = wanted;
      if (wanted === 'silent') {
        for (const [client, replica] of pairs) {
          client.unpipe(replica);
          replica.unpipe(client);
        }
      } else if (wanted === 'refused') {
        for (const socket of sockets) socket.resetAndDestroy();
      } else if (before === 'silent') {
        for (const pair of pairs) link(pair);
        for (const client of waiting) connect(client);
        waiting.clear();
      }
    },
    connections,
    async stop() {
      stopped = true;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function isReady(probePort: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://localhost:${probePort}/readyz`, { signal: AbortSignal.timeout(2000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}
