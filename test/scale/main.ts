/**
 * `npm run scale`: the operator's memory, times and rates in a large cluster, beside what is wanted of them. Where a target
 * is missed the exit code is 1.
 */
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { readOptions } from '../run/command-line.ts';
import { parseOptions, usage } from './options.ts';
import { runScale } from './run.ts';
import { toTable } from './table.ts';

const options = readOptions(parseOptions, usage);
const { configMaps, configObjects, namespaces, assignments } = options;
const title = `${configMaps} ConfigMaps, ${configObjects} configObjects, ${namespaces} namespaces, ${assignments} assignments`;
const figures = await withProgress(sayOnStderr, title, (state) => runScale(options, state));
const { lines, missed } = toTable(figures, options);
console.log([title, '', ...lines].join('\n'));
process.exitCode = missed.length === 0 ? 0 : 1;
