import { describe, expect, test } from 'vitest';
import { parseReview, type Review } from '../../src/admission/review.ts';
import { configMap, requestOf, reviewOf } from './admission-review.ts';

function problemOf(body: unknown): Extract<Review, { kind: 'invalid' }> {
  const review = parseReview(body);
  if (review.kind !== 'invalid') throw new Error('the review was taken for valid');
  return review;
}

describe('a review', () => {
  test('of a CREATE gives the object, the namespace and the name', () => {
    const request = requestOf(reviewOf());
    expect(request).toMatchObject({ operation: 'CREATE', namespace: 'finance', name: 'hadoop', dryRun: false });
    expect(request.object.data).toEqual(configMap().data);
  });

  test('of an UPDATE gives the old object too', () => {
    const request = requestOf(reviewOf({ data: { a: '2' } }, { data: { a: '1' }, immutable: true }));
    expect(request).toMatchObject({ operation: 'UPDATE', oldObject: { data: { a: '1' }, immutable: true } });
  });

  test.each([undefined, ''])('has an empty name where generateName makes it later (%j)', (name) => {
    expect(requestOf(reviewOf({ metadata: { generateName: 'hadoop-' } }, undefined, { name })).name).toBe('');
  });

  test('has names as long as Kubernetes allows them, and longer ones, which it refuses itself', () => {
    const names = { uid: 'u'.repeat(128), namespace: 'n'.repeat(63), name: 'x'.repeat(4096) };
    expect(requestOf(reviewOf({}, undefined, names))).toMatchObject(names);
  });

  test('says whether it is a dry run', () => {
    expect(requestOf(reviewOf({}, undefined, { dryRun: true })).dryRun).toBe(true);
    expect(requestOf(reviewOf({}, undefined, { dryRun: undefined })).dryRun).toBe(false);
  });

  test('may have a ConfigMap without data', () => {
    const { object } = requestOf(reviewOf({ metadata: {} }));
    expect([object.data, object.binaryData]).toEqual([undefined, undefined]);
    const nulls = requestOf(reviewOf({ data: null, binaryData: null })).object;
    expect([nulls.data, nulls.binaryData]).toEqual([undefined, undefined]);
  });

  test('keeps __proto__ and constructor as data keys like any other', () => {
    const body = JSON.stringify(reviewOf({ data: { PROTO: 'p', constructor: 'c', 'core-site.xml': 'x' } }));
    const { object } = requestOf(JSON.parse(body.replace('PROTO', '__proto__')));
    expect(Object.entries(object.data ?? {})).toEqual([
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['core-site.xml', 'x'],
    ]);
  });

  test('takes no data from a __proto__ that is an object', () => {
    const body = JSON.stringify(reviewOf({ PROTO: { data: { 'core-site.xml': 'x' } } } as object));
    expect(requestOf(JSON.parse(body.replace('PROTO', '__proto__'))).object.data).toBeUndefined();
  });
});

describe('a body that is no review that can be answered', () => {
  test.each([
    ['nothing', undefined, 'the body'],
    ['null', null, 'the body'],
    ['a string', 'hello', 'the body'],
    ['a list', [], 'the body'],
    ['an empty object', {}, 'apiVersion'],
    ['a ConfigMap', configMap(), 'kind'],
    ['an AdmissionReview of v1beta1', { ...reviewOf(), apiVersion: 'admission.k8s.io/v1beta1' }, 'apiVersion'],
    ['an AdmissionReview of v2', { ...reviewOf(), apiVersion: 'admission.k8s.io/v2' }, 'apiVersion'],
    ['a review of another kind', { ...reviewOf(), kind: 'TokenReview' }, 'kind'],
    ['a review without a request', { ...reviewOf(), request: undefined }, 'request'],
    ['a review that holds only a response', { ...reviewOf(), request: null, response: { allowed: true } }, 'request'],
    ['a request without a uid', reviewOf({}, undefined, { uid: undefined }), 'request.uid'],
    ['a request with an empty uid', reviewOf({}, undefined, { uid: '' }), 'request.uid'],
    ['a request without a namespace', reviewOf({}, undefined, { namespace: '' }), 'request.namespace'],
    ['a uid of 129 characters', reviewOf({}, undefined, { uid: 'u'.repeat(129) }), 'request.uid'],
    ['a namespace of 64 characters', reviewOf({}, undefined, { namespace: 'n'.repeat(64) }), 'request.namespace'],
    ['a name of 4,097 characters', reviewOf({}, undefined, { name: 'n'.repeat(4097) }), 'request.name'],
    ['a DELETE', reviewOf({}, undefined, { operation: 'DELETE', object: null }), 'request.operation'],
    ['a CONNECT', reviewOf({}, undefined, { operation: 'CONNECT' }), 'request.operation'],
    ['an UPDATE without the old object', reviewOf({}, undefined, { operation: 'UPDATE' }), 'request.oldObject'],
    ['a CREATE without an object', reviewOf({}, undefined, { object: null }), 'request.object'],
    [
      'a Pod',
      reviewOf({}, undefined, { resource: { group: '', version: 'v1', resource: 'pods' } }),
      'request.resource.resource',
    ],
    [
      'a configmaps resource of another group',
      reviewOf({}, undefined, { resource: { group: 'example.com', version: 'v1', resource: 'configmaps' } }),
      'request.resource.group',
    ],
    [
      'a configmaps resource of another version',
      reviewOf({}, undefined, { resource: { group: '', version: 'v2', resource: 'configmaps' } }),
      'request.resource.version',
    ],
    ['a subresource', reviewOf({}, undefined, { subResource: 'status' }), 'request.subResource'],
    ['data that is a list', reviewOf({ data: ['x'] }), 'request.object.data'],
    ['data that is a string', reviewOf({ data: 'x' }), 'request.object.data'],
    ['a value that is no string', reviewOf({ data: { 'core-site.xml': 1 } }), 'request.object.data'],
    ['immutable that is no boolean', reviewOf({ immutable: 'yes' } as object), 'request.object.immutable'],
  ])('is named by the field that is wrong: %s', (_name, body, field) => {
    const { message } = problemOf(body);
    expect(message).toContain(`${field}: `);
    expect(message).toContain('admission.k8s.io/v1');
  });

  test('is known by its uid where it has one', () => {
    expect(problemOf(reviewOf({ data: 'x' })).uid).toBe(reviewOf().request.uid);
    expect(problemOf(reviewOf({}, undefined, { uid: 'u'.repeat(129) })).uid).toBeUndefined();
    expect(problemOf({}).uid).toBeUndefined();
    expect(problemOf(null).uid).toBeUndefined();
  });

  test('is not quoted', () => {
    const secret = 'AKIAIOSFODNN7EXAMPLE';
    for (const body of [
      reviewOf({ data: [secret] }),
      reviewOf({ data: { 'core-site.xml': { [secret]: secret } } }),
      reviewOf({}, undefined, { operation: secret }),
      { ...reviewOf(), apiVersion: secret },
    ]) {
      expect(problemOf(body).message).not.toContain(secret);
    }
  });
});
