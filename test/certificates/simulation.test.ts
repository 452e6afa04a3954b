/**
 * Replicas with wrong clocks, on a slow cluster whose requests fail, through every accident we know of, in simulated time:
 * whatever is served is trusted by every caBundle, the present one and those that API servers may still go by.
 */

import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCaCertificates } from '../../src/certificates/authority.ts';
import type { CertificateController } from '../../src/certificates/certificate-status.ts';
import { startRotation } from '../../src/certificates/rotate.ts';
import { buildSimulatedCluster, type Client, type SimulatedCluster } from './simulated-cluster.ts';

const second = 1000;
const hour = 3_600_000;
const lifetimes = { ca: 60 * second, leaf: 15 * second, settling: 4 * second };
/** How far an API server is behind at most. */
const lag = 2 * second;
const step = 200;
/** The same ones each time, others with `FC_SEED`, more with `FC_RUNS`. */
const runs = Math.ceil(10 * Number(process.env.FC_RUNS ?? 1));

interface Replica extends Client {
  readonly rotation: CertificateController;
  /** The subject of the CA whose leaf is served. */
  issuer: string | undefined;
}

const accidents = ['delete', 'empty', 'damage', 'restore', 'clear', 'overwrite', 'restart', 'nothing'] as const;
type Accident = (typeof accidents)[number];

interface Scenario {
  readonly seed: number;
  readonly offsets: readonly number[];
  readonly failing: number;
  readonly accidents: readonly { readonly kind: Accident; readonly after: number }[];
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  seed: fc.integer(),
  // Clocks are an hour apart at most.
  offsets: fc
    .constantFrom(hour, -hour)
    .chain((wrong) => fc.array(fc.constantFrom(0, 0, wrong), { minLength: 2, maxLength: 3 })),
  failing: fc.constantFrom(0, 0.1),
  accidents: fc.array(fc.record({ kind: fc.constantFrom(...accidents), after: fc.constantFrom(1, 3, 6, 12, 30) }), {
    minLength: 4,
    maxLength: 10,
  }),
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

class Simulation {
  readonly cluster: SimulatedCluster;
  readonly replicas: Replica[] = [];
  readonly random: () => number;
  /** What API servers may go by: every caBundle of the last `lag` milliseconds that nobody else had tampered with. */
  private readonly recent: { readonly name: string; readonly bundle: string; until: number }[] = [];
  private readonly tampered = new Set<string>();
  private readonly subjects = new Map<string, readonly string[]>();
  readonly wrong: string[] = [];
  /** Every CA key that the Secret ever held. */
  readonly written = new Set<string | undefined>();
  private backup: Simulation['cluster']['secret'];

  constructor({ seed, failing }: Scenario) {
    this.random = mulberry32(seed);
    this.cluster = buildSimulatedCluster(this.random, 200);
    this.cluster.failing = failing;
    this.cluster.changed();
    this.cluster.onChange = () => {
      for (const { rotation } of this.replicas) rotation.notify();
    };
  }

  start(offset: number): void {
    const client: Client = { busy: 0 };
    const rotation = startRotation({
      secrets: this.cluster.secretsFor(client),
      trust: this.cluster.trustFor(client),
      serve: ({ certificate }) => {
        replica.issuer = new X509Certificate(certificate).issuer;
      },
      dnsNames: ['webhook'],
      lifetimes,
      now: () => Date.now() + offset,
      log: pino({ level: 'silent' }),
    });
    const replica: Replica = Object.assign(client, { rotation, issuer: undefined });
    this.replicas.push(replica);
  }

  /** Lets `seconds` pass, looking at what is served and trusted all the time. */
  async pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds * second; passed += step) {
      await vi.advanceTimersByTimeAsync(step);
      while (this.computing() > 0) await new Promise((resolve) => setImmediate(resolve));
      this.reconcile();
    }
  }

  /** Replicas that neither wait for a request nor sleep: they make keys, for which simulated time has to wait. */
  private computing(): number {
    const asking = this.replicas.filter(({ busy }) => busy > 0).length;
    const sleeping = vi.getTimerCount() - this.cluster.inFlight();
    return this.replicas.length - asking - sleeping;
  }

  private reconcile(): void {
    const now = Date.now();
    this.written.add(this.cluster.secret?.data['ca.key']);
    for (const [name, bundle] of this.cluster.bundles) {
      if (bundle === undefined || bundle === '') continue;
      if (this.tampered.has(`${name} ${bundle}`)) continue;
      const known = this.recent.find((one) => one.name === name && one.bundle === bundle);
      if (known === undefined) this.recent.push({ name, bundle, until: now + lag });
      else known.until = now + lag;
    }
    for (const { name, bundle, until } of this.recent) {
      if (until < now) continue;
      const trusted = this.subjectsOf(bundle);
      for (const [i, { issuer, rotation }] of this.replicas.entries()) {
        if (issuer === undefined || trusted.includes(issuer) || !rotation.status().ready) continue;
        this.wrong.push(`at ${now} replica ${i} serves ${issuer}, and ${name} trusts ${trusted}`);
      }
    }
  }

  private subjectsOf(bundle: string): readonly string[] {
    let subjects = this.subjects.get(bundle);
    if (subjects === undefined) {
      subjects = readCaCertificates(bundle, Date.now()).map(({ pem }) => new X509Certificate(pem).subject);
      this.subjects.set(bundle, subjects);
    }
    return subjects;
  }

  async suffer(kind: Accident): Promise<void> {
    const { cluster } = this;
    const damaged = { version: `damaged ${Date.now()}`, data: {} };
    switch (kind) {
      case 'delete':
        cluster.secret = undefined;
        break;
      case 'empty':
        cluster.secret = damaged;
        break;
      case 'damage':
        cluster.secret = { ...damaged, data: { ...cluster.secret?.data, 'ca.key': 'rubbish' } };
        break;
      case 'restore':
        if (this.backup !== undefined) cluster.secret = { ...damaged, data: this.backup.data };
        break;
      case 'clear':
        cluster.bundles.set(this.random() < 0.5 ? 'mutating' : 'validating', '');
        break;
      case 'overwrite':
        cluster.bundles.set('mutating', 'rubbish');
        this.tampered.add('mutating rubbish');
        break;
      case 'restart': {
        await this.stop(this.replicas.splice(0, 1));
        this.start(0);
      }
    }
    if (kind === 'nothing') this.backup = cluster.secret;
    else cluster.changed();
  }

  /** Everybody is ready and trusted, and every caBundle is the Secret's. */
  agrees(): boolean {
    const { secret, bundles } = this.cluster;
    const statuses = this.replicas.map(({ rotation }) => rotation.status());
    return (
      statuses.every(({ trusted, ready }) => trusted && ready) &&
      [...bundles.values()].every((bundle) => bundle === secret?.data['ca.crt'])
    );
  }

  async stop(replicas: readonly Replica[] = this.replicas): Promise<void> {
    let stopping = true;
    const stopped = Promise.all(replicas.map(({ rotation }) => rotation.stop())).then(() => {
      stopping = false;
    });
    while (stopping) {
      await vi.advanceTimersByTimeAsync(step);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await stopped;
  }
}

async function simulate(scenario: Scenario): Promise<void> {
  const simulation = new Simulation(scenario);
  for (const offset of scenario.offsets) simulation.start(offset);
  await simulation.pass(20);
  for (const { kind, after } of scenario.accidents) {
    await simulation.suffer(kind);
    await simulation.pass(after);
  }
  simulation.cluster.failing = 0;
  await simulation.pass(40);
  const before = simulation.written.size;
  await simulation.pass(30);
  // A rotation may be under way at any moment; it ends within a few requests.
  for (let i = 0; i < 10 && !simulation.agrees(); i++) await simulation.pass(1);
  const agreed = simulation.agrees();
  await simulation.stop();
  expect(simulation.wrong).toEqual([]);
  expect(agreed).toBe(true);
  // One rotation is due in this time, or two.
  expect(simulation.written.size - before).toBeLessThanOrEqual(2);
}

describe('replicas in a simulated cluster', () => {
  it('never serve what is not trusted, and end in agreement', { timeout: runs * 20_000 }, async () => {
    await fc.assert(fc.asyncProperty(scenarios, simulate), {
      seed: Number(process.env.FC_SEED ?? 20260),
      numRuns: runs,
      // A smaller accident is as hard to read as a larger one, and each costs a second.
      endOnFailure: true,
      includeErrorInReport: true,
    });
  });
});

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
