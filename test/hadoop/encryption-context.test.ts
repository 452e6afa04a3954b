/**
 * What each version makes of an encryption context: the assignment's in 3.5.0, nothing before, and no harm anywhere.
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { plan } from '../../src/core/clients/s3a/plan.ts';
import type { DesiredFile } from '../../src/core/plan/plan.ts';
import { describeWith } from '../run/needs.ts';
import { hadoopVersions } from './jars.ts';
import { isFailure, startJudge } from './judge.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const base: DesiredFile = {
  source: 'KmsKeyAssignment/finance',
  algorithm: 'SSE-KMS',
  key: { arn },
  buckets: [],
  strict: false,
};
const own = `<configuration>
  <property><name>fs.s3a.encryption.context</name><value>project=mine</value></property>
  <property><name>fs.s3a.bucket.b1.encryption.context</name><value>project=b1</value><final>true</final></property>
</configuration>
`;
const broken = own.replaceAll('project=', 'project:');

interface Case {
  readonly file: string;
  readonly desired: DesiredFile;
  /** By bucket, in 3.5.0; empty for none. */
  readonly contexts: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const context = { team: 'finance', 'aws:s3:arn': 'arn:aws:s3:::ledger' };
const cases: Readonly<Record<string, Case>> = {
  "given, in place of the workload's": {
    file: own,
    desired: { ...base, encryptionContext: context },
    contexts: { b1: context, b2: context },
  },
  'given, in place of one that would make the bucket unusable': {
    file: broken,
    desired: { ...base, encryptionContext: context },
    contexts: { b1: context, b2: context },
  },
  'given for one bucket': {
    file: own,
    desired: { ...base, buckets: [{ name: 'b1', key: { arn }, encryptionContext: context }] },
    contexts: { b1: context, b2: { project: 'mine' } },
  },
  'given as none': { file: own, desired: { ...base, encryptionContext: {} }, contexts: { b1: {}, b2: {} } },
  "not given, so that the workload's stays": {
    file: own,
    desired: base,
    contexts: { b1: { project: 'b1' }, b2: { project: 'mine' } },
  },
};

describeWith(['java', 'maven'], 'an encryption context', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'encryption-context-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(hadoopVersions)('is what it should be in Hadoop %s', { timeout: 300_000 }, async (version) => {
    const files = await Promise.all(
      Object.values(cases).map(async ({ file, desired }, index) => {
        const planned = plan(file, desired, 'core');
        if (planned.kind !== 'change') throw new Error(`not a change but ${planned.kind}`);
        const path = join(folder, `${version}-${index}.xml`);
        await writeFile(path, planned.result);
        return path;
      }),
    );
    const judge = await startJudge(version, folder);
    try {
      const modes = ['plain', 'written', 'shipped'] as const;
      const verdicts = await judge.judge(files.map((file) => ({ modes, buckets: ['b1', 'b2'], files: [file] })));
      for (const [index, [title, { contexts }]] of Object.entries(cases).entries()) {
        for (const mode of modes) {
          const reading = verdicts[index]?.[mode];
          if (reading === undefined || isFailure(reading)) throw new Error(`${title}, ${mode}: ${reading?.error}`);
          const read = Object.entries(reading.buckets).map(([bucket, encryption]) => {
            if ('error' in encryption) throw new Error(`${title}, ${mode}, ${bucket}: ${encryption.error}`);
            expect(encryption, `${title}, ${mode}, ${bucket}`).toMatchObject({ method: 'SSE_KMS', key: arn });
            return [bucket, decode(encryption.context)];
          });
          const expected = version === '3.5.0' ? contexts : { b1: {}, b2: {} };
          expect(Object.fromEntries(read), `${title}, ${mode}`).toEqual(expected);
        }
      }
    } finally {
      await judge.stop();
    }
  });
});

/** S3A hands it to S3 as JSON in base64. */
function decode(encoded: string | undefined): unknown {
  return encoded ? JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) : {};
}
