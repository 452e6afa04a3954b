/**
 * `npm run scale`: the operator's memory, times and rates in a large cluster, beside what is wanted of them. Where a target
 * is missed the exit code is 1.
 */
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { parseOptions, usage } from './options.ts';
import { runScale, type ScaleOptions } from './run.ts';
import { toTable } from './table.ts';

let options: ScaleOptions;
try {
  options = parseOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
  process.exit(2);
}
const { configMaps, carriers, namespaces, assignments } = options;
const title = `${configMaps} ConfigMaps, ${carriers} carriers, ${namespaces} namespaces, ${assignments} assignments`;
const figures = await withProgress(sayOnStderr, title, (state) => runScale(options, state));
const { lines, missed } = toTable(figures, options);
console.log([title, '', ...lines].join('\n'));
process.exitCode = missed === 0 ? 0 : 1;
