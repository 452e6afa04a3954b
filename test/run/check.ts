/**
 * `npm run check`: types, lint and format, and that what is generated was generated from what stands here.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

interface Step {
  readonly title: string;
  /** Whether it holds; what is wrong has been printed. */
  readonly holds: () => boolean;
}

const steps: readonly Step[] = [
  { title: 'types', holds: () => [succeeds('tsc'), succeeds('tsc', '--project', 'src/cli/audit/page')].every(Boolean) },
  { title: 'lint and format', holds: lintIsClean },
  { title: 'generated files', holds: generatedIsCurrent },
];

function lintIsClean(): boolean {
  // biome's coloured differences can't be read in a log.
  return succeeds('biome', 'ci', '--error-on-warnings', ...(process.stdout.isTTY ? [] : ['--colors=off']));
}

/** Nothing may change when everything is generated again, whatever else the working tree holds. */
function generatedIsCurrent(): boolean {
  const scripts: Record<string, string> = JSON.parse(readFileSync('package.json', 'utf8')).scripts;
  if (!scripts.generate) return true;
  const before = fingerprints();
  if (!succeeds('npm', 'run', '--silent', 'generate')) return false;
  const after = fingerprints();
  const changed = [...after].filter(([file, print]) => before.get(file) !== print).map(([file]) => file);
  for (const file of changed)
    console.error(`${file} was out of date: commit what \`npm run generate\` has just written`);
  return changed.length === 0;
}

function fingerprints(): Map<string, string> {
  const list = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  if (list.status !== 0) throw new Error(`git ls-files: ${list.error?.message ?? list.stderr}`);
  const files = list.stdout.split('\0').filter(Boolean);
  return new Map(files.map((file) => [file, fingerprint(file)]));
}

function fingerprint(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return 'deleted';
  }
}

function succeeds(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

for (const { title, holds } of steps) {
  console.log(`checking ${title}`);
  if (!holds()) process.exitCode = 1;
}
if (process.exitCode) console.error('npm run check failed: see above');
