/**
 * What the release workflow asks of the repository; also to be run by hand.
 *
 * node .config/release/main.ts verify TAG                     exit code 1, with reasons, where the tag can't be released
 * node .config/release/main.ts notes TAG                      prints the changelog's section
 * node .config/release/main.ts chart FOLDER IMAGE DIGEST      the chart as it is released, with the image that was pushed
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { fillImage, fillImages, findProblems, readNotes } from './facts.ts';

const root = join(import.meta.dirname, '..', '..');
const chart = join(root, 'charts', 'sse-kms-operator');
const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');

const [command, ...words] = process.argv.slice(2);
if (command === 'verify' && words.length === 1) verify(words[0] as string);
else if (command === 'notes' && words.length === 1) process.stdout.write(readNotes(changelog, words[0] as string));
else if (command === 'chart' && words.length === 3) writeChart(...(words as [string, string, string]));
else {
  console.error('usage: node .config/release/main.ts verify TAG | notes TAG | chart FOLDER IMAGE DIGEST');
  process.exitCode = 2;
}

function verify(tag: string): void {
  const { version: chartVersion, appVersion } = parse(readFileSync(join(chart, 'Chart.yaml'), 'utf8'));
  const problems = findProblems(tag, { packageVersion: packageJson.version, chartVersion, appVersion, changelog });
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

function writeChart(folder: string, image: string, digest: string): void {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest))
    throw new Error(`the digest is sha256: and 64 hexadecimal digits, not '${digest}'`);
  cpSync(chart, folder, { recursive: true });
  for (const [name, fill] of [
    ['values.yaml', fillImage],
    ['Chart.yaml', fillImages],
  ] as const) {
    const file = join(folder, name);
    writeFileSync(file, fill(readFileSync(file, 'utf8'), image, digest));
  }
}
