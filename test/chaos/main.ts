/**
 * `npm run chaos`: a long chaos run on a control plane of its own. Every action is shown as it begins; the same seed repeats
 * their sequence. The last line on standard output sums up; where nothing was lost the exit code is 0.
 */
import { startControlPlane } from '../controlplane/control-plane.ts';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { readOptions } from '../run/command-line.ts';
import { parseOptions, usage } from './options.ts';
import { type ChaosOptions, runChaos, summarize } from './run.ts';

const { seed, minutes, configMaps } = readOptions((words) => parseOptions(words, Date.now()), usage);
const cluster = await startControlPlane();
const stop = () => void cluster.stop().finally(() => process.exit(1));
process.once('SIGINT', stop).once('SIGTERM', stop);
let code = 1;
try {
  const report = await withProgress(sayOnStderr, `chaos with seed ${seed}`, (state) => {
    const say = (line: string) => {
      state(line);
      sayOnStderr(line);
    };
    const options: ChaosOptions = { seed, seconds: minutes * 60, configMaps, patienceSeconds: 240, say };
    return runChaos(cluster, options).then((done) => ({ done, line: summarize(options, done) }));
  });
  for (const problem of report.done.problems.slice(0, 50)) console.log(problem);
  console.log(report.line);
  code = report.done.problems.length > 0 ? 1 : 0;
} catch (error) {
  console.error(error);
} finally {
  await cluster.stop();
}
// Node 24 may spin for ever when it cleans up after sockets that were reset in the middle of all this.
process.exit(code);
