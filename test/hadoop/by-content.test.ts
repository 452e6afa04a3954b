/**
 * Files told by their content: whatever Hadoop takes settings of its file systems from is found under any data key, and
 * planned or refused. Asked of the oldest version and the newest.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { readDocument } from '../../src/core/clients/s3a/document.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { describeWith } from '../run/needs.ts';
import { loadSubjects, openScratch, type Scratch } from './documents.ts';
import { hadoopVersions } from './jars.ts';
import { isFailure, startJudge } from './judge.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const strict: Assignment = {
  name: 'finance',
  target: { namespaces: ['finance'] },
  algorithm: 'SSE-KMS',
  key: { arn },
  buckets: [],
  enforcement: 'Strict',
};
const files = { core: ['core-site.xml'], other: [], byContent: true };
const versions = [hadoopVersions[0], hadoopVersions.at(-1)].filter((version) => version !== undefined);

function isFound(bytes: Uint8Array): boolean {
  const binaryData = { 'any.conf': Buffer.from(bytes).toString('base64') };
  return planConfigObject({ binaryData }, strict, files).files.length > 0;
}

/** What the documentation names as not found: another root, and bytes in which the root's name is not to be seen. */
function isOutOfSight(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('latin1').replaceAll('\0', '');
  if (!/[<:]configuration/.test(text)) return true;
  const root = /<([^\s<>/?!]+)/.exec(text.replace(/<!--.*?-->|<\?.*?\?>/gs, ''))?.[1];
  return readDocument(Buffer.from(bytes).toString()).ok && root?.replace(/^.*:/, '') !== 'configuration';
}

describeWith(['java', 'maven'], 'a file under any data key', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await openScratch();
  });
  afterAll(() => scratch.remove());

  it.each(versions)('is found where Hadoop %s takes settings of its file systems from it', async (version) => {
    const judge = await startJudge(version, scratch.folder);
    try {
      const subjects = loadSubjects();
      const paths = await Promise.all(subjects.map(({ bytes }) => scratch.write(bytes)));
      const verdicts = await judge.judge(paths.map((path) => ({ modes: ['plain'], buckets: [], files: [path] })));
      const read = subjects.filter((_, index) => {
        const plain = verdicts[index]?.plain;
        if (plain === undefined || isFailure(plain)) return false;
        return Object.keys(plain.properties ?? {}).some((name) => /^\s*(?:fs|hadoop)\./.test(name));
      });
      expect(read.length).toBeGreaterThan(200);
      const visible = read.filter(({ bytes }) => !isOutOfSight(bytes));
      expect(visible.length).toBeGreaterThan(read.length * 0.9);
      expect(visible.filter(({ bytes }) => !isFound(bytes)).map(({ name }) => name)).toEqual([]);
    } finally {
      await judge.stop();
    }
  });
});
