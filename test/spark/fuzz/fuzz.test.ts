/**
 * The fuzzer on documents that are the same in each run; `npm run fuzz:properties` goes on with others.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../run/needs.ts';
import { sparkVersions } from '../jars.ts';
import { type SparkJudge, startSparkJudge } from '../judge.ts';
import { startTally } from '../trial.ts';
import { runRound, summarize } from './round.ts';

const seed = 20_260;
const documents = 20_000;
const minutes = 60_000;

describeWith(['java', 'maven'], 'a random properties file', () => {
  let spark: readonly SparkJudge[] = [];
  beforeAll(async () => {
    spark = await Promise.all(sparkVersions.map((version) => startSparkJudge(version)));
  }, 10 * minutes);
  afterAll(() => Promise.all(spark.map((judge) => judge.stop())));

  it('is read and planned as was promised', { timeout: 20 * minutes }, async () => {
    const bench = { java: spark[0] as SparkJudge, spark, tally: startTally() };
    await runRound(seed, 0, documents, bench);
    console.log(summarize(bench, `seed ${seed}`));
    expect(bench.tally.disagreements).toEqual([]);
    expect(bench.tally.documents).toBe(documents);
  });
});
