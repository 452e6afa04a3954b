/**
 * What each version makes of every attempt to get past the key, before the plan has seen it: `npm test --
 * test/hadoop/judge.test.ts --update` writes it down anew.
 */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { describeWith } from '../run/needs.ts';
import { hadoopVersions } from './jars.ts';
import { type Encryption, isFailure, type Judge, startJudge } from './judge.ts';

const folder = fileURLToPath(new URL('./documents', import.meta.url));
const files = globSync('*.xml', { cwd: folder }).sort();
const buckets = ['b1', 'b2'];

describeWith(['java', 'maven'], 'the judge', () => {
  const judges: Judge[] = [];
  afterAll(async () => {
    await Promise.all(judges.map((judge) => judge.stop()));
  });

  it.each(hadoopVersions)('says what S3A of Hadoop %s would encrypt with', { timeout: 600_000 }, async (version) => {
    const judge = await startJudge(version, folder);
    judges.push(judge);
    const questions = files.map((file) => ({ modes: ['plain'] as const, buckets, files: [join(folder, file)] }));
    const verdicts = await judge.judge(questions);
    const lines = verdicts.map(({ plain }, index) => {
      const file = basename(files[index] as string, '.xml');
      if (isFailure(plain)) return `${file}\t${kind(plain.error)}`;
      return [file, ...buckets.map((bucket) => tell(plain.buckets[bucket] as Encryption))].join('\t');
    });
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(folder, `as-read-by-${version}.tsv`));
  });
});

function tell(encryption: Encryption): string {
  return 'error' in encryption ? kind(encryption.error) : `${encryption.method} ${encryption.key || '-'}`;
}

/** The exception's class: its words differ by version. */
function kind(error: string): string {
  return error.replace(/:.*/, '');
}
