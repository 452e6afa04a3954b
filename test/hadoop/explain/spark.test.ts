/**
 * `explain` against Spark's own code: a driver's properties over a core-site.xml.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfiguration } from '../../../src/core/explain/explain.ts';
import type { ConfigurationSource } from '../../../src/core/explain/occurrence.ts';
import { findRelease } from '../../../src/core/explain/version.ts';
import { describeWith } from '../../run/needs.ts';
import { readAttempts } from '../../spark/attempts.ts';
import { buildDocument } from '../../spark/fuzz/round.ts';
import type { SparkVersion } from '../../spark/jars.ts';
import { type SparkJudge, startSparkJudge } from '../../spark/judge.ts';
import { loadSubjects } from '../documents.ts';
import { decode } from '../fuzz/plan-file.ts';
import { compareReading, describe, startTally, type Tally } from './compare.ts';

/** Each with the Hadoop that its judge has. */
const hadoopOf = { '3.5.7': '3.3.4', '4.1.0': '3.5.0' } as const satisfies Record<SparkVersion, string>;
const buckets = ['b1', 'b2', 'my.bucket', 'any-bucket'];
const asked = buckets.map((name) => [name, name === 'any-bucket' ? null : name] as const);
const seed = 16_003;
const changed = 1500;
const minutes = 60_000;
const slice = 100;

describeWith(['java', 'maven'], 'explain, of a Spark driver', () => {
  const judges: SparkJudge[] = [];
  beforeAll(async () => {
    for (const version of Object.keys(hadoopOf) as SparkVersion[]) judges.push(await startSparkJudge(version));
  }, 10 * minutes);
  afterAll(() => Promise.all(judges.map((judge) => judge.stop())));

  it('agrees with both versions, alone and over a core-site.xml', { timeout: 20 * minutes }, async () => {
    const sites = loadSubjects().flatMap(({ name, bytes }) => {
      const text = decode(bytes);
      // What is included stands in no folder of Spark's judge; what Hadoop can't read is the other suite's.
      return text === null || /include|DOCTYPE|^\s*$/.test(text) ? [] : [{ name, text }];
    });
    const texts = [
      ...readAttempts(),
      ...Array.from({ length: changed }, (_, index) => ({
        name: `changed ${index}`,
        text: buildDocument(seed, index).text.toWellFormed(),
      })),
    ];
    const documents = texts.map(({ name, text }, index) => {
      const site = index % 3 === 0 ? undefined : sites[(index * 7) % sites.length];
      return { name: site === undefined ? name : `${name} over ${site.name}`, text, site: site?.text };
    });
    const tally = startTally();
    for (let at = 0; at < documents.length; at += slice) {
      const part = documents.slice(at, at + slice);
      await Promise.all(judges.flatMap((judge) => part.map((document) => compare(judge, document, tally))));
    }
    console.log(describe(tally));
    expect(tally.disagreements).toEqual([]);
    expect(tally.readings).toBe(documents.length * judges.length * buckets.length);
    expect(tally.agreed).toBeGreaterThan(tally.readings / 3);
  });
});

interface Document {
  readonly name: string;
  readonly text: string;
  readonly site: string | undefined;
}

async function compare(judge: SparkJudge, { name, text, site }: Document, tally: Tally): Promise<void> {
  const release = findRelease(hadoopOf[judge.version]);
  if (release === null) throw new Error('not known');
  const sources: ConfigurationSource[] = [
    { name: 'spark.properties', format: 'spark', text },
    ...(site === undefined ? [] : [{ name: 'core-site.xml', format: 'hadoop' as const, text: site }]),
  ];
  const read = readConfiguration({ sources, release, findIncluded: () => 'missing' });
  const judged = await judge.spark(text, buckets, site);
  const outcome = read.ok ? read : { ok: false as const, ...read.fault };
  compareReading(tally, { document: name, version: judge.version }, outcome, asked, judged, false);
}
