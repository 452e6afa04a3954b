/**
 * How the image starts Node, read from the Dockerfile.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const dockerfile = readFileSync(join(import.meta.dirname, '..', '..', 'Dockerfile'), 'utf8');

/** Node's flags. */
export const imageFlags: readonly string[] = readFlags();

/** The variables that it sets, but for PATH, whose folders are the image's own. */
export const imageVariables: Readonly<Record<string, string>> = Object.fromEntries(
  [...dockerfile.matchAll(/^ENV (.*)$/gm)]
    .flatMap(([, line = '']) => line.split(' '))
    .map((word) => word.split('=') as [string, string])
    .filter(([name]) => name !== 'PATH'),
);

function readFlags(): string[] {
  const line = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1];
  if (line === undefined) throw new Error('the Dockerfile has no ENTRYPOINT in JSON');
  const [node, ...words] = JSON.parse(line) as string[];
  if (node !== 'node') throw new Error('the ENTRYPOINT is not node');
  return words.slice(0, -1);
}
