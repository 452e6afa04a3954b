/**
 * `npm test`: every suite in one run, or those whose path contains an argument. The last line on standard output is `N passed, N failed, N skipped`.
 *
 * npm test [-- PATH… | vitest's options]
 */
import { join } from 'node:path';
import { parseCLI, startVitest } from 'vitest/node';
import { Report } from './report.ts';

const isCI = process.env.CI === 'true';
const report = new Report();
const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);

try {
  const own = { config: join(import.meta.dirname, '..', '..', '.config', 'vitest.ts') };
  const vitest = await startVitest(filter, {
    ...(options.root ? {} : own),
    ...options,
    watch: false,
    reporters: ['default', report],
  });
  await vitest.close();
} catch (error) {
  console.error(error);
  report.counts.failed++;
}

const { passed, failed, skipped, missing } = report.counts;
for (const [lack, count] of missing) console.error(`${count} skipped: they need ${lack}`);
if (isCI && skipped > 0) console.error('With CI=true nothing may be skipped.');
if (passed + failed === 0) console.error('Nothing ran.');
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
const good = failed === 0 && passed > 0 && !(isCI && skipped > 0);
// What a suite leaves open must not keep a finished run alive.
process.exit(good ? 0 : 1);
