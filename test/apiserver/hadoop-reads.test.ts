import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hadoopVersions } from '../hadoop/jars.ts';
import { type Encryption, isFailure, startJudge } from '../hadoop/judge.ts';
import { assignment, configMap, firstKey, namespace, otherKey, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const hostile = `<configuration>
  <property><name>fs.s3a.encryption.key</name><value>mine</value><final>true</final></property>
  <property><name>fs.s3a.bucket.b1.server-side-encryption-algorithm</name><value>AES256</value></property>
</configuration>
`;

describeWith(['control plane', 'java', 'maven'], 'what the API server stored, read by Hadoop itself', () => {
  const { apply, get, cluster } = useProduct();
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hadoop-reads-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('encrypts with the assigned key in every version, whatever was applied, and with the next one after a rotation', async () => {
    await apply([namespace('finance'), assignment('finance', ['finance'])]);
    await apply([configMap('finance', 'plain', plainFile), configMap('finance', 'hostile', hostile)]);
    const save = async (name: string, as: string) => {
      const path = join(folder, `${as}.xml`);
      await writeFile(path, (await get('configmap', name, 'finance')).data['core-site.xml']);
      return path;
    };
    const before = [await save('plain', 'plain'), await save('hostile', 'hostile')];
    await apply(assignment('finance', ['finance'], { key: { arn: otherKey } }));
    await cluster().kubectl(['wait', 'kka/finance', '--for=jsonpath={.status.observedGeneration}=2', '--timeout=30s']);
    await cluster().kubectl(['wait', 'kka/finance', '--for=jsonpath={.status.summary}=2/2', '--timeout=30s']);
    const after = [await save('plain', 'plain-rotated'), await save('hostile', 'hostile-rotated')];

    for (const version of hadoopVersions) {
      const judge = await startJudge(version, folder);
      try {
        const questions = [...before, ...after].map((file) => ({
          modes: ['plain', 'written', 'shipped'] as const,
          buckets: ['warehouse', 'b1'],
          files: [file],
        }));
        const verdicts = await judge.judge(questions);
        for (const [index, verdict] of verdicts.entries()) {
          for (const [mode, reading] of Object.entries(verdict)) {
            if (isFailure(reading)) throw new Error(`Hadoop ${version}, ${mode}: ${reading.error}`);
            const key = index < before.length ? firstKey : otherKey;
            const expected = { method: 'SSE_KMS', key } satisfies Encryption;
            expect(reading.buckets, `Hadoop ${version}, ${mode}`).toMatchObject({ warehouse: expected, b1: expected });
          }
        }
      } finally {
        await judge.stop();
      }
    }
  }, 300_000);
});
