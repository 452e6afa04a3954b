/**
 * The operator, its webhook and a real API server: what is wrong in the cluster ends right, and only what is wrong is touched.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Cluster, eventually, startCluster } from '../cluster-client/cluster.ts';
import type { Fault } from '../cluster-client/interposer.ts';
import { describeWith } from '../run/needs.ts';
import {
  buildWords,
  condition,
  excluding,
  installCrd,
  installWebhook,
  key,
  plain,
  type Running,
  runOperator,
  type Webhook,
} from './installation.ts';

let cluster: Cluster;
let webhook: Webhook;
let running: Running | undefined;
let words: ReturnType<typeof buildWords>;
let count = 0;
/** The namespace and the assignment of a test. */
let ns: string;
let kka: string;

const malformed = '<configuration><property></configuration>';

async function lead(): Promise<Running> {
  running = await runOperator(cluster, webhook);
  await running.operator.lead();
  return running;
}

/** Longer than the operator waits between two rounds of anything. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 1500));

describeWith(['control plane'], 'the operator', () => {
  beforeAll(async () => {
    cluster = await startCluster();
    words = buildWords(cluster.api);
    await installCrd(cluster.api);
    webhook = await installWebhook(cluster.api);
  });

  afterAll(async () => {
    await webhook?.leave();
    await cluster?.stop();
  });

  beforeEach(async () => {
    count += 1;
    ns = `ns-${count}`;
    kka = `kka-${count}`;
    await words.namespace(ns);
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await words.unassignAll();
    await words.setScope(excluding('kube-system'));
  });

  describe('repairs', () => {
    it('what was there before its assignment, and leaves the file to its owner', async () => {
      await words.object(ns, 'before');
      const before = await words.stored(ns, 'before');
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.encrypts(ns, 'before', key(1)));
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
      const { metadata } = await words.stored(ns, 'before');
      expect(metadata.managedFields).toEqual(before.metadata.managedFields);
    });

    it('what an older key encrypts, when the assignment names another', async () => {
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(async () => expect(await words.status(kka)).toMatchObject({ namespaces: 1 }));
      await words.object(ns, 'rotated');
      await words.encrypts(ns, 'rotated', key(1));
      await words.reassign(kka, { key: { arn: key(2) } });
      await eventually(() => words.encrypts(ns, 'rotated', key(2)));
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
    });

    it('a namespace whose label changes, and leaves it as it is when the label goes', async () => {
      await words.object(ns, 'labelled');
      await lead();
      await words.assign(kka, { namespaceSelector: { matchLabels: { team: ns } } });
      await eventually(() => words.isReady(kka, 'Compliant', '0/0'));
      await words.label(ns, { team: ns });
      await eventually(() => words.encrypts(ns, 'labelled', key(1)));
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
      await words.label(ns, { team: null });
      await eventually(() => words.isReady(kka, 'Compliant', '0/0'));
      await words.encrypts(ns, 'labelled', key(1));
    });

    it('nothing when an assignment goes', async () => {
      await words.object(ns, 'kept');
      const { writes } = await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
      const before = writes().length;
      await words.unassign(kka);
      await aWhile();
      expect(writes().slice(before)).toEqual([]);
      await words.encrypts(ns, 'kept', key(1));
    });

    it('what was applied while operator and webhook were away', async () => {
      await words.assign(kka, { namespaces: [ns] });
      await words.object(ns, 'applied');
      expect((await words.stored(ns, 'applied')).data['core-site.xml']).toBe(plain);
      await lead();
      await eventually(() => words.encrypts(ns, 'applied', key(1)));
    });

    it('drift: an edit that went past the webhook while the operator watched', async () => {
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await words.object(ns, 'drifted');
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
      await words.withoutWebhook(() => words.edit(ns, 'drifted', plain));
      await eventually(() => words.encrypts(ns, 'drifted', key(1)));
    });

    it('what it could not while the webhook was away, and says so meanwhile', async () => {
      await words.object(ns, 'waiting');
      await lead();
      await webhook.leave();
      try {
        await words.assign(kka, { namespaces: [ns] });
        await eventually(() => words.isReady(kka, 'Pending', '0/1'));
        const { problems } = await words.status(kka);
        expect(problems).toMatchObject([
          { namespace: ns, name: 'waiting', dataKey: 'core-site.xml', reason: 'NotInjected' },
        ]);
        await eventually(async () => expect(await words.events(ns)).toMatchObject([{ reason: 'NotInjected' }]));
      } finally {
        await webhook.comeBack();
      }
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
      await words.encrypts(ns, 'waiting', key(1));
    });

    it('a namespace that comes into the scope, and touches none outside it', async () => {
      await words.object(ns, 'outside');
      await words.setScope(excluding('kube-system', ns));
      const { writes } = await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.isReady(kka, 'NamespaceExcluded', '0/0'));
      expect(condition(await words.status(kka), 'Ready')).toMatchObject({
        status: 'False',
        message: expect.stringContaining(ns),
      });
      expect(writes().filter((line) => line.includes('configmaps'))).toEqual([]);
      await words.setScope(excluding('kube-system'));
      await eventually(() => words.encrypts(ns, 'outside', key(1)));
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
    });

    it('a namespace that is created after its assignment', async () => {
      await lead();
      await words.assign(kka, { namespaces: [`${ns}-late`] });
      await eventually(() => words.isReady(kka, 'NamespaceNotFound', '0/0'));
      await words.namespace(`${ns}-late`);
      // Within milliseconds of its namespace: the webhook reads the namespace live.
      await words.object(`${ns}-late`, 'first');
      await words.encrypts(`${ns}-late`, 'first', key(1));
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
    });

    it('hundreds in one namespace', async () => {
      const names = Array.from({ length: 450 }, (_, i) => `cm-${i}`);
      for (const name of names) await words.object(ns, name);
      const { writes } = await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.isReady(kka, 'Compliant', '450/450'), 30);
      await words.encrypts(ns, 'cm-449', key(1));
      expect(writes().filter((line) => line.includes('configmaps')).length).toBe(450);
    });
  });

  describe('leaves alone', () => {
    it('everything, in steady state', async () => {
      await words.object(ns, 'steady');
      await words.object(ns, 'broken', malformed);
      const { network } = await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.isReady(kka, 'Refused', '1/2'));
      await aWhile();
      const before = network.requests.length;
      await aWhile();
      expect(network.requests.slice(before)).toEqual([]);
    });

    it('what is compliant already when it takes the lead', async () => {
      await words.object(ns, 'done');
      await words.assign(kka, { namespaces: [ns] });
      const first = await lead();
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
      await first.stop();
      const { writes } = await lead();
      await aWhile();
      expect(writes()).toEqual([]);
    });

    it('everything, while it follows, though its webhook answers', async () => {
      await words.object(ns, 'found');
      const { operator, writes } = await lead();
      await operator.follow();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(async () => expect(await operator.resolve(ns)).toMatchObject({ kind: 'assigned' }));
      await words.object(ns, 'new');
      await words.encrypts(ns, 'new', key(1));
      await aWhile();
      expect(writes()).toEqual([]);
      expect((await words.stored(ns, 'found')).data['core-site.xml']).toBe(plain);
      await operator.lead();
      await eventually(() => words.encrypts(ns, 'found', key(1)));
    });

    it('what two assignments want differently, and says so in both until one goes', async () => {
      await words.object(ns, 'disputed');
      await lead();
      await words.assign(`${kka}-a`, { namespaces: [ns] });
      await eventually(() => words.encrypts(ns, 'disputed', key(1)));
      const before = await words.stored(ns, 'disputed');
      await words.assign(`${kka}-b`, { namespaces: [ns], key: { arn: key(2) } });
      for (const [own, other] of [
        [`${kka}-a`, `${kka}-b`],
        [`${kka}-b`, `${kka}-a`],
      ] as const) {
        await eventually(() => words.isReady(own, 'Conflicted', '0/0'));
        const status = await words.status(own);
        expect(condition(status, 'Conflicted')).toMatchObject({
          status: 'True',
          message: expect.stringContaining(other),
        });
        expect(status.problems).toMatchObject([{ namespace: ns, reason: 'Conflicted' }]);
      }
      expect(await words.stored(ns, 'disputed')).toEqual(before);
      await words.unassign(`${kka}-a`);
      await eventually(() => words.encrypts(ns, 'disputed', key(2)));
      await eventually(() => words.isReady(`${kka}-b`, 'Compliant', '1/1'));
    });

    it('under Audit every file, and reports what it would do', async () => {
      await words.object(ns, 'audited');
      await words.object(ns, 'broken', malformed);
      const { writes } = await lead();
      await words.assign(kka, { namespaces: [ns], enforcement: 'Audit' });
      await eventually(() => words.isReady(kka, 'Refused', '0/2'));
      const status = await words.status(kka);
      expect(status.objects).toEqual({
        total: 2,
        compliant: 0,
        outdated: 0,
        otherStore: 0,
        pending: 1,
        refused: 1,
        immutable: 0,
      });
      expect(status.problems).toMatchObject([
        { name: 'audited', dataKey: 'core-site.xml', reason: 'WouldChange' },
        { name: 'broken', dataKey: 'core-site.xml', reason: 'Malformed' },
      ]);
      await words.removeConfigMap(ns, 'broken');
      await eventually(() => words.isReady(kka, 'Audited', '0/1'));
      expect(condition(await words.status(kka), 'Ready')?.status).toBe('True');
      expect(writes().filter((line) => line.includes('configmaps'))).toEqual([]);
      await words.reassign(kka, { enforcement: 'Enforce' });
      await eventually(() => words.encrypts(ns, 'audited', key(1)));
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
    });
  });

  describe('reports', () => {
    it('a refused file in status and as one Event, and its repair', async () => {
      await words.object(ns, 'broken', malformed);
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.isReady(kka, 'Refused', '0/1'));
      const { problems, problemCount, objects } = await words.status(kka);
      expect(problems).toMatchObject([
        { namespace: ns, name: 'broken', dataKey: 'core-site.xml', reason: 'Malformed' },
      ]);
      expect(problems?.[0]?.message).toMatch(/^line 1, column \d+: /);
      expect(problemCount).toBe(1);
      expect(objects).toEqual({
        total: 1,
        compliant: 0,
        outdated: 0,
        otherStore: 0,
        pending: 0,
        refused: 1,
        immutable: 0,
      });
      const { uid } = (await words.stored(ns, 'broken')).metadata;
      await eventually(async () => expect((await words.events(ns)).length).toBe(1));
      expect(await words.events(ns)).toMatchObject([
        { type: 'Warning', reason: 'Malformed', regarding: { kind: 'ConfigMap', name: 'broken', uid } },
      ]);
      // Another leader says nothing twice.
      await running?.stop();
      await lead();
      await aWhile();
      expect((await words.events(ns)).length).toBe(1);
      await words.edit(ns, 'broken', plain);
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
    });

    it('an immutable ConfigMap until it is recreated, and lets its labels change', async () => {
      await words.object(ns, 'fixed', plain, { immutable: true });
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.isReady(kka, 'Immutable', '0/1'));
      expect((await words.status(kka)).problems).toMatchObject([{ name: 'fixed', reason: 'Immutable' }]);
      await eventually(async () => expect(await words.events(ns)).toMatchObject([{ reason: 'Immutable' }]));
      await words.labelConfigMap(ns, 'fixed', { touched: 'yes' });
      await words.removeConfigMap(ns, 'fixed');
      await eventually(() => words.isReady(kka, 'Compliant', '0/0'));
      await words.object(ns, 'fixed', plain, { immutable: true });
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
      await words.encrypts(ns, 'fixed', key(1));
    });

    it('when a condition changed, and keeps that time while it stays', async () => {
      await words.object(ns, 'broken', malformed);
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.isReady(kka, 'Refused', '0/1'));
      const since = condition(await words.status(kka), 'Ready')?.lastTransitionTime;
      await aWhile();
      await words.object(ns, 'good');
      await eventually(() => words.isReady(kka, 'Refused', '1/2'));
      expect(condition(await words.status(kka), 'Ready')?.lastTransitionTime).toBe(since);
      await words.edit(ns, 'broken', plain);
      await eventually(() => words.isReady(kka, 'Compliant', '2/2'));
      expect(condition(await words.status(kka), 'Ready')?.lastTransitionTime).not.toBe(since);
    });

    it('anew what somebody else wrote into the status', async () => {
      await words.object(ns, 'good');
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
      await words.setStatus(kka, { summary: '7/7', conditions: [] });
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
    });

    it('the generation it speaks of', async () => {
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(async () => expect((await words.status(kka)).observedGeneration).toBe(1));
      await words.reassign(kka, { key: { arn: key(3) } });
      await eventually(async () => expect((await words.status(kka)).observedGeneration).toBe(2));
    });
  });

  describe('survives', () => {
    it('an assignment stored under another schema, without effect on other namespaces', async () => {
      await words.object(ns, 'good');
      await words.namespace(`${ns}-other`);
      await words.object(`${ns}-other`, 'left');
      await words.withoutSchema(async () => {
        const old = { namespaces: [`${ns}-other`], algorithm: 'ROT13' };
        await words.assign(`${kka}-old`, { ...old, key: { arn: 'alias/old' } });
        // The API server takes no status for one with a field that today's schema doesn't know: there it stays without.
        await words.assign(`${kka}-older`, { ...old, key: { alias: 'alias/old' } });
      });
      await lead();
      await words.assign(kka, { namespaceSelector: {} });
      await eventually(() => words.encrypts(ns, 'good', key(1)));
      await eventually(() => words.isReady(`${kka}-old`, 'Invalid', '0/0'));
      // Not even what is of a lower rank applies where nobody knows what was wanted.
      expect((await words.stored(`${ns}-other`, 'left')).data['core-site.xml']).toBe(plain);
      await words.unassign(`${kka}-old`);
      await words.unassign(`${kka}-older`);
      await eventually(() => words.encrypts(`${ns}-other`, 'left', key(1)));
    });

    it('a namespace in which every write fails slowly, without delay for others', async () => {
      await words.namespace(`${ns}-poisoned`, { poisoned: ns });
      for (let i = 0; i < 20; i++) await words.object(`${ns}-poisoned`, `cm-${i}`);
      for (let i = 0; i < 20; i++) await words.object(ns, `cm-${i}`);
      await words.withPoison({ matchLabels: { poisoned: ns } }, async () => {
        await lead();
        await words.assign(`${kka}-0`, { namespaces: [`${ns}-poisoned`] });
        await words.assign(kka, { namespaces: [ns] });
        await eventually(() => words.isReady(kka, 'Compliant', '20/20'), 8);
        await eventually(() => words.isReady(`${kka}-0`, 'Pending', '0/20'), 30);
        await eventually(async () =>
          expect((await words.status(`${kka}-0`)).problems?.[0]).toMatchObject({ reason: 'PatchFailed' }),
        );
      });
      await eventually(() => words.isReady(`${kka}-0`, 'Compliant', '20/20'), 30);
    });

    it.each<readonly [string, Fault]>([
      ['hangs', 'hang'],
      ['is cut', 'cut'],
      ['always conflicts', { status: 409, body: { reason: 'Conflict' } }],
      ['always fails', { status: 500, body: {} }],
    ])(
      'one ConfigMap whose readmission %s, without delay for others of its namespace',
      async (_, fault) => {
        // Names before and after it, and one as large as they may be.
        await words.object(ns, 'a', plain.replace('b</value>', `${'b'.repeat(900_000)}</value>`));
        for (const name of ['m', 'z']) await words.object(ns, name);
        const { network, writes } = await lead();
        const isPoisoned = (path: string) => path.endsWith('/configmaps/m');
        network.fault = ({ method, url }) => (method === 'PATCH' && isPoisoned(url.pathname) ? fault : undefined);
        await words.assign(kka, { namespaces: [ns] });
        await eventually(() => words.isReady(kka, 'Pending', '2/3'), 8);
        await eventually(() => writes().some((line) => line.includes('/configmaps/m?')));
        // What comes later isn't held up either, however long that one takes.
        for (let i = 0; i < 3; i++) {
          await words.withoutWebhook(() => words.edit(ns, 'z', `${plain}<!-- ${i} -->`));
          await eventually(() => words.encrypts(ns, 'z', key(1)), 8);
        }
        network.fault = () => undefined;
        network.cutAll();
        await eventually(() => words.isReady(kka, 'Compliant', '3/3'), 20);
      },
      60_000,
    );

    it.each<readonly [string, Fault]>([
      ['hangs', 'hang'],
      ['always conflicts', { status: 409, body: { reason: 'Conflict' } }],
      ['is always refused', { status: 422, body: { reason: 'Invalid' } }],
    ])(
      'an assignment whose status %s, seldom asking, without delay for others',
      async (_, fault) => {
        await words.object(ns, 'good');
        const { network, writes } = await lead();
        network.fault = ({ method, url }) =>
          method === 'PUT' && url.pathname.includes(`/${kka}-poisoned/`) ? fault : undefined;
        await words.assign(`${kka}-poisoned`, { namespaces: [`${ns}-none`] });
        await words.assign(kka, { namespaces: [ns] });
        await eventually(() => words.isReady(kka, 'Compliant', '1/1'), 8);
        const asked = () => writes().filter((line) => line.includes(`/${kka}-poisoned/`)).length;
        await eventually(() => asked() > 0);
        // Each change brings all statuses up again.
        for (let i = 0; i < 5; i++) {
          await words.object(ns, `more-${i}`);
          await eventually(() => words.isReady(kka, 'Compliant', `${i + 2}/${i + 2}`), 8);
        }
        expect(asked()).toBeLessThan(20);
        network.fault = () => undefined;
        network.cutAll();
        await eventually(() => words.isReady(`${kka}-poisoned`, 'NamespaceNotFound', '0/0'), 30);
      },
      60_000,
    );

    it("another webhook's denial, and reports its words", async () => {
      await words.object(ns, 'denied');
      await words.withDenial(ns, async () => {
        await lead();
        await words.assign(kka, { namespaces: [ns] });
        await eventually(() => words.isReady(kka, 'Pending', '0/1'));
        await eventually(async () =>
          expect((await words.status(kka)).problems).toMatchObject([
            { name: 'denied', reason: 'PatchFailed', message: expect.stringContaining('not today') },
          ]),
        );
      });
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
    });

    it('a call to stop while the API server answers nothing', async () => {
      for (let i = 0; i < 10; i++) await words.object(ns, `cm-${i}`);
      const { operator, network, writes } = await lead();
      network.fault = ({ method }) => (method === 'GET' ? undefined : 'hang');
      await words.assign(kka, { namespaces: [ns] });
      await eventually(() => writes().some((line) => line.startsWith('PATCH')));
      const started = Date.now();
      await operator.stop();
      expect(Date.now() - started).toBeLessThan(2000);
    });

    it('the webhook configuration going and coming', async () => {
      await words.object(ns, 'good');
      await lead();
      await words.withoutWebhook(async () => {
        await words.assign(kka, { namespaces: [ns] });
        await eventually(() => words.isReady(kka, 'WebhookMissing', '0/0'));
      });
      await eventually(() => words.isReady(kka, 'Compliant', '1/1'));
    });

    it('a restart of the API server in the middle of a backfill', async () => {
      const names = Array.from({ length: 200 }, (_, i) => `cm-${i}`);
      for (const name of names) await words.object(ns, name);
      await lead();
      await words.assign(kka, { namespaces: [ns] });
      await eventually(async () => expect((await words.stored(ns, 'cm-1')).data['core-site.xml']).not.toBe(plain));
      await cluster.controlPlane.restartApiServer();
      await eventually(() => words.isReady(kka, 'Compliant', '200/200'), 40);
      for (const name of names) await words.encrypts(ns, name, key(1));
    }, 90_000);
  });

  describe('answers the webhook', () => {
    it('from what it knows, and reads an unknown namespace live, once', async () => {
      const { operator, network } = await lead();
      await words.assign(kka, { namespaceSelector: { matchLabels: { team: ns } } });
      await eventually(async () => expect(await words.status(kka)).toMatchObject({ namespaces: 0 }));
      const before = network.requests.length;
      expect(await operator.resolve(ns)).toMatchObject({ kind: 'none' });
      expect(network.requests.slice(before)).toEqual([]);
      network.fault = ({ url }) => (url.searchParams.has('watch') ? 'cut' : undefined);
      network.cutAll();
      await words.namespace(`${ns}-new`, { team: ns });
      const answers = await Promise.all([operator.resolve(`${ns}-new`), operator.resolve(`${ns}-new`)]);
      expect(answers).toMatchObject([{ kind: 'assigned' }, { kind: 'assigned' }]);
      expect(network.requests.filter((line) => line === `GET /api/v1/namespaces/${ns}-new`).length).toBe(1);
    });

    it('not at all before it knows everything', async () => {
      running = await runOperator(cluster, webhook);
      running.network.fault = ({ url }) => (url.pathname.endsWith('/namespaces') ? 'hang' : undefined);
      await expect(running.operator.resolve(ns)).rejects.toThrow();
      expect(running.operator.synced()).toBe(false);
      running.network.fault = () => undefined;
      running.network.cutAll();
      await eventually(() => running?.operator.synced());
      expect(await running.operator.resolve(ns)).toEqual({ kind: 'none' });
      expect(running.operator.secondsSinceSync()).toBeLessThan(5);
    });
  });
});
