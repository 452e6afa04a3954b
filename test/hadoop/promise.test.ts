import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { describeWith } from '../run/needs.ts';
import { promises, type Trial } from './bench.ts';
import { loadSubjects, openScratch, type Scratch } from './documents.ts';
import { hadoopVersions } from './jars.ts';
import { type Judge, startJudge } from './judge.ts';
import { tryPromises } from './promise.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const another = 'arn:aws:kms:eu-central-1:360379543683:key/0d2f3b1c-1111-4ba0-9230-95af6d01ca02';

const common = { target: { namespaces: ['any'] }, algorithm: 'SSE-KMS', enforcement: 'Enforce' } as const;
const assignments: readonly Assignment[] = [
  { ...common, name: 'one-key', key: { arn }, buckets: [] },
  { ...common, name: 'account-default', key: { accountDefault: true }, buckets: [{ name: 'b1', key: { arn } }] },
  {
    ...common,
    name: 'buckets',
    key: { arn },
    buckets: [
      { name: 'b1', key: { arn: another } },
      { name: 'b2', unmanaged: true },
      { name: 'my.bucket', key: { accountDefault: true } },
    ],
  },
  { ...common, name: 'twice', algorithm: 'DSSE-KMS', key: { arn }, buckets: [] },
];

describeWith(['java', 'maven'], "the plan's result before Hadoop's own jars", () => {
  let scratch: Scratch;
  let judges: readonly Judge[] = [];
  let trial: Trial;

  beforeAll(async () => {
    scratch = await openScratch();
    judges = await Promise.all(hadoopVersions.map((version) => startJudge(version, scratch.folder)));
    trial = await tryPromises(judges, scratch, loadSubjects(), assignments);
    const { documents, readings, outcomes, disagreements } = trial;
    console.log(
      `${documents} documents, ${assignments.length} assignments, Hadoop ${hadoopVersions.join(', ')}: ${readings} readings, ${disagreements.length} disagreements`,
      outcomes,
    );
  }, 600_000);

  afterAll(async () => {
    await Promise.all(judges.map((judge) => judge.stop()));
    await scratch?.remove();
  });

  it.each(promises)('%s', (promise) => {
    expect(trial.disagreements.filter((found) => found.promise === promise)).toEqual([]);
  });
});
