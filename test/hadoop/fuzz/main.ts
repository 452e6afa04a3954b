/**
 * `npm run fuzz`: changed documents, planned for random assignments and read by Hadoop, for as long as one likes. Every
 * kind of disagreement is shrunk once and written as a case. The last line on standard output sums up; without
 * disagreements the exit code is 0.
 */
import { sayOnStderr, withProgress } from '../../controlplane/progress.ts';
import { readOptions } from '../../run/command-line.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { runRound, startTally, type Tally } from './round.ts';
import { saveCase, toText } from './save.ts';
import { kindOf, shrink } from './shrink.ts';
import { loadStock } from './stock.ts';
import { buildSubject } from './subject.ts';
import { summarize } from './summary.ts';

/** So that JVMs start seldom and documents don't fill the memory. */
const roundSize = 2500;

async function fuzz(options: Options, stopped: () => boolean): Promise<Tally> {
  const { seed, versions, only, hours } = options;
  const stock = loadStock(process.env.CORPUS);
  const tally = startTally();
  const shrunk = new Set<string>();
  const end = hours === undefined ? Number.POSITIVE_INFINITY : Date.now() + hours * 3_600_000;
  const limit = only !== undefined ? only + 1 : hours === undefined ? options.documents : Number.POSITIVE_INFINITY;
  const title = `fuzzing with seed ${seed}`;
  await withProgress(sayOnStderr, title, async (state) => {
    const tell = (now: string): void =>
      state(`${tally.documents} documents, ${tally.findings.length} disagreements; ${now}`);
    for (let at = only ?? 0; at < limit && Date.now() < end && !stopped(); at += roundSize) {
      const size = Math.min(roundSize, limit - at);
      const subjects = Array.from({ length: size }, (_, index) => buildSubject(seed, at + index, stock));
      const before = tally.findings.length;
      await runRound(subjects, versions, tally, tell);
      for (const finding of tally.findings.slice(before)) {
        const kind = kindOf(finding);
        if (shrunk.has(kind)) continue;
        shrunk.add(kind);
        tell(`shrinking ${finding.subject.index}`);
        const smallest = await shrink(finding, versions.at(-1) ?? '3.5.0');
        sayOnStderr(`\n${toText(smallest, seed)}\nwritten to ${saveCase(smallest, seed, options.found)}\n`);
      }
    }
  });
  return tally;
}

const options = readOptions((words) => parseOptions(words, Date.now()), usage);
let stop = false;
process.once('SIGTERM', () => {
  stop = true; // the round is read to its end; a second signal ends at once
});
const tally = await fuzz(options, () => stop);
console.log(summarize(tally, options.seed, options.versions));
process.exitCode = tally.findings.length > 0 ? 1 : 0;
