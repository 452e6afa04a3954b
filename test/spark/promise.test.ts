/**
 * The plan's result before Spark's own code, S3A of its Hadoop and Iceberg's S3FileIO: hand-made properties files, the
 * cases of the plan's own tests, and generated ones, alone and with a hostile core-site.xml in the same pod.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { splitOptions } from '../../src/core/clients/spark/java-options.ts';
import { readCases } from '../core/read-cases.ts';
import { Random } from '../hadoop/fuzz/random.ts';
import { type Encryption, isFailure } from '../hadoop/judge.ts';
import { describeWith } from '../run/needs.ts';
import { readAttempts } from './attempts.ts';
import { buildDocument, summarize } from './fuzz/round.ts';
import { sparkVersions } from './jars.ts';
import { type SparkJudge, startSparkJudge } from './judge.ts';
import { type Bench, planText, startTally, tryDocument } from './trial.ts';

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
  { ...common, name: 'strict', enforcement: 'Strict', key: { arn }, encryptionContext: { team: 'a b' }, buckets: [] },
];
const generated = 300;
const minutes = 60_000;

describeWith(['java', 'maven'], "the plan's result before Spark's own jars", () => {
  let spark: readonly SparkJudge[] = [];
  beforeAll(async () => {
    spark = await Promise.all(sparkVersions.map((version) => startSparkJudge(version)));
  }, 10 * minutes);
  afterAll(() => Promise.all(spark.map((judge) => judge.stop())));

  it('encrypts as assigned, and changes nothing else', { timeout: 15 * minutes }, async () => {
    const bench: Bench = { java: spark[0] as SparkJudge, spark, tally: startTally() };
    const cases = readCases().filter(({ isSpark }) => isSpark);
    const documents = [
      ...readAttempts(),
      ...cases.map(({ name, text }) => ({ name, text: text ?? '' })),
      ...Array.from({ length: generated }, (_, index) => ({ name: `${index}`, text: buildDocument(1, index).text })),
    ];
    for (const [index, { name, text }] of documents.entries()) {
      // A reading takes long, so that Spark sees each file under two assignments; java.util.Properties does under all.
      await Promise.all(
        assignments.map((assignment, turn) => {
          const judges = (turn + index) % assignments.length < 2 ? spark : [];
          return tryDocument(`${name}, ${assignment.name}`, text, assignment, { ...bench, spark: judges });
        }),
      );
    }
    console.log(summarize(bench, `${documents.length} files under ${assignments.length} assignments`));
    expect(bench.tally.disagreements).toEqual([]);
  });

  it('would notice: where ours are only appended, these get past them', { timeout: 5 * minutes }, async () => {
    const [assignment] = assignments as [Assignment];
    const ours = planText('spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog\n', assignment);
    const appended = ours.kind === 'change' ? ours.result.replace(/\n\n# .*\n/, '') : '';
    const past: string[] = [];
    for (const { name, text } of readAttempts()) {
      if (!/^(?:[1456]|per bucket)/.test(name)) continue;
      const reading = await (spark.at(-1) as SparkJudge).spark(`${text}\n${appended}`, ['any', 'b1', 'my.bucket']);
      if (isFailure(reading)) throw new Error(reading.error);
      const found = [reading.buckets, ...reading.catalogs.map(({ buckets }) => buckets)].flatMap(
        Object.values<Encryption>,
      );
      const lake = reading.catalogs.find((catalog) => catalog.name === 'lake');
      const wrong = [...found, ...(lake?.s3 ?? [])].some(
        (one) => 'error' in one || !/^(?:SSE_KMS|kms)$/.test(one.method) || one.key !== arn,
      );
      if (wrong) past.push(name);
    }
    expect(past).toMatchInlineSnapshot(`
      [
        "per bucket",
        "per bucket, long",
        "1 a blank behind the name",
        "1 control characters",
        "1 by accident",
        "4 Iceberg by Hadoop",
        "4 any catalog by Hadoop",
        "4 clear text by a catalog",
        "5 Iceberg in any case",
        "5 Iceberg in Unicode",
      ]
    `);
  });

  it("splits Java options as Spark's launcher does", { timeout: minutes }, async () => {
    const random = new Random(20_260, 0);
    const pieces = [
      '-D',
      'a',
      '=',
      ' ',
      '  ',
      '"',
      "'",
      '\\',
      '\\"',
      '\t',
      '\n',
      '\u001c',
      '\u00a0',
      '\u2003',
      'spark.hadoop',
      '@x',
    ];
    const texts = Array.from({ length: 5000 }, () =>
      Array.from({ length: random.below(12) }, () => random.pick(pieces)).join(''),
    );
    const answers = await Promise.all(texts.map((text) => (spark[0] as SparkJudge).options(text)));
    const valid = answers.flatMap((words, index) =>
      isFailure(words as never) ? [] : [{ text: texts[index] ?? '', words }],
    );
    expect(valid.length).toBeGreaterThan(1000);
    expect(valid.map(({ text }) => splitOptions(text, 'launcher'))).toEqual(valid.map(({ words }) => words));
  });
});
