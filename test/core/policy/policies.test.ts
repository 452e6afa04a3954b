/**
 * The policies: what they let pass and what they deny, in every partition, and that AWS would take them.
 */
import { describe, expect, it } from 'vitest';
import { partitions } from '../../../src/core/arn.ts';
import type { Assignment, Key } from '../../../src/core/assignment/resolve.ts';
import type { Policy, PolicyKind } from '../../../src/core/policy/document.ts';
import type { PolicyOptions } from '../../../src/core/policy/plan.ts';
import { buildPolicies, excessBytes } from '../../../src/core/policy/policies.ts';
import { evaluate, isDenied } from '../../aws/evaluate.ts';
import { findFaults } from '../../aws/grammar.ts';

const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
const arn = `arn:aws:kms:us-west-2:111122223333:key/${id}`;
const previous = `arn:aws:kms:us-west-2:111122223333:key/0000abcd-12ab-34cd-56ef-1234567890ab`;
const elsewhere = `arn:aws:kms:eu-central-1:444455556666:key/${id}`;
const none: PolicyOptions = {
  buckets: [],
  previousKeys: [],
  previousAlgorithms: [],
  principals: [],
  defaultKey: null,
  partition: 'aws',
  requireHeaders: false,
  requireContext: false,
};
const finance: Assignment = {
  name: 'finance',
  target: { namespaces: ['finance'] },
  algorithm: 'SSE-KMS',
  key: { arn },
  buckets: [
    { name: 'archive', key: { arn: elsewhere } },
    { name: 'partner-drop', unmanaged: true },
  ],
  enforcement: 'Enforce',
};
const kinds = new Set<PolicyKind>(['bucket', 'key', 'workload', 'operator']);

function build(options: Partial<PolicyOptions> = {}, assignment: Partial<Assignment> = {}): readonly Policy[] {
  return buildPolicies({ ...finance, ...assignment }, { ...none, ...options }, kinds).policies;
}

function one(kind: PolicyKind, of: string | null, ...args: Parameters<typeof build>): Policy {
  const found = build(...args).find((policy) => policy.for === kind && policy.of === of);
  if (found === undefined) throw new Error(`no ${kind} policy of ${of}`);
  return found;
}

/** A PUT with these headers. */
function put(bucket: string, algorithm?: string, key?: string, more: Readonly<Record<string, string>> = {}) {
  const context = {
    ...(algorithm !== undefined && { 's3:x-amz-server-side-encryption': algorithm }),
    ...(key !== undefined && { 's3:x-amz-server-side-encryption-aws-kms-key-id': key }),
    ...more,
  };
  return { action: 's3:PutObject', resource: `arn:aws:s3:::${bucket}/folder/object`, context };
}

describe('the policy of a bucket', () => {
  const ledger = one('bucket', 'ledger', { buckets: ['ledger'] }).document;

  it.each([
    ['the assigned key', put('ledger', 'aws:kms', arn), false],
    ['another key', put('ledger', 'aws:kms', elsewhere), true],
    ['a previous key that is not named', put('ledger', 'aws:kms', previous), true],
    ["no key, so the account's default", put('ledger', 'aws:kms'), true],
    ['SSE-S3', put('ledger', 'AES256'), true],
    ['DSSE-KMS', put('ledger', 'aws:kms:dsse', arn), true],
    [
      'a key of its own',
      put('ledger', undefined, undefined, { 's3:x-amz-server-side-encryption-customer-algorithm': 'AES256' }),
      true,
    ],
    ['nothing, which the default encryption covers', put('ledger'), false],
    ['another bucket', put('other', 'AES256'), false],
  ])('with %s', (_, request, denied) => {
    expect(isDenied(ledger, request)).toBe(denied);
  });

  it('says of a bucket with a key of its own what that key asks for', () => {
    const archive = one('bucket', 'archive', { buckets: ['archive'] }).document;
    expect(isDenied(archive, put('archive', 'aws:kms', elsewhere))).toBe(false);
    expect(isDenied(archive, put('archive', 'aws:kms', arn))).toBe(true);
  });

  it('lets previous keys pass, for renames of old objects, where the bucket can have them', () => {
    const both = build({ buckets: ['ledger', 'archive'], previousKeys: [previous] });
    const [first, second] = both.filter((policy) => policy.for === 'bucket').map(({ document }) => document);
    expect(first && isDenied(first, put('ledger', 'aws:kms', previous))).toBe(false);
    expect(second && isDenied(second, put('archive', 'aws:kms', previous))).toBe(true);
  });

  it('lets the previous algorithm pass', () => {
    const { document } = one(
      'bucket',
      'ledger',
      { buckets: ['ledger'], previousAlgorithms: ['SSE-KMS'] },
      { algorithm: 'DSSE-KMS' },
    );
    expect(isDenied(document, put('ledger', 'aws:kms', arn))).toBe(false);
    expect(isDenied(document, put('ledger', 'aws:kms:dsse', arn))).toBe(false);
  });

  it('denies requests without the headers where that is asked for', () => {
    const { document } = one('bucket', 'ledger', { buckets: ['ledger'], requireHeaders: true });
    expect(isDenied(document, put('ledger'))).toBe(true);
    expect(isDenied(document, put('ledger', 'aws:kms'))).toBe(true);
    expect(isDenied(document, put('ledger', 'aws:kms', arn))).toBe(false);
  });

  it("knows of the account's default key only what it is told", () => {
    const key: Key = { accountDefault: true };
    const unknown = one('bucket', 'ledger', { buckets: ['ledger'] }, { key, buckets: [] }).document;
    expect(isDenied(unknown, put('ledger', 'aws:kms'))).toBe(false);
    expect(isDenied(unknown, put('ledger', 'aws:kms', arn))).toBe(false);
    expect(isDenied(unknown, put('ledger', 'AES256'))).toBe(true);
    const known = one('bucket', 'ledger', { buckets: ['ledger'], defaultKey: arn }, { key, buckets: [] }).document;
    expect(isDenied(known, put('ledger', 'aws:kms'))).toBe(false);
    expect(isDenied(known, put('ledger', 'aws:kms', arn))).toBe(false);
    expect(isDenied(known, put('ledger', 'aws:kms', elsewhere))).toBe(true);
  });

  it('is not made for a bucket that is left to the workload', () => {
    expect(
      build()
        .filter((policy) => policy.for === 'bucket')
        .map(({ of }) => of),
    ).toEqual(['archive']);
    expect(buildPolicies(finance, { ...none, buckets: ['partner-drop'] }, kinds)).toMatchObject({
      unmanaged: ['partner-drop'],
    });
  });
});

/** S3 asks KMS in the name of whoever writes. */
function kms(
  action: string,
  key: string,
  service: string,
  context: string,
  more: Readonly<Record<string, string>> = {},
) {
  return {
    action,
    resource: key,
    context: { 'kms:ViaService': service, 'kms:EncryptionContext:aws:s3:arn': context, ...more },
  };
}

describe("the workload's role", () => {
  const { document } = one('workload', null, { buckets: ['ledger'], previousKeys: [previous] });
  const s3 = 's3.us-west-2.amazonaws.com';

  it.each([
    ['writes with the key', kms('kms:GenerateDataKey', arn, s3, 'arn:aws:s3:::ledger/a'), 'allowed'],
    ['writes with an S3 Bucket Key', kms('kms:GenerateDataKey', arn, s3, 'arn:aws:s3:::ledger'), 'allowed'],
    ['reads', kms('kms:Decrypt', arn, s3, 'arn:aws:s3:::ledger/a'), 'allowed'],
    [
      'reads and renames what has the previous key',
      kms('kms:GenerateDataKey', previous, s3, 'arn:aws:s3:::ledger/a'),
      'allowed',
    ],
    [
      'writes to the bucket with a key of its own',
      kms('kms:GenerateDataKey', elsewhere, 's3.eu-central-1.amazonaws.com', 'arn:aws:s3:::archive/a'),
      'allowed',
    ],
    [
      'does not use that key for another bucket',
      kms('kms:GenerateDataKey', elsewhere, 's3.eu-central-1.amazonaws.com', 'arn:aws:s3:::ledger/a'),
      'implicitly denied',
    ],
    [
      'does not use the key past S3',
      kms('kms:Decrypt', arn, 'ec2.us-west-2.amazonaws.com', 'arn:aws:s3:::ledger/a'),
      'implicitly denied',
    ],
    ['does not encrypt by itself', kms('kms:Encrypt', arn, s3, 'arn:aws:s3:::ledger/a'), 'implicitly denied'],
    ['lists the bucket', { action: 's3:ListBucket', resource: 'arn:aws:s3:::ledger', context: {} }, 'allowed'],
    ['deletes objects', { action: 's3:DeleteObject', resource: 'arn:aws:s3:::ledger/a', context: {} }, 'allowed'],
    [
      "does not change the bucket's policy",
      { action: 's3:PutBucketPolicy', resource: 'arn:aws:s3:::ledger', context: {} },
      'implicitly denied',
    ],
    [
      'has nothing of a bucket that is left to it',
      { action: 's3:PutObject', resource: 'arn:aws:s3:::partner-drop/a', context: {} },
      'implicitly denied',
    ],
  ] as const)('%s', (_, request, decision) => {
    expect(evaluate(document, request)).toBe(decision);
  });

  it('writes only with the encryption context where that is required, and reads without', () => {
    const required = one(
      'workload',
      null,
      { buckets: ['ledger'], requireContext: true },
      { encryptionContext: { team: 'finance' } },
    ).document;
    const write = (more: Readonly<Record<string, string>>) =>
      evaluate(required, kms('kms:GenerateDataKey', arn, s3, 'arn:aws:s3:::ledger/a', more));
    expect(write({})).toBe('implicitly denied');
    expect(write({ 'kms:EncryptionContext:team': 'finance' })).toBe('allowed');
    expect(evaluate(required, kms('kms:Decrypt', arn, s3, 'arn:aws:s3:::ledger/a'))).toBe('allowed');
  });
});

describe('a key', () => {
  it('lets the named roles use it through S3', () => {
    const principals = ['arn:aws:iam::111122223333:role/etl'];
    const { document } = one('key', arn, { buckets: ['ledger'], principals });
    expect(document.Statement.map(({ Principal }) => Principal)).toEqual([{ AWS: principals[0] }]);
    expect(evaluate(document, kms('kms:Decrypt', arn, 's3.us-west-2.amazonaws.com', 'arn:aws:s3:::ledger/a'))).toBe(
      'allowed',
    );
  });

  it('lets its own account decide where no role is named, each key its own', () => {
    const [first, second] = build().filter((policy) => policy.for === 'key');
    expect(first?.document.Statement[0]?.Principal).toEqual({ AWS: 'arn:aws:iam::111122223333:root' });
    expect(second?.document.Statement[0]?.Principal).toEqual({ AWS: 'arn:aws:iam::444455556666:root' });
  });
});

describe('the operator', () => {
  it('describes the keys, and nothing else', () => {
    const { document } = one('operator', null, { previousKeys: [previous] });
    expect(document.Statement).toEqual([
      { Sid: 'DescribeKeys', Effect: 'Allow', Action: 'kms:DescribeKey', Resource: [arn, elsewhere] },
    ]);
  });

  it("finds the account's default key by its alias", () => {
    const { document } = one('operator', null, {}, { key: { accountDefault: true }, buckets: [] });
    expect(document.Statement).toMatchObject([{ Condition: { StringEquals: { 'kms:RequestAlias': 'alias/aws/s3' } } }]);
  });
});

const regions: Readonly<Record<string, readonly [region: string, service: string]>> = {
  aws: ['us-west-2', 's3.us-west-2.amazonaws.com'],
  'aws-cn': ['cn-north-1', 's3.cn-north-1.amazonaws.com.cn'],
  'aws-us-gov': ['us-gov-west-1', 's3.us-gov-west-1.amazonaws.com'],
  'aws-iso': ['us-iso-east-1', 's3.us-iso-east-1.c2s.ic.gov'],
  'aws-iso-b': ['us-isob-east-1', 's3.us-isob-east-1.sc2s.sgov.gov'],
  'aws-iso-e': ['eu-isoe-west-1', 's3.eu-isoe-west-1.cloud.adc-e.uk'],
  'aws-iso-f': ['us-isof-south-1', 's3.us-isof-south-1.csp.hci.ic.gov'],
  'aws-eusc': ['eusc-de-east-1', 's3.eusc-de-east-1.amazonaws.eu'],
};

describe.each(partitions)('in the partition %s', (partition) => {
  const [region, service] = regions[partition] ?? [];
  const key = `arn:${partition}:kms:${region}:111122223333:key/${id}`;
  const variants = [
    {},
    { requireHeaders: true, requireContext: true },
    {
      previousKeys: [key.replace('1234abcd', '0000abcd')],
      principals: [`arn:${partition}:iam::111122223333:role/etl`],
    },
  ];
  const all = variants.flatMap((options) =>
    [{ arn: key }, { accountDefault: true as const }].flatMap((wanted) =>
      build(
        { ...options, buckets: ['ledger', 'logs.example.com'], partition },
        { key: wanted, buckets: [{ name: 'partner-drop', unmanaged: true }], encryptionContext: { team: 'a' } },
      ),
    ),
  );

  it('every policy is one by the grammar, and of a size that AWS takes', () => {
    expect(all.length).toBeGreaterThan(20);
    for (const policy of all) {
      const kind = policy.for === 'bucket' || policy.for === 'key' ? 'resource' : 'identity';
      expect(findFaults(JSON.stringify(policy.document), kind)).toEqual([]);
      expect(excessBytes(policy)).toBeLessThanOrEqual(0);
    }
  });

  it('every ARN is of it, and S3 is called as it is called there', () => {
    const text = JSON.stringify(all);
    expect(new Set([...text.matchAll(/arn:(aws[a-z-]*):/g)].map(([, found]) => found))).toEqual(new Set([partition]));
    expect(text).toContain(`"kms:ViaService":"${service}"`);
  });
});

it('a policy that is too large for AWS is known as such', () => {
  const buckets = Array.from({ length: 80 }, (_, index) => `bucket-with-a-rather-long-name-${index}`);
  expect(excessBytes(one('workload', null, { buckets }))).toBeGreaterThan(0);
});
