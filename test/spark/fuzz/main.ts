/**
 * `npm run fuzz:properties`: random properties files, planned for random assignments and read by java.util.Properties, and
 * some of them by Spark. The last line on standard output sums up; without disagreements the exit code is 0.
 */
import { parseArgs } from 'node:util';
import { sayOnStderr, withProgress } from '../../controlplane/progress.ts';
import { readOptions } from '../../run/command-line.ts';
import { sparkVersions } from '../jars.ts';
import { startSparkJudge } from '../judge.ts';
import { type Bench, startTally } from '../trial.ts';
import { buildDocument, runRound, summarize } from './round.ts';

const usage = `npm run fuzz:properties -- [OPTION...]
  --seed N         which documents (default: by the clock; it is printed)
  --documents N    how many (default 100000)
  --only K         replay the document of this number, and show it`;

/** @throws TypeError with a sentence for the user */
function parseOptions(words: readonly string[]) {
  const options = { seed: { type: 'string' }, documents: { type: 'string' }, only: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...words], options });
  const toNumber = (name: string, text: string): number => {
    if (!/^\d{1,10}$/.test(text)) throw new TypeError(`--${name} ${text} is not a whole number`);
    return Number(text);
  };
  return {
    seed: values.seed === undefined ? Date.now() % 2 ** 31 : toNumber('seed', values.seed),
    documents: values.documents === undefined ? 100_000 : toNumber('documents', values.documents),
    only: values.only === undefined ? undefined : toNumber('only', values.only),
  };
}

const { seed, documents, only } = readOptions(parseOptions, usage);
const spark = await Promise.all(sparkVersions.map((version) => startSparkJudge(version)));
const bench: Bench = { java: spark[0] as (typeof spark)[0], spark, tally: startTally() };
const roundSize = 2000;
let told = 0;
try {
  if (only === undefined) {
    await withProgress(sayOnStderr, `fuzzing with seed ${seed}`, async (state) => {
      for (let at = 0; at < documents; at += roundSize) {
        await runRound(seed, at, Math.min(roundSize, documents - at), bench);
        for (const found of bench.tally.disagreements.slice(told)) console.log(found);
        told = bench.tally.disagreements.length;
        state(`${bench.tally.documents} documents, ${bench.tally.disagreements.length} disagreements`);
      }
    });
  } else {
    console.log(JSON.stringify(buildDocument(seed, only), null, 2));
    await runRound(seed, only, 1, bench);
    for (const found of bench.tally.disagreements) console.log(found);
  }
} finally {
  await Promise.all(spark.map((judge) => judge.stop()));
}
console.log(summarize(bench, `seed ${seed}`));
process.exitCode = bench.tally.disagreements.length > 0 ? 1 : 0;
