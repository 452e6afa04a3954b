/**
 * From what is known of keys to the condition KeyUsable.
 */
import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src/api/assignment-status.ts';
import { toStatus } from '../../src/controller/derive-status.ts';
import { type KeyFinding, toKeyUsable } from '../../src/controller/key-condition.ts';
import type { StatusFacts } from '../../src/controller/status-facts.ts';
import type { KeyReason } from '../../src/core/kms/judge-key.ts';
import type { CurrentJudgement } from '../../src/core/kms/key-knowledge.ts';

const arn = (last: number) => `arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca0${last}`;
const statusOf = (reason: KeyReason): CurrentJudgement['status'] =>
  reason === 'Usable' ? 'True' : /^(AccessDenied|Unreachable|RegionUnknown)$/.test(reason) ? 'Unknown' : 'False';

function finding(
  last: number,
  reason: KeyReason,
  rest: Partial<CurrentJudgement> = {},
  ...buckets: string[]
): KeyFinding {
  return { key: arn(last), buckets, judgement: { status: statusOf(reason), reason, ...rest } };
}

describe('KeyUsable', () => {
  it('is True where every key is usable', () => {
    expect(toKeyUsable([finding(1, 'Usable')])).toEqual({
      type: 'KeyUsable',
      status: 'True',
      reason: 'Usable',
      message: 'S3 can encrypt with the key, KMS says',
    });
    expect(toKeyUsable([finding(1, 'Usable'), finding(2, 'Usable')])?.message).toContain('all 2 keys');
  });

  it('has the gravest reason, and names every key that is not usable with a bucket', () => {
    const found = [
      finding(1, 'Unreachable', { lastAnswerAt: Date.UTC(2026, 6, 1, 12) }),
      finding(2, 'Usable'),
      finding(3, 'PendingDeletion', { deletionDate: new Date('2026-12-24T10:00:00.5Z') }, 'ledger', 'archive'),
      finding(4, 'Disabled', {}, 'logs'),
    ];
    expect(toKeyUsable(found)).toEqual({
      type: 'KeyUsable',
      status: 'False',
      reason: 'PendingDeletion',
      message: [
        `${arn(3)} (bucket ledger and 1 more): it is scheduled for deletion on 2026-12-24T10:00:00Z; aws kms cancel-key-deletion keeps it`,
        `${arn(4)} (bucket logs): it is disabled: S3 can neither encrypt nor decrypt with it`,
        `${arn(1)}: KMS gives no usable answer: see the log; KMS last answered at 2026-07-01T12:00:00Z`,
      ].join('; '),
    });
  });

  it('names the first of many', () => {
    const found = Array.from({ length: 9 }, (_, last) => finding(last, 'NotFound'));
    expect(toKeyUsable(found)?.message).toMatch(/; and 4 more$/);
    expect(toKeyUsable(found)?.message.match(/arn:/g)).toHaveLength(5);
  });

  it("calls the account's default key by its name", () => {
    const judgement = { status: 'Unknown', reason: 'RegionUnknown' } as const;
    expect(toKeyUsable([{ key: 'alias/aws/s3', buckets: [], judgement }])?.message).toMatch(
      /^the account's default key/,
    );
  });
});

describe('in a status', () => {
  const noon = new Date('2026-07-01T12:00:00Z');
  const earlier: Condition = {
    ...{ type: 'KeyUsable', status: 'False', reason: 'Disabled', message: 'as it was' },
    ...{ observedGeneration: 3, lastTransitionTime: '2026-06-01T00:00:00Z' },
  };

  function status(keys: StatusFacts['keys'], conditions: readonly Condition[] = [earlier]) {
    const spec = { kind: 'invalid', problems: ['of another time'], assignment: undefined } as const;
    const stored = { name: 'a', uid: '1', resourceVersion: '10', generation: 4, specDigest: '', spec };
    const none = { namespaces: [], excluded: [], missing: [], contention: () => undefined };
    const facts = { stored: { ...stored, conditions, statusDigest: '' }, scopeKnown: true, validated: true };
    return toStatus({ ...facts, ...none, keys }, noon).conditions?.find(({ type }) => type === 'KeyUsable');
  }

  it('it is left out where KMS is not asked, and one of before goes', () => {
    expect(status(undefined)).toBeUndefined();
  });

  it('it stays as it was, and of the generation that it speaks of, until KMS was asked', () => {
    expect(status('unknown')).toEqual(earlier);
    expect(status('unknown', [])).toBeUndefined();
  });

  it('it has the time at which its status changed', () => {
    expect(status([finding(1, 'PendingDeletion')])).toMatchObject({
      ...{ reason: 'PendingDeletion', observedGeneration: 4, lastTransitionTime: '2026-06-01T00:00:00Z' },
    });
    expect(status([finding(1, 'Usable')])?.lastTransitionTime).toBe('2026-07-01T12:00:00Z');
  });
});
