/**
 * `policy`: the policies that make an assignment binding in AWS, for buckets, keys and roles.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Io, OptionValues } from '../command.ts';
import type { Assignment } from '../core.ts';
import { defineCommand } from '../define.ts';
import { Failure, UsageError } from '../errors.ts';
import { readAssignments } from '../inputs/assignments.ts';
import { liveOptions } from '../shared-options.ts';
import {
  buildPolicies,
  excessBytes,
  keyArnRules,
  mostBytes,
  type Policies,
  type PolicyKind,
  type PolicyOptions,
  partitions,
} from './core.ts';
import { toOutput, toTitle } from './print.ts';

const kinds = ['bucket', 'key', 'workload', 'operator'] as const satisfies readonly PolicyKind[];
const algorithms = ['SSE-KMS', 'DSSE-KMS'] as const;

const options = {
  for: {
    value: 'KIND',
    repeatable: true,
    about: 'only policies of this kind; left out: of every kind',
    choices: kinds,
  },
  bucket: {
    short: 'b',
    value: 'BUCKET',
    repeatable: true,
    about: 'a bucket that workloads write to, beside those that the assignment names',
  },
  'previous-key': {
    value: 'ARN',
    repeatable: true,
    about: 'a key that old objects still have: for their readers, and for renames',
  },
  'previous-algorithm': {
    value: 'ALGORITHM',
    repeatable: true,
    about: 'an algorithm that old objects still have',
    choices: algorithms,
  },
  principal: {
    value: 'ARN',
    repeatable: true,
    about: "the role of a workload, for the key's policy; left out: the key's account",
  },
  'default-key': { value: 'ARN', about: "the ARN of the account's key aws/s3, for an assignment with accountDefault" },
  partition: { value: 'PARTITION', about: 'for an assignment that names no key', choices: partitions, fallback: 'aws' },
  'require-headers': { about: 'buckets deny requests that say nothing about encryption, too' },
  'require-context': { about: "keys are used for writing only with the assignment's encryptionContext" },
  output: {
    short: 'o',
    value: 'FORMAT',
    about: 'how to print it',
    choices: ['text', 'json', 'yaml'],
    fallback: 'text',
  },
  ...liveOptions,
} as const;

type Values = OptionValues<typeof options>;

export const command = defineCommand({
  name: 'policy',
  summary: 'prints the policies of buckets, keys and roles that make an assignment binding in AWS',
  synopsis: [
    'policy FILE [-b BUCKET…] [--for KIND] [-o FORMAT]',
    'policy NAME [-b BUCKET…] [--context NAME] [-o FORMAT]',
  ],
  description: `A bucket's policy denies writes with another encryption than the assigned one, whoever writes. A key's statements and the
workload's policy let a role use the key through S3, and no further. The operator's is for one that
verifies keys (kms.verify); without that it calls no AWS service and needs no policy.

FILE is a manifest with a KmsKeyAssignment, '-' the standard input; NAME is one in the cluster. Nothing in AWS is read or
changed. With one --for, a single policy is printed as AWS takes it, and its notes on the standard error; else each is
printed behind a heading.`,
  options,
  operands: {
    name: 'FILE|NAME',
    about: 'a manifest, or the name of an assignment in the cluster',
    least: 1,
    most: 1,
    completes: 'file',
  },
  exitCodes: {
    0: 'the policies are printed',
    1: 'a policy is larger than AWS takes, or a bucket is left to the workload: nothing is printed',
    2: 'the command line has a mistake, or something could not be read',
  },
  examples: [
    {
      about: 'The policy of one bucket, to be set',
      line: 'sse-kms policy assignment.yaml --for bucket -b ledger > policy.json',
    },
    {
      about: 'All policies after the key was changed',
      line: 'sse-kms policy finance -b ledger --previous-key arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    },
  ],
  async run({ options: values, operands: [operand = ''] }, io) {
    const wanted = toOptions(values);
    const chosen = new Set<PolicyKind>(values.for.length === 0 ? kinds : (values.for as PolicyKind[]));
    const assignment = await readOne(operand, values, io);
    const built = buildPolicies(assignment, wanted, chosen);
    const { policies } = built;
    checkContext(assignment, values);
    check(built, assignment, values);
    const isOneKind = chosen.size === 1;
    io.out(toOutput(policies, values.output, isOneKind));
    if (values.output === 'text' && isOneKind && policies.length === 1) {
      io.err((policies[0]?.notes ?? []).map((note) => `sse-kms policy: ${note}\n`).join(''));
    }
    return 0;
  },
});

/** A file where there is one of that name, or where it can't be a name; else a name. */
async function readOne(operand: string, values: Values, io: Io): Promise<Assignment> {
  const isFile = operand === '-' || /[/\\]|\.(?:ya?ml|json)$/.test(operand) || existsSync(resolve(io.cwd, operand));
  if (!isFile) {
    const { readStored } = await import('./stored.ts');
    return readStored(operand, values, io);
  }
  const { assignments } = await readAssignments([operand], io);
  const [first, ...others] = assignments;
  if (first === undefined || others.length > 0) {
    const names = assignments.map(({ name }) => name).join(', ');
    throw new UsageError(`${operand} holds several assignments (${names}): give a file with one of them`);
  }
  return first;
}

function toOptions(values: Values): PolicyOptions {
  const { bucket, principal, partition } = values;
  const previousKeys = values['previous-key'];
  for (const arn of previousKeys) checkKeyArn('--previous-key', arn);
  const defaultKey = values['default-key'] ?? null;
  if (defaultKey !== null) checkKeyArn('--default-key', defaultKey);
  const wrong = principal.find(
    (arn) => !/^arn:aws(?:-[a-z]+)*:(?:iam|sts)::\d{12}:(?:root|(?:role|user|assumed-role)\/[\w+=,.@/-]+)$/.test(arn),
  );
  if (wrong !== undefined)
    throw new UsageError(`--principal ${wrong} is no ARN of a role, for example arn:aws:iam::111122223333:role/etl`);
  const noBucket = bucket.find((name) => !/^[a-z0-9][-a-z0-9.]+[a-z0-9]$/.test(name));
  if (noBucket !== undefined)
    throw new UsageError(`--bucket ${noBucket} is no bucket's name: no s3a:// before it, no path after it`);
  return {
    buckets: bucket,
    previousKeys,
    previousAlgorithms: values['previous-algorithm'] as PolicyOptions['previousAlgorithms'],
    principals: principal,
    defaultKey,
    partition,
    requireHeaders: values['require-headers'],
    requireContext: values['require-context'],
  };
}

function checkKeyArn(option: string, arn: string): void {
  const broken = keyArnRules.find(({ test }) => test?.(arn) === false);
  if (broken !== undefined) throw new UsageError(`${option} ${arn}: ${broken.message}`);
}

function checkContext({ name, encryptionContext, buckets }: Assignment, values: Values): void {
  const hasContext = [encryptionContext, ...buckets.map((rule) => 'key' in rule && rule.encryptionContext)].some(
    Boolean,
  );
  if (values['require-context'] && !hasContext) {
    throw new UsageError(`--require-context is for an assignment with an encryptionContext, and ${name} has none`);
  }
}

function check({ policies, unmanaged, usesAccountDefault }: Policies, { name }: Assignment, values: Values): void {
  if (unmanaged.length > 0) {
    throw new Failure(
      `${unmanaged.join(', ')} is left to the workload (unmanaged) by ${name}: there is no key to ask for`,
      { exitCode: 1 },
    );
  }
  if (values['default-key'] !== undefined && !usesAccountDefault) {
    throw new UsageError(`--default-key is for an assignment with accountDefault, and ${name} names its key`);
  }
  if (policies.length === 0) {
    const way = values.for.includes('bucket') ? 'name the buckets with --bucket' : "AWS's own key aws/s3 needs none";
    throw new UsageError(`${name} asks for no policy of this kind: ${way}`);
  }
  for (const policy of policies) {
    const excess = excessBytes(policy);
    if (excess <= 0) continue;
    throw new Failure(
      `${toTitle(policy)} has ${excess} bytes more than the ${mostBytes[policy.for]} that AWS takes: split it by naming fewer buckets or keys`,
      { exitCode: 1 },
    );
  }
}
