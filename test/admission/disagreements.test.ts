/**
 * What the validating webhook answers where the object isn't as this replica wants it: another one may know of an assignment
 * sooner or later than this one.
 */
import { describe, expect, test } from 'vitest';
import { buildFinalAnswer } from '../../src/admission/disagreements.ts';
import type { Assignment, Resolution } from '../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { Unavailable } from '../../src/core/unavailable.ts';
import { files, finance, plain, requestOf, reviewOf } from './admission-review.ts';

const arn = (last: number) => `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`;
const keyed = (last: number): Assignment => ({ ...finance, key: { arn: arn(last) } });
const has = (last: number): Resolution => ({ kind: 'assigned', assignment: keyed(last) });
const none: Resolution = { kind: 'none' };

/** As another replica makes it, which knows of this key. */
function made(last: number): string {
  const plan = planConfigObject({ data: { 'core-site.xml': plain } }, keyed(last), files);
  return plan.kind === 'change' ? (plan.patch[0]?.value ?? '') : plain;
}

interface Times {
  readonly here: Resolution;
  readonly now?: Resolution;
  readonly earlier?: readonly Resolution[];
}

function build({ here, now = here, earlier = [] }: Times) {
  return buildFinalAnswer(files, { resolve: async () => here, resolveNow: async () => now, earlier: () => earlier });
}

const review = (text: string, immutable = false, uid = 'one') =>
  requestOf(reviewOf({ data: { 'core-site.xml': text }, ...(immutable && { immutable }) }, undefined, { uid }));

describe('a file that another replica has edited is allowed', () => {
  test('where that one knew of a newer key, which is read live', async () => {
    expect(await build({ here: has(1), now: has(2) })(review(made(2)))).toMatchObject({ allowed: true });
  });

  test('where that one knew of the key of a moment ago only, also if the file is immutable', async () => {
    const final = build({ here: has(2), earlier: [has(1)] });
    expect(await final(review(made(1)))).toMatchObject({ allowed: true });
    expect(await final(review(made(1), true))).toMatchObject({ allowed: true });
  });

  test('where that one knew of no assignment yet, unless the file is immutable', async () => {
    const final = build({ here: has(1), earlier: [none] });
    expect(await final(review(plain))).toMatchObject({ allowed: true });
    await expect(final(review(plain, true))).rejects.toThrow(Unavailable);
    expect(await final(review(plain, true))).toMatchObject({ allowed: false });
  });
});

describe('a file that nothing explains', () => {
  test('is asked for once more, and then denied, each request for itself', async () => {
    const final = build({ here: has(2) });
    for (const uid of ['one', 'two']) {
      await expect(final(review(made(1), false, uid))).rejects.toThrow(Unavailable);
      expect(await final(review(made(1), false, uid))).toMatchObject({
        allowed: false,
        auditAnnotations: { outcome: 'change', reasons: 'NotInjected' },
      });
    }
  });

  test('is denied at once where it is refused, whatever held a moment ago', async () => {
    expect(await build({ here: has(1), earlier: [none] })(review('<configuration>'))).toMatchObject({
      allowed: false,
      auditAnnotations: { outcome: 'refused' },
    });
  });
});
