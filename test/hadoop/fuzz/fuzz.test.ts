/**
 * The fuzzer on documents that are the same in each run; `npm run fuzz` goes on with others for as long as one likes.
 */
import { expect, it } from 'vitest';
import { describeWith } from '../../run/needs.ts';
import { hadoopVersions } from '../jars.ts';
import { runRound, startTally } from './round.ts';
import { loadStock } from './stock.ts';
import { buildSubject } from './subject.ts';
import { summarize } from './summary.ts';

const seed = 20_260;
const documents = 20_000;
const roundSize = 2500;
const minutes = 60_000;

describeWith(['java', 'maven'], 'a document that was changed in any way', () => {
  it('is read by every version of Hadoop as was promised', { timeout: 40 * minutes }, async () => {
    const stock = loadStock(process.env.CORPUS);
    const tally = startTally();
    for (let at = 0; at < documents; at += roundSize) {
      const subjects = Array.from({ length: roundSize }, (_, index) => buildSubject(seed, at + index, stock));
      await runRound(subjects, hadoopVersions, tally, () => {});
    }
    console.log(summarize(tally, seed, hadoopVersions));
    expect(tally.findings.map(({ subject, ...finding }) => ({ document: subject.index, ...finding }))).toEqual([]);
    expect(tally.documents).toBe(documents);
  });
});
