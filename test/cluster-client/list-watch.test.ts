/**
 * The list-watch against a real API server, over a network that goes wrong in every way we know of.
 */

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ListWatch, type ListWatchOptions, startListWatch } from '../../src/cluster/list-watch.ts';
import { buildTransport, type Transport } from '../../src/cluster/transport.ts';
import type { StoredObject } from '../../src/ports/stored-object.ts';
import { describeWith } from '../run/needs.ts';
import {
  type Cluster,
  compact,
  createConfigMap,
  createNamespace,
  eventually,
  silent,
  startCluster,
} from './cluster.ts';
import { type Interposer, startInterposer } from './interposer.ts';

let cluster: Cluster;
let network: Interposer;
let transport: Transport;
let namespace: string;
let count = 0;
const running: ListWatch<unknown>[] = [];

/** What is kept of a ConfigMap here: the value of its key `v`. */
const value = (object: StoredObject) => (object.data as Record<string, string> | undefined)?.v;

function start(options: Partial<ListWatchOptions<string>> = {}): ListWatch<string> {
  const watching = startListWatch<string>({
    transport,
    collection: { path: `/api/v1/namespaces/${namespace}/configmaps` },
    reduce: value,
    log: silent,
    ...options,
    timing: { backoff: { firstMs: 20, maxMs: 200 }, ...options.timing },
  });
  running.push(watching);
  return watching;
}

async function create(name: string, v: string): Promise<void> {
  await createConfigMap(cluster.api, namespace, name, { data: { v } });
}

async function createMany(from: number, to: number): Promise<void> {
  for (let i = from; i < to; i++) await create(`cm-${String(i).padStart(3, '0')}`, String(i));
}

async function update(name: string, v: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`;
  const contentType = 'application/merge-patch+json';
  await cluster.api.send({ method: 'PATCH', path, contentType, body: { data: { v } } });
}

async function remove(name: string): Promise<void> {
  await cluster.api.send({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}/configmaps/${name}` });
}

/** What the list-watch holds must be what the server has: the invariant of every test here. */
async function holdsWhatTheServerHas(watching: ListWatch<string>, seconds = 10): Promise<void> {
  await eventually(async () => {
    const { items } = (await cluster.api.send({ path: `/api/v1/namespaces/${namespace}/configmaps` })) as {
      items: StoredObject[];
    };
    const server = items.map((item) => [`${namespace}/${item.metadata.name}`, value(item)]).sort();
    expect([...watching.entries()].sort()).toEqual(server);
    expect(watching.listed()).toBe(true);
  }, seconds);
}

const requests = (pattern: RegExp) => network.requests.filter((line) => pattern.test(line)).length;
const lists = () => requests(/configmaps(\?|$)(?!.*watch=true)/);
const firstPages = () => requests(/configmaps\?limit=\d+$/);
const wholeLists = () => requests(/configmaps$/);
const gone = { status: 410, body: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 } };
const watches = () => requests(/watch=true/);

describeWith(['control plane'], 'a list-watch', () => {
  beforeAll(async () => {
    cluster = await startCluster();
  });

  afterAll(() => cluster?.stop());

  beforeEach(async () => {
    network = await startInterposer(cluster.kubeConfig);
    transport = buildTransport(network.kubeConfig);
    namespace = `list-watch-${++count}`;
    await createNamespace(cluster.api, namespace);
  });

  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
    transport.close();
    await network.stop();
  });

  describe('follows', () => {
    it('holds what is there, and follows what is created, changed and deleted', async () => {
      await createMany(0, 3);
      const watching = start();
      await holdsWhatTheServerHas(watching);
      await create('later', 'x');
      await update('cm-000', 'changed');
      await remove('cm-001');
      await holdsWhatTheServerHas(watching);
      expect(lists()).toBe(1);
      expect(watches()).toBe(1);
    });

    it('tells each change once, with what was kept before and after', async () => {
      await create('a', '1');
      const changes: unknown[] = [];
      const watching = start({ onChange: (...change) => changes.push(change) });
      await eventually(() => watching.listed());
      await update('a', '2');
      await remove('a');
      await eventually(() => changes.length >= 3);
      const key = `${namespace}/a`;
      expect(changes).toEqual([
        [key, undefined, '1'],
        [key, '1', '2'],
        [key, '2', undefined],
      ]);
    });

    it('keeps nothing of an object whose reduction is undefined', async () => {
      await create('kept', 'yes');
      await create('dropped', 'no');
      const watching = start({ reduce: (object) => (value(object) === 'no' ? undefined : value(object)) });
      await eventually(() => watching.listed());
      expect([...watching.entries()]).toEqual([[`${namespace}/kept`, 'yes']]);
      await update('kept', 'no');
      await eventually(() => watching.size === 0);
    });

    it('lists in pages, and follows from the last', async () => {
      await createMany(0, 25);
      const watching = start({ pageSize: 10 });
      await holdsWhatTheServerHas(watching);
      expect(lists()).toBe(3);
      await create('later', 'x');
      await holdsWhatTheServerHas(watching);
    });

    it('asks for 500 a page where nothing is said', async () => {
      for (let from = 0; from < 1010; from += 101) {
        const names = Array.from({ length: 101 }, (_, i) => `cm-${from + i}`);
        await Promise.all(names.map((name) => create(name, name)));
      }
      const watching = start();
      await eventually(() => watching.listed());
      expect(watching.size).toBe(1010);
      expect([lists(), requests(/configmaps\?limit=500/), requests(/continue=/)]).toEqual([3, 3, 2]);
    });

    it('takes objects as large as they may be, among small ones', async () => {
      await createMany(0, 3);
      for (const name of ['a-large', 'z-large']) await create(name, '<'.repeat(1_000_000));
      const watching = start({ reduce: (object) => String(value(object)?.length) });
      await eventually(() => watching.listed());
      await update('a-large', '"\\'.repeat(450_000));
      await eventually(() => watching.get(`${namespace}/a-large`) === '900000');
      expect(watching.get(`${namespace}/z-large`)).toBe('1000000');
      expect(watching.size).toBe(5);
    });

    it('watches a single object by its name', async () => {
      await createMany(0, 3);
      const watching = start({
        collection: { path: `/api/v1/namespaces/${namespace}/configmaps`, fieldSelector: 'metadata.name=cm-001' },
      });
      await eventually(() => watching.listed());
      expect([...watching.entries()]).toEqual([[`${namespace}/cm-001`, '1']]);
      await remove('cm-001');
      await update('cm-002', 'other');
      await eventually(() => watching.size === 0);
    });

    it('keys an object without a namespace by its name alone', async () => {
      const watching = start({
        collection: { path: '/api/v1/namespaces', fieldSelector: `metadata.name=${namespace}` },
        reduce: ({ metadata }) => metadata.uid,
      });
      await eventually(() => watching.get(namespace) !== undefined);
    });

    it('lists again after its period, and drops what went unseen', async () => {
      await createMany(0, 2);
      // The watch is dead from the start, so that only lists tell the truth.
      network.fault = ({ url }) => (url.searchParams.has('watch') ? 'hang' : undefined);
      const watching = start({ timing: { resyncSeconds: 1, silenceSeconds: 60 } });
      await eventually(() => watching.listed());
      await remove('cm-000');
      network.fault = () => undefined;
      network.cutAll();
      await holdsWhatTheServerHas(watching);
      const before = lists();
      await eventually(() => lists() >= before + 2);
      await holdsWhatTheServerHas(watching);
    });

    it('asks for bookmarks and a limited watch, and opens the next where the last ended, without a list', async () => {
      await createMany(0, 1);
      const watching = start({ timing: { watchSeconds: 1 } });
      await eventually(() => watches() >= 3, 15);
      await update('cm-000', 'changed');
      await holdsWhatTheServerHas(watching);
      expect(lists()).toBe(1);
      expect(requests(/watch=true&allowWatchBookmarks=true&resourceVersion=\d+&timeoutSeconds=1$/)).toBe(watches());
    }, 20_000);
  });

  describe('survives', () => {
    it('a server that is not there yet, or says no', async () => {
      await createMany(0, 2);
      let refusals = 0;
      network.fault = () => {
        refusals += 1;
        return refusals <= 2 ? 'cut' : refusals <= 4 ? { status: 403, body: { reason: 'Forbidden' } } : undefined;
      };
      await holdsWhatTheServerHas(start());
      expect(refusals).toBeGreaterThan(4);
    });

    it.each(['cut', 'half', { status: 500, body: {} }, { status: 200, body: 'no list' }] as const)(
      'a list that fails half-way (%j), asking for the same page again',
      async (fault) => {
        await createMany(0, 25);
        let failed = 0;
        network.fault = ({ url }) => (url.searchParams.has('continue') && failed++ < 2 ? fault : undefined);
        await holdsWhatTheServerHas(start({ pageSize: 10 }));
        expect(failed).toBeGreaterThan(2);
        expect(requests(/configmaps\?limit=10$/)).toBe(1);
      },
    );

    it('a continue token that expires in the middle of a list, listing once without pages', async () => {
      await createMany(0, 25);
      let failed = 0;
      network.fault = ({ url }) => (url.searchParams.has('continue') && failed++ === 1 ? gone : undefined);
      const watching = start({ pageSize: 10 });
      await holdsWhatTheServerHas(watching);
      expect([firstPages(), wholeLists()]).toEqual([1, 1]);
      // The list after that is in pages again.
      await eventually(() => watches() === 1);
      const faults = [gone];
      network.fault = ({ url }) => (url.searchParams.has('watch') ? faults.pop() : undefined);
      network.cutAll();
      await eventually(() => firstPages() === 2);
      await eventually(() => watches() === 3);
      expect(wholeLists()).toBe(1);
    });

    it.each(['half', gone, { status: 504, body: {} }] as const)(
      'a list without pages that fails (%j), going back to pages',
      async (fault) => {
        await createMany(0, 25);
        let expired = 0;
        network.fault = ({ url }) => {
          if (url.searchParams.has('continue')) return expired++ === 1 ? gone : undefined;
          return url.searchParams.has('limit') || url.searchParams.has('watch') ? undefined : fault;
        };
        const watching = start({ pageSize: 10 });
        await eventually(() => watching.listed());
        expect([firstPages(), wholeLists()]).toEqual([2, 1]);
        network.fault = () => undefined;
        await holdsWhatTheServerHas(watching);
      },
    );

    it('a continue token that really expired, since etcd forgot its revision', async () => {
      await createMany(0, 25);
      network.fault = ({ url }) => (url.searchParams.has('continue') ? 'cut' : undefined);
      const watching = start({ pageSize: 10 });
      await eventually(() => watching.size === 10);
      await create('later', 'x');
      await compact(cluster);
      // Its cache would still know; a new one doesn't.
      await cluster.controlPlane.restartApiServer();
      network.fault = () => undefined;
      await holdsWhatTheServerHas(watching, 60);
      expect([firstPages(), wholeLists()]).toEqual([1, 1]);
    }, 90_000);

    it('a deletion during an unfinished list that had seen the object', async () => {
      await createMany(0, 25);
      let failed = 0;
      network.fault = ({ url }) => (url.searchParams.has('continue') && failed++ < 5 ? 'cut' : undefined);
      const watching = start({ pageSize: 10 });
      await eventually(() => watching.size === 10);
      await remove('cm-000');
      await holdsWhatTheServerHas(watching);
    });

    it('a resource version that is too old to watch from, told by status or by event', async () => {
      await createMany(0, 2);
      const faults = [gone, { status: 200, body: { type: 'ERROR', object: gone.body } }];
      network.fault = ({ url }) => (url.searchParams.has('watch') ? faults.pop() : undefined);
      const watching = start();
      await eventually(() => lists() >= 3);
      await create('later', 'x');
      await holdsWhatTheServerHas(watching);
    });

    it('versions that are always too old, listing ever later until a watch works', async () => {
      await createMany(0, 2);
      network.fault = ({ url }) => (url.searchParams.has('watch') ? gone : undefined);
      const watching = start({ timing: { backoff: { firstMs: 50, maxMs: 30_000 } } });
      await new Promise((resolve) => setTimeout(resolve, 3000));
      // At least 25, 50, 100, 200, 400 and 800 ms lie between the first seven.
      expect(lists()).toBeGreaterThan(3);
      expect(lists()).toBeLessThan(9);
      const refused = watches();
      network.fault = () => undefined;
      await eventually(() => watches() > refused);
      await update('cm-000', 'changed');
      await holdsWhatTheServerHas(watching);
      // Now that a watch told something, one alone is answered soon again.
      const before = lists();
      const faults = [gone];
      network.fault = ({ url }) => (url.searchParams.has('watch') ? faults.pop() : undefined);
      network.cutAll();
      await eventually(() => lists() > before, 1);
      await holdsWhatTheServerHas(watching);
    }, 20_000);

    it('cuts of a quiet watch, going on soon after each that had lasted', async () => {
      await createMany(0, 1);
      const watching = start({ timing: { backoff: { firstMs: 100, maxMs: 800 } } });
      await eventually(() => watches() === 1);
      for (let cuts = 1; cuts < 6; cuts++) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        network.cutAll();
        const cutAt = Date.now();
        await eventually(() => watches() > cuts);
        // The first wait has 100 ms at most; a fourth in a row would have 400 at least.
        expect(Date.now() - cutAt).toBeLessThan(400);
      }
      await holdsWhatTheServerHas(watching);
      expect(lists()).toBe(1);
    }, 20_000);

    it('a connection that is cut, going on from where it was', async () => {
      await createMany(0, 2);
      const watching = start();
      await holdsWhatTheServerHas(watching);
      for (let i = 0; i < 5; i++) {
        network.cutAll();
        await update('cm-000', `changed-${i}`);
        await holdsWhatTheServerHas(watching);
      }
      expect(lists()).toBe(1);
    });

    it('a connection that falls silent without being closed', async () => {
      await createMany(0, 2);
      const watching = start({ timing: { silenceSeconds: 1 } });
      await holdsWhatTheServerHas(watching);
      network.freeze();
      await update('cm-000', 'unseen');
      expect(watching.get(`${namespace}/cm-000`)).toBe('0');
      await holdsWhatTheServerHas(watching);
    });

    it('an event that is half sent or no JSON', async () => {
      await createMany(0, 2);
      const faults = ['half', { status: 200, body: 'no event' }] as const;
      let failed = 0;
      network.fault = ({ url }) => (url.searchParams.has('watch') ? faults[failed++] : undefined);
      const watching = start();
      await eventually(() => watching.listed());
      await update('cm-000', 'changed');
      await holdsWhatTheServerHas(watching);
      expect(watches()).toBeGreaterThan(2);
    });

    it('a reduction or a handler that throws on one object', async () => {
      await createMany(0, 3);
      const changed: string[] = [];
      const watching = start({
        reduce: (object) => {
          if (object.metadata.name === 'cm-001') throw new Error('cannot reduce');
          return value(object);
        },
        onChange: (key) => {
          if (key.endsWith('cm-000')) throw new Error('cannot handle');
          changed.push(key);
        },
      });
      await eventually(() => watching.listed());
      await create('later', 'x');
      await eventually(() => changed.includes(`${namespace}/later`));
      expect(changed).toEqual([`${namespace}/cm-002`, `${namespace}/later`]);
    });
  });

  describe('spreads', () => {
    it('the lengths of its watches, so that many don’t end together', async () => {
      await createMany(0, 1);
      const watching = start();
      await eventually(() => watching.listed());
      for (let i = 1; i < 6; i++) {
        await eventually(() => watches() >= i);
        network.cutAll();
      }
      await eventually(() => watches() >= 6);
      const lengths = network.requests.flatMap((line) => line.match(/timeoutSeconds=(\d+)/)?.[1] ?? []).map(Number);
      for (const seconds of lengths) {
        expect(seconds).toBeGreaterThanOrEqual(240);
        expect(seconds).toBeLessThanOrEqual(300);
      }
      expect(new Set(lengths).size).toBeGreaterThan(1);
    });

    it('its complete lists, so that those of many collections or replicas don’t fall together', async () => {
      await createMany(0, 1);
      // No watch lasts longer than until the next list.
      for (let i = 0; i < 6; i++) start({ timing: { resyncSeconds: 200 } });
      await eventually(() => watches() >= 6);
      const lengths = network.requests.flatMap((line) => line.match(/timeoutSeconds=(\d+)/)?.[1] ?? []).map(Number);
      for (const seconds of lengths) {
        expect(seconds).toBeGreaterThanOrEqual(179);
        expect(seconds).toBeLessThanOrEqual(200);
      }
      expect(new Set(lengths).size).toBeGreaterThan(1);
    });
  });

  describe('says', () => {
    it('how long ago the server last proved it sees everything', async () => {
      await createMany(0, 1);
      const watching = start({ timing: { watchSeconds: 1 } });
      await eventually(() => watching.listed());
      expect(watching.secondsSinceSync()).toBeLessThan(1);
      network.fault = () => 'cut';
      network.cutAll();
      await eventually(() => watching.secondsSinceSync() > 1.5);
      network.fault = () => undefined;
      await eventually(() => watching.secondsSinceSync() < 1);
    });

    it('that a long list gets on, page by page', async () => {
      await createMany(0, 6);
      let answersAt = 0;
      network.fault = () => {
        if (Date.now() < answersAt) return 'cut';
        answersAt = Date.now() + 600;
        return undefined;
      };
      const startedAt = Date.now();
      const watching = start({ pageSize: 1, timing: { backoff: { firstMs: 20, maxMs: 50 } } });
      let longest = 0;
      await eventually(() => {
        longest = Math.max(longest, watching.secondsSinceSync());
        return watching.listed();
      });
      expect(Date.now() - startedAt).toBeGreaterThan(2500);
      expect(longest).toBeLessThan(1.5);
      await holdsWhatTheServerHas(watching);
    });

    it('that a long list without pages gets on, as its objects arrive', async () => {
      await createMany(0, 12);
      let page = 0;
      network.fault = ({ url }) => {
        if (url.searchParams.has('continue')) return ++page === 3 ? gone : undefined;
        return url.searchParams.has('limit') || url.searchParams.has('watch') ? undefined : 'slow';
      };
      const startedAt = Date.now();
      const watching = start({ pageSize: 1 });
      let longest = 0;
      await eventually(() => {
        longest = Math.max(longest, watching.secondsSinceSync());
        return watching.listed();
      });
      expect(wholeLists()).toBe(1);
      expect(Date.now() - startedAt).toBeGreaterThan(2500);
      // It takes three or four of the ten parts to come further than the pages did.
      expect(longest).toBeLessThan(2);
      await holdsWhatTheServerHas(watching);
    });

    it('that a list does not get on where it begins anew without an end', async () => {
      await createMany(0, 4);
      const watching = start({ pageSize: 1 });
      await eventually(() => watching.listed());
      let page = 0;
      network.fault = ({ url }) => {
        if (url.searchParams.has('watch')) return gone;
        if (!url.searchParams.has('limit')) return 'half';
        page = url.searchParams.has('continue') ? page + 1 : 1;
        return page === 3 ? gone : undefined;
      };
      network.cutAll();
      await eventually(() => watching.secondsSinceSync() > 2);
      const before = lists();
      await eventually(() => lists() > before + 6);
      expect(watching.secondsSinceSync()).toBeGreaterThan(2);
      network.fault = () => undefined;
      await eventually(() => watching.secondsSinceSync() < 1);
      await holdsWhatTheServerHas(watching);
    });

    it('nothing after it was stopped, and stops at once in whatever it does', async () => {
      await createMany(0, 2);
      let calls = 0;
      const onChange = () => void calls++;
      const followed = start({ onChange });
      await eventually(() => followed.listed());
      await followed.stop();
      network.fault = () => 'hang';
      await start({ onChange }).stop();
      network.fault = () => 'cut';
      const asked = lists();
      const refused = start({ onChange, timing: { backoff: { firstMs: 60_000, maxMs: 60_000 } } });
      await eventually(() => lists() > asked);
      await refused.stop();
      const before = calls;
      await update('cm-000', 'unseen');
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(calls).toBe(before);
    });
  });
});
