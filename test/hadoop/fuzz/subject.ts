/**
 * One trial of the fuzzer: a document, what is wanted of it, and how clients come by it. All of it follows from the
 * seed and the number.
 */
import type {
  Algorithm,
  Assignment,
  BucketRule,
  EncryptionContext,
  Key,
} from '../../../src/core/assignment/resolve.ts';
import type { Mode } from '../judge.ts';
import { encode } from './encodings.ts';
import { mutate } from './mutations.ts';
import { bucketNames } from './pieces.ts';
import { planText } from './plan-file.ts';
import { Random } from './random.ts';
import type { Stock } from './stock.ts';

export interface Subject {
  readonly index: number;
  readonly bytes: Uint8Array;
  readonly assignment: Assignment;
  /** `core-site.xml`, or the name of a file that is only cut. */
  readonly dataKey: 'core-site.xml' | 'hdfs-site.xml';
  /** How a client comes by the result, beyond reading it. */
  readonly way: Mode;
  /** A resource loaded after the file, which wants something else. */
  readonly later: string;
}

const ways: readonly Mode[] = ['written', 'writtenBare', 'shipped', 'shippedLate', 'writtenFirst'];

export function buildSubject(seed: number, index: number, stock: Stock): Subject {
  const random = new Random(seed, index);
  const assignment = pickAssignment(random);
  const start = random.chance(0.25) ? planned(stock(random), assignment, random) : stock(random);
  const text = mutate(start, random, () => stock(random));
  return {
    index,
    bytes: encode(text, random),
    assignment,
    dataKey: random.chance(0.85) ? 'core-site.xml' : 'hdfs-site.xml',
    way: random.pick(ways),
    later: pickLaterFile(assignment, random),
  };
}

/** As an earlier assignment left it, or this one. */
function planned(text: string, assignment: Assignment, random: Random): string {
  const earlier = random.chance(0.5)
    ? assignment
    : { ...pickAssignment(random), name: random.pick(['finance', 'old']) };
  const plan = planText(text, { ...earlier, enforcement: 'Enforce' }, 'core-site.xml');
  return plan.kind === 'change' ? plan.result : text;
}

const keys: readonly Key[] = [
  { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' },
  { arn: 'arn:aws:kms:eu-central-1:360379543683:key/mrk-1234abcd12ab34cd56ef1234567890ab' },
  { accountDefault: true },
];

/** Seldom one: most assignments leave it to the workload. */
function pickContext(random: Random): { readonly encryptionContext?: EncryptionContext } {
  if (random.chance(0.8)) return {};
  return {
    encryptionContext: random.pick([{}, { team: 'finance' }, { project: 'ledger', 'aws:s3:arn': 'arn:aws:s3:::x' }]),
  };
}

function pickAssignment(random: Random): Assignment {
  const buckets = bucketNames
    .filter(() => random.chance(0.25))
    .map((name): BucketRule => {
      if (random.chance(0.35)) return { name, unmanaged: true };
      return { name, key: random.pick(keys), ...pickContext(random) };
    });
  return {
    name: 'finance',
    target: { namespaces: ['finance'] },
    algorithm: random.pick<Algorithm>(['SSE-KMS', 'SSE-KMS', 'SSE-KMS', 'DSSE-KMS']),
    key: random.pick(keys),
    ...pickContext(random),
    buckets,
    enforcement: random.chance(0.1) ? 'Strict' : 'Enforce',
  };
}

const names = [
  'encryption.algorithm',
  'server-side-encryption-algorithm',
  'encryption.key',
  'server-side-encryption.key',
];
const dash = 'server-side-encryption-key';

/** Every name that the assignment sets, set to something else in one way or another. */
function pickLaterFile({ encryptionContext, buckets }: Assignment, random: Random): string {
  const context = 'encryption.context';
  const wanted = [...names, dash, ...(encryptionContext ? [context] : [])].map((name) => `fs.s3a.${name}`);
  for (const rule of buckets) {
    if (!('key' in rule)) continue;
    const prefix = `fs.s3a.bucket.${rule.name}.`;
    const both = [...names, ...(rule.encryptionContext ? [context] : [])];
    wanted.push(...both.flatMap((name) => [prefix + name, `${prefix}fs.s3a.${name}`]), prefix + dash);
  }
  const properties = wanted.map((name) => {
    const value = name.endsWith('algorithm') ? 'AES256' : name.endsWith('context') ? 'k=LATER' : 'arn:LATER';
    return random.pick([
      `<property><name>${name}</name><value>${value}</value><final>true</final></property>`,
      `<property name="${name}" value="${value}"/>`,
      `<property><name>${name}</name><value> </value></property>`,
      `<property><name>${name}</name><final>true</final></property>`,
      '',
    ]);
  });
  return `<configuration>${properties.join('\n')}</configuration>`;
}
