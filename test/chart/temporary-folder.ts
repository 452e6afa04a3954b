/**
 * A folder for one suite's files.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** Makes a folder before the suite's tests and deletes it after them; the returned function gives its path to hooks and tests. */
export function temporaryFolder(): () => string {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chart-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return () => folder;
}
