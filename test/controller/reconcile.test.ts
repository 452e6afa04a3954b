/**
 * Config objects made right one by one, before a cluster made of functions: which requests are sent, what is concluded from
 * the answers, and whether to come back.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import {
  buildConfigObjects,
  type ConfigObject,
  type ConfigObjects,
  complianceUnder,
  toConfigObject,
  toKey,
  toStoredConfigObject,
} from '../../src/controller/config-objects.ts';
import { type Decision, decide } from '../../src/controller/decide.ts';
import type { WorkResult } from '../../src/controller/queue.ts';
import { type Reconciler, reconcile } from '../../src/controller/reconcile.ts';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { mostKeys } from '../../src/core/plan/many-keys.ts';
import type { Readmission } from '../../src/ports/cluster-client.ts';
import type { StoredObject } from '../../src/ports/stored-object.ts';
import { silent } from '../cluster-client/silent.ts';

const files = { core: ['core-site.xml'], other: [] };
const plain = '<configuration/>';
const malformed = '<configuration>';

function decisionFor(rest: Partial<Assignment> = {}): Decision {
  const key = { accountDefault: true } as const;
  const target = { namespaceSelector: {} };
  const assignment: Assignment = {
    name: 'finance',
    target,
    algorithm: 'SSE-KMS',
    key,
    buckets: [],
    enforcement: 'Enforce',
    ...rest,
  };
  return decide({ name: 'ns', labels: {} }, [assignment], { kind: 'known', namespaceSelector: {} });
}

/** What the server has, by name, and how it answers to a name out of the ordinary. */
let server: Map<string, { text: string; version: number; immutable?: boolean; keys?: number }>;
let faults: Map<string, () => Promise<Readmission>>;
let requests: string[];
let webhookActs: boolean;
let objects: ConfigObjects;
let recorded: string[];
let decision: Decision | undefined;
let stopping: AbortController;

beforeEach(() => {
  server = new Map();
  faults = new Map();
  requests = [];
  webhookActs = true;
  objects = buildConfigObjects();
  recorded = [];
  decision = decisionFor();
  stopping = new AbortController();
});

function toObject(name: string): StoredObject | undefined {
  const stored = server.get(name);
  if (stored === undefined) return undefined;
  const metadata = { name, namespace: 'ns', uid: `uid-${name}`, resourceVersion: String(stored.version) };
  const others = Object.fromEntries(Array.from({ length: (stored.keys ?? 1) - 1 }, (_, index) => [`${index}`, '']));
  return { metadata, data: { 'core-site.xml': stored.text, ...others }, immutable: stored.immutable ?? false };
}

/** A ConfigMap that the server has and the watch has shown, unjudged. */
function add(name: string, text = plain, rest: { immutable?: boolean; keys?: number } = {}): ConfigObject {
  server.set(name, { text, version: 10, ...rest });
  const object = toConfigObject(toStoredConfigObject(toObject(name) as StoredObject));
  objects.change(undefined, object);
  return object;
}

async function readmit(_: string, name: string): Promise<Readmission> {
  requests.push(`PATCH ${name}`);
  const fault = faults.get(name);
  if (fault !== undefined) return fault();
  const stored = server.get(name);
  if (stored === undefined) return { kind: 'gone' };
  const plan =
    decision?.kind === 'assigned' &&
    planConfigObject({ data: { 'core-site.xml': stored.text } }, decision.desired.assignment, files);
  if (webhookActs && plan && plan.kind === 'refused') return { kind: 'denied', message: 'denied by the webhook' };
  if (webhookActs && plan && plan.kind === 'change') {
    server.set(name, { text: plan.patch[0]?.value ?? '', version: stored.version + 1 });
  }
  return { kind: 'answered', object: toObject(name) as StoredObject };
}

/** All objects, one after the other; the results by name, of those that are to be run again. */
async function run(rest: Partial<Reconciler> = {}): Promise<Record<string, WorkResult>> {
  const results: Record<string, WorkResult> = {};
  for (const object of [...objects.of('ns')]) {
    const result = await reconcile('ns', toKey(object), build(rest));
    if (result.kind !== 'done') results[object.name] = result;
  }
  return results;
}

function build(rest: Partial<Reconciler>): Reconciler {
  return {
    client: {
      readmit,
      readConfigObject: async (_, name) => {
        requests.push(`GET ${name}`);
        return toObject(name);
      },
    },
    objects,
    files,
    decision: () => decision,
    backoff: { firstMs: 1000, maxMs: 60_000 },
    recordEvent: async ({ name }, { outcome }) => {
      recorded.push(`${name} ${outcome}`);
      return true;
    },
    onAssessed: () => {},
    stopping: stopping.signal,
    givingUp: stopping.signal,
    log: silent,
    ...rest,
  };
}

const outcome = (name: string) => objects.get('ns', name)?.known?.outcome;

it('an object whose assignment is rotated and put back while it is being readmitted comes up again', async () => {
  decision = keyed(1);
  add('a');
  await run();
  const [first] = [decision];
  decision = keyed(2);
  const slow = async (namespace: string, name: string) => {
    const answer = await readmit(namespace, name);
    decision = first;
    return answer;
  };
  const results = await run({ client: { readmit: slow, readConfigObject: build({}).client.readConfigObject } });
  expect(results).toEqual({ a: { kind: 'requeueAfter', ms: 0 } });
  expect(await run()).toEqual({});
  expect(found('a')).toBe('compliant');
  expect(server.get('a')?.text).toContain(arn(1));
});

describe('config objects are made right', () => {
  it('by one readmission of each object, whose answer is assessed', async () => {
    const a = add('a');
    add('b');
    expect(await run()).toEqual({});
    expect(requests.sort()).toEqual(['PATCH a', 'PATCH b']);
    expect(a.known?.outcome).toBe('compliant');
    expect(a.resourceVersion).toBe('11');
    requests = [];
    expect(await run()).toEqual({});
    expect(requests).toEqual([]);
  });

  it('again under another assignment, and not for one that asks for the same', async () => {
    add('a');
    await run();
    decision = decisionFor({ target: { namespaces: ['ns'] } });
    await run();
    expect(requests).toEqual(['PATCH a']);
    decision = decisionFor({ algorithm: 'DSSE-KMS' });
    await run();
    expect(requests).toEqual(['PATCH a', 'PATCH a']);
    expect(server.get('a')?.text).toContain('DSSE-KMS');
  });

  it.each<[string, Decision | undefined]>([
    ['has no assignment', { kind: 'none' }],
    ['is outside the scope', { kind: 'excluded' }],
    ['may be outside the scope', { kind: 'unknown' }],
    ['has conflicting assignments', { kind: 'conflict', assignments: [] }],
    ['is not known', undefined],
  ])('not at all where it %s', async (_, decided) => {
    add('a');
    decision = decided;
    expect(await run()).toEqual({});
    expect(requests).toEqual([]);
    expect(recorded).toEqual([]);
  });

  it('by reading alone under Audit', async () => {
    decision = decisionFor({ enforcement: 'Audit' });
    add('a');
    add('b', malformed);
    await run();
    expect(requests.sort()).toEqual(['GET a', 'GET b']);
    expect([outcome('a'), outcome('b')]).toEqual(['wouldChange', 'refused']);
    await run();
    expect(requests.length).toBe(2);
  });

  it('by reading alone where a ConfigMap is immutable', async () => {
    add('a', plain, { immutable: true });
    await run();
    expect(requests).toEqual(['GET a']);
    expect(outcome('a')).toBe('immutable');
  });
});

const arn = (last: number) => `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`;
const keyed = (last: number, rest: Partial<Assignment> = {}) => decisionFor({ key: { arn: arn(last) }, ...rest });

/** As the webhook makes it at its creation, under today's decision; immutable where nothing else is said. */
function create(
  name: string,
  text = plain,
  rest: { immutable?: boolean; keys?: number } = { immutable: true },
): ConfigObject {
  const { desired } = decision as Decision & { readonly kind: 'assigned' };
  const made = planConfigObject({ data: { 'core-site.xml': text } }, desired.assignment, files);
  return add(name, made.kind === 'change' ? made.patch[0]?.value : text, rest);
}

function found(name: string): string | undefined {
  const object = objects.get('ns', name);
  return object && decision?.kind === 'assigned' ? complianceUnder(object, decision.desired)?.outcome : undefined;
}

describe('an immutable ConfigMap', () => {
  it('is read once, and after a rotation and back again what is known of it is enough', async () => {
    decision = keyed(1);
    create('a');
    add('never', plain, { immutable: true });
    await run();
    expect(requests.sort()).toEqual(['GET a', 'GET never']);
    expect([found('a'), found('never')]).toEqual(['compliant', 'immutable']);
    for (const [last, outcome] of [
      [2, 'outdated'],
      [3, 'outdated'],
      [1, 'compliant'],
    ] as const) {
      decision = keyed(last);
      expect(await run()).toEqual({});
      expect([found('a'), found('never')]).toEqual([outcome, 'immutable']);
    }
    expect(requests.length).toBe(2);
  });

  it('is outdated where its file tells of an earlier key, and no Event tells of it', async () => {
    decision = keyed(1);
    create('a');
    decision = keyed(2);
    await run();
    expect(requests).toEqual(['GET a']);
    expect(found('a')).toBe('outdated');
    expect(recorded).toEqual([]);
  });

  it('is read again where more than the key changed', async () => {
    decision = keyed(1);
    create(
      'a',
      '<configuration><property><name>hadoop.security.credential.provider.path</name><value>jceks://f</value></property></configuration>',
    );
    await run();
    decision = keyed(2, { enforcement: 'Strict' });
    await run();
    expect(requests).toEqual(['GET a', 'GET a']);
    expect(found('a')).toBe('refused');
  });

  it('shares what was found with all others that were found the same', async () => {
    decision = keyed(1);
    const [a, b] = [create('a'), create('b')];
    await run();
    expect(a.known).toBeDefined();
    expect(a.known).toBe(b.known);
  });

  it('keeps what is known of it when a label changes', async () => {
    decision = keyed(1);
    const before = create('a');
    await run();
    const next = { ...toStoredConfigObject(toObject('a') as StoredObject), resourceVersion: '11' };
    objects.change(before, toConfigObject(next, false, before));
    await run();
    expect(requests).toEqual(['GET a']);
    expect(found('a')).toBe('compliant');
  });
});

describe('an object with more keys than the operator may change', () => {
  it('is never sent, but read, and refused as long as it stays as it is', async () => {
    const a = add('a', plain, { keys: mostKeys + 1 });
    expect(await run()).toEqual({});
    expect(await run()).toEqual({});
    expect(requests).toEqual(['GET a']);
    expect(a.known).toMatchObject({ outcome: 'refused', problems: [{ reason: 'TooManyKeys' }] });
  });

  it('is compliant where its owner had it edited', async () => {
    add('a');
    await run();
    const text = server.get('a')?.text;
    requests = [];
    add('a', text, { keys: mostKeys + 1 });
    await run();
    expect([requests, outcome('a')]).toEqual([['GET a'], 'compliant']);
  });

  it('keeps a compliance that follows from the earlier one when the key changes, and is not read again', async () => {
    decision = keyed(1);
    create('a', plain, { keys: mostKeys + 1 });
    await run();
    for (const [key, expected] of [
      [1, 'compliant'],
      [2, 'refused'],
      [3, 'refused'],
      [1, 'compliant'],
    ] as const) {
      decision = keyed(key);
      expect(await run()).toEqual({});
      expect(found('a')).toBe(expected);
    }
    expect(requests).toEqual(['GET a']);
  });

  it('is read again where more than the key changed, and under Audit', async () => {
    decision = keyed(1);
    create('a', plain, { keys: mostKeys + 1 });
    await run();
    decision = keyed(2, { enforcement: 'Strict' });
    await run();
    decision = keyed(1, { enforcement: 'Audit' });
    await run();
    decision = keyed(2, { enforcement: 'Audit' });
    await run();
    expect(requests).toEqual(['GET a', 'GET a', 'GET a', 'GET a']);
    expect(found('a')).toBe('wouldChange');
  });

  it('is sent like any other with as many as it may', async () => {
    add('a', plain, { keys: mostKeys });
    await run();
    expect(requests).toEqual(['PATCH a']);
  });
});

describe('an object is', () => {
  it('refused with place and reason where our webhook denies it, and never sent again', async () => {
    add('a', malformed);
    expect(await run()).toEqual({});
    expect(requests).toEqual(['PATCH a', 'GET a']);
    expect(objects.get('ns', 'a')?.known).toMatchObject({
      outcome: 'refused',
      problems: [{ dataKey: 'core-site.xml', reason: 'Malformed', message: expect.stringMatching(/^line 1, column/) }],
    });
    await run();
    expect(requests.length).toBe(2);
    expect(recorded).toContain('a refused');
  });

  it("failed where somebody else denies it, in that one's words, and waits up to ten times as long for its next try", async () => {
    add('a');
    faults.set('a', async () => ({ kind: 'denied', message: 'quota exceeded' }));
    expect(await run()).toEqual({ a: { kind: 'backOff', maxMs: 600_000 } });
    expect(objects.get('ns', 'a')?.known).toMatchObject({
      outcome: 'failed',
      problems: [{ reason: 'PatchFailed', message: 'quota exceeded' }],
    });
  });

  it('pending where the webhook does not act, and tried again until it does', async () => {
    add('a');
    webhookActs = false;
    for (let i = 0; i < 3; i++) expect(await run()).toEqual({ a: { kind: 'backOff', maxMs: 60_000 } });
    expect(outcome('a')).toBe('pending');
    expect(requests.length).toBe(3);
    expect(recorded).toEqual(['a pending', 'a pending', 'a pending']);
    webhookActs = true;
    expect(await run()).toEqual({});
    expect(outcome('a')).toBe('compliant');
  });

  it('failed where no answer comes', async () => {
    add('poisoned');
    faults.set('poisoned', async () => {
      throw new Error('PATCH failed', { cause: new Error('connect ECONNREFUSED') });
    });
    expect(await run()).toEqual({ poisoned: { kind: 'failed' } });
    expect(objects.get('ns', 'poisoned')?.known?.problems[0]?.message).toContain('ECONNREFUSED');
  });

  it('forgotten where it is gone, or was replaced meanwhile by another of its name', async () => {
    add('gone');
    server.delete('gone');
    const old = add('replaced');
    faults.set('replaced', async () => {
      faults.clear();
      const answer = await readmit('ns', 'replaced');
      objects.change(old, { ...old, uid: 'another', known: undefined });
      return answer;
    });
    await run();
    expect(outcome('gone')).toBeUndefined();
    expect(outcome('replaced')).toBeUndefined();
  });

  it('not assessed by an answer that is older than what the watch has shown', async () => {
    const a = add('a');
    faults.set('a', async () => {
      const object = toObject('a') as StoredObject;
      a.resourceVersion = '99';
      return { kind: 'answered', object };
    });
    await run();
    expect(a.known).toBeUndefined();
    expect(a.resourceVersion).toBe('99');
  });
});

it('nothing is concluded or recorded once it is to stop', async () => {
  add('a');
  faults.set('a', async () => {
    stopping.abort();
    throw new Error('given up');
  });
  expect(await run()).toEqual({});
  expect(outcome('a')).toBeUndefined();
  expect(recorded).toEqual([]);
});

describe('an Event that could not be recorded', () => {
  const recordEvent = async () => false;

  it('is tried again a minute later, without another request for the object', async () => {
    add('a', malformed);
    const later = { a: { kind: 'requeueAfter', ms: 60_000 } };
    expect(await run({ recordEvent })).toEqual(later);
    requests = [];
    expect(await run({ recordEvent })).toEqual(later);
    expect(requests).toEqual([]);
    expect(await run()).toEqual({});
    expect(recorded).toEqual(['a refused']);
  });

  it('is tried again with the object, where that is tried again anyway', async () => {
    add('a');
    webhookActs = false;
    expect(await run({ recordEvent })).toMatchObject({ a: { kind: 'backOff' } });
  });
});
