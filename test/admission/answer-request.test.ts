import { describe, expect, it, test } from 'vitest';
import { answerRequest, buildResolveFor, toReviewedRequest } from '../../src/admission/answer-request.ts';
import { mutate } from '../../src/admission/mutate.ts';
import type { AdmissionRequest } from '../../src/admission/review.ts';
import { validate } from '../../src/admission/validate.ts';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import { Unavailable } from '../../src/core/unavailable.ts';
import { audited, type ConfigMap, files, finance, knowing, requestOf, reviewOf } from './admission-review.ts';

const strict = { ...finance, name: 'strict', enforcement: 'Strict' } as const;

function answer(resolution: Resolution, decide = mutate, object: ConfigMap = {}, oldObject?: ConfigMap) {
  return answerRequest(
    toReviewedRequest(requestOf(reviewOf(object, oldObject)), files, 'write'),
    async () => resolution,
    decide,
  );
}

describe('a namespace', () => {
  test('is asked for by its name', async () => {
    const asked: string[] = [];
    const resolve = async (namespace: string): Promise<Resolution> => {
      asked.push(namespace);
      return { kind: 'none' };
    };
    await answerRequest(
      toReviewedRequest(requestOf(reviewOf({}, undefined, { namespace: 'finance-batch' })), files, 'write'),
      resolve,
      mutate,
    );
    expect(asked).toEqual(['finance-batch']);
  });

  test('is not asked for when the request is exempt', async () => {
    const request = requestOf(reviewOf({ data: { other: 'x' } }));
    const unreachable = () => Promise.reject(new Error('asked'));
    expect(await answerRequest(toReviewedRequest(request, files, 'write'), unreachable, mutate)).toMatchObject({
      allowed: true,
      auditAnnotations: { outcome: 'noConfigFile' },
    });
  });

  test('that can not be resolved yields no answer at all', async () => {
    const failing = () => Promise.reject(new Error('no API server'));
    await expect(
      answerRequest(toReviewedRequest(requestOf(reviewOf()), files, 'write'), failing, mutate),
    ).rejects.toThrow('no API server');
  });
});

describe.each([
  ['mutate', mutate],
  ['validate', validate],
])('%s', (_name, decide) => {
  test('leaves an unassigned namespace alone, malformed files included', async () => {
    const expected = { allowed: true, auditAnnotations: { outcome: 'unassigned' } };
    expect(await answer({ kind: 'none' }, decide)).toEqual(expected);
    expect(await answer({ kind: 'none' }, decide, { data: { 'core-site.xml': '<' } })).toEqual(expected);
  });

  test('leaves an immutable ConfigMap alone that another assignment once changed', async () => {
    const object = { immutable: true, data: { 'core-site.xml': '<configuration/>' } };
    expect(await answer({ kind: 'assigned', assignment: finance }, decide, object, object)).toEqual({
      allowed: true,
      auditAnnotations: { outcome: 'immutable' },
    });
  });

  test('denies a configObject in a namespace with a conflict, naming every assignment', async () => {
    const conflict = { kind: 'conflict', assignments: [audited, finance, strict] } as const;
    const { allowed, status, auditAnnotations } = await answer(conflict, decide);
    expect({ allowed, code: status?.code, reason: status?.reason }).toEqual({
      allowed: false,
      code: 403,
      reason: 'Conflicted',
    });
    expect(auditAnnotations).toEqual({
      outcome: 'conflict',
      assignment: 'audited,finance,strict',
      enforcement: 'Audit,Enforce,Strict',
      reasons: 'Conflicted',
    });
    for (const name of ['audited', 'finance', 'strict']) expect(status?.message).toContain(name);
  });

  test('denies a configObject in conflict even where its file complies with one of them', async () => {
    const compliant = (await patchedFile()) ?? '';
    const conflict = { kind: 'conflict', assignments: [finance, strict] } as const;
    expect(await answer(conflict, decide, { data: { 'core-site.xml': compliant } })).toMatchObject({ allowed: false });
  });

  test('only warns of a conflict where every assignment is in Audit', async () => {
    const other = { ...audited, name: 'other-audit' };
    const { allowed, warnings, auditAnnotations } = await answer(
      { kind: 'conflict', assignments: [audited, other] },
      decide,
    );
    expect(allowed).toBe(true);
    expect(auditAnnotations).toMatchObject({ reasons: 'Conflicted', enforcement: 'Audit' });
    expect(warnings?.join()).toContain('audited, other-audit');
  });

  test('allows any other ConfigMap in a namespace with a conflict', async () => {
    const conflict = { kind: 'conflict', assignments: [finance, strict] } as const;
    expect(await answer(conflict, decide, { data: { other: 'x' } })).toMatchObject({ allowed: true });
  });
});

async function patchedFile(): Promise<string | undefined> {
  const { patch = '' } = await answer({ kind: 'assigned', assignment: finance });
  return JSON.parse(Buffer.from(patch, 'base64').toString())[0].value;
}

test('what mutate patches, validate allows, and mutate finds unchanged', async () => {
  const assigned = { kind: 'assigned', assignment: finance } as const;
  const data = { 'core-site.xml': await patchedFile() };
  expect(await answer(assigned, validate, { data })).toMatchObject({ auditAnnotations: { outcome: 'unchanged' } });
  expect(await answer(assigned, mutate, { data })).toEqual({
    allowed: true,
    auditAnnotations: { outcome: 'unchanged', assignment: 'finance', enforcement: 'Enforce' },
  });
});

test('what was never patched, validate denies', async () => {
  const assigned = { kind: 'assigned', assignment: finance } as const;
  expect(await answer(assigned, validate)).toMatchObject({ allowed: false, status: { reason: 'NotInjected' } });
});

describe('what holds for it is read live where an object', () => {
  const now: Resolution = { kind: 'assigned', assignment: finance };
  const resolver = { ...knowing(async (): Promise<Resolution> => ({ kind: 'none' })), resolveNow: async () => now };
  async function judged(object: ConfigMap, oldObject?: ConfigMap) {
    const request = requestOf(reviewOf(object, oldObject));
    return (await answerRequest(toReviewedRequest(request, files, 'write'), buildResolveFor(resolver)(request), mutate))
      .auditAnnotations.outcome;
  }
  const data = { 'core-site.xml': '<configuration/>' };

  test('is created immutable, or becomes that', async () => {
    expect(await judged({ data, immutable: true })).toBe('change');
    expect(await judged({ data, immutable: true }, { data })).toBe('change');
  });

  test('or, where that fails twice, known from before', async () => {
    const resolveNow = () => Promise.reject(new Unavailable('away'));
    const resolveFor = buildResolveFor({ ...resolver, resolveNow });
    const request = requestOf(reviewOf({ data, immutable: true }));
    await expect(
      answerRequest(toReviewedRequest(request, files, 'write'), resolveFor(request), mutate),
    ).rejects.toThrow(Unavailable);
    expect(
      (await answerRequest(toReviewedRequest(request, files, 'write'), resolveFor(request), mutate)).auditAnnotations
        .outcome,
    ).toBe('unassigned');
  });

  test('and not where it can still be repaired', async () => {
    expect(await judged({ data })).toBe('unassigned');
    expect(await judged({ data }, { data: {} })).toBe('unassigned');
  });
});

describe('the values of an object', () => {
  /** An object that counts how often its values are read. */
  function counting() {
    let reads = 0;
    const value = '<configuration><property><name>fs.defaultFS</name><value>s3a://b</value></property></configuration>';
    const get = () => {
      reads += 1;
      return value;
    };
    const data = Object.defineProperty({}, 'hdfs-site.xml', { enumerable: true, get });
    return { content: { kind: 'ConfigMap' as const, data }, reads: () => reads };
  }

  it('are read once to find the config files, and else only to weigh them', async () => {
    const [object, oldObject] = [counting(), counting()];
    const request = {
      ...requestOf(reviewOf({ data: {} }, { data: {} })),
      object: object.content,
      oldObject: oldObject.content,
    };
    const resolution = { kind: 'assigned', assignment: finance } as const;
    await answerRequest(toReviewedRequest(request as AdmissionRequest, files, 'write'), async () => resolution, mutate);
    expect([object.reads(), oldObject.reads()]).toEqual([2, 1]);
  });
});
