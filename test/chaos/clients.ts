/**
 * Users who create, edit, label and delete ConfigMaps of their own all the while, and note what they were told.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../../src/cluster/errors.ts';
import type { Request, Transport } from '../../src/cluster/transport.ts';
import { Random } from '../hadoop/fuzz/random.ts';
import type { Ledger } from './ledger.ts';
import { type DocumentKind, toBody } from './world.ts';

export interface ClientsOptions {
  readonly api: Transport;
  readonly seed: number;
  readonly count: number;
  readonly namespaces: readonly string[];
  readonly ledger: Ledger;
}

export interface Clients {
  readonly tally: { requests: number; denied: number; failed: number };
  stop(): Promise<void>;
}

/** `missing`: it was never created, or was deleted although nobody was told. */
type Outcome = 'done' | 'refused' | 'missing' | 'unknown';

interface Own {
  readonly namespace: string;
  readonly name: string;
  readonly kind: DocumentKind;
}

const kinds: readonly (readonly [number, DocumentKind])[] = [
  [50, 'plain'],
  [15, 'foreignKey'],
  [15, 'bucket'],
  [10, 'binary'],
  [10, 'twoFiles'],
  [2, 'immutable'],
  [2, 'broken'],
  [5, 'other'],
];

/** What each does is told by the seed; how far it gets, and what it is answered, by what happens meanwhile. */
export function startClients({ api, seed, count, namespaces, ledger }: ClientsOptions): Clients {
  const tally = { requests: 0, denied: 0, failed: 0 };
  let stopped = false;

  async function work(client: number): Promise<void> {
    const random = new Random(seed, 100 + client);
    const own: Own[] = [];
    for (let number = 1; !stopped; number++) {
      const mine = own.length > 0 ? random.below(own.length) : -1;
      const step = random.pickWeighted([
        [30, 'create'],
        [45, 'edit'],
        [10, 'label'],
        [15, 'delete'],
      ] as const);
      const kind = random.pickWeighted(kinds);
      const namespace = random.pick(namespaces);
      const pause = random.below(60);
      const target = own[mine];
      if (step === 'create' || target === undefined) {
        const created = { namespace, kind, name: `${kind.toLowerCase()}-of-${client}-${number}` };
        if ((await create(created, `${client}.${number}`)) !== 'refused') own.push(created);
      } else {
        const outcome = await act(step, target, `${client}.${number}`);
        if (step === 'delete' || outcome === 'missing') own.splice(mine, 1);
      }
      await sleep(pause);
    }
  }

  /** Whether it was done; an answer that leaves it open is `unknown`. */
  async function send(request: Request): Promise<Outcome> {
    tally.requests++;
    try {
      await api.send(request);
      return 'done';
    } catch (error) {
      const code = error instanceof ApiError ? error.status : 0;
      if (code === 404) return 'missing';
      // 409 may be the answer to a second try of what the first has done: the transport repeats what was cut off.
      if (code >= 400 && code < 500 && ![409, 429].includes(code)) {
        tally.denied++;
        return 'refused';
      }
      tally.failed++;
      return 'unknown';
    }
  }

  async function write(request: Request, key: string, revision: string | undefined): Promise<Outcome> {
    const outcome = await send(request);
    if (outcome === 'done') ledger.done(key, revision);
    if (outcome === 'unknown') ledger.perhaps(key, revision);
    return outcome;
  }

  function act(step: 'edit' | 'label' | 'delete', target: Own, revision: string): Promise<Outcome> {
    if (step === 'edit') return edit(target, revision);
    return step === 'label' ? label(target, revision) : remove(target);
  }

  function create({ namespace, name, kind }: Own, revision: string): Promise<Outcome> {
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    return write({ method: 'POST', path, body: toBody(name, kind, revision) }, `${namespace}/${name}`, revision);
  }

  function edit({ namespace, name, kind }: Own, revision: string): Promise<Outcome> {
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
    return write({ method: 'PUT', path, body: toBody(name, kind, revision) }, `${namespace}/${name}`, revision);
  }

  function label({ namespace, name }: Own, value: string): Promise<Outcome> {
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
    const body = { metadata: { labels: { round: value } } };
    return send({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body });
  }

  function remove({ namespace, name }: Own): Promise<Outcome> {
    const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
    return write({ method: 'DELETE', path }, `${namespace}/${name}`, undefined);
  }

  const working = Array.from({ length: count }, (_, client) => work(client));
  return {
    tally,
    async stop() {
      stopped = true;
      await Promise.all(working);
    },
  };
}
