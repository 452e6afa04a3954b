import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const test = join(import.meta.dirname, '..');

/** The functions that start one. */
const starters = /\b(startControlPlane|useControlPlane|startCluster|useProduct)\(/;

it('a test file that starts a control plane says that it needs one, so that it is prepared, or its lack counted', () => {
  const files = globSync('**/*.test.ts', { cwd: test });
  const text = (file: string): string => readFileSync(join(test, file), 'utf8');
  const starting = files.filter((file) => starters.test(text(file)));
  expect(starting.length).toBeGreaterThan(5);
  expect(starting.filter((file) => !/describeWith\(\['control plane'/.test(text(file)))).toEqual([]);
});
