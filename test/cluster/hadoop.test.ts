import { beforeAll, expect, it } from 'vitest';
import { assignment, configMap, namespace } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { pod } from './manifests.ts';
import { type Moto, motoSettings, startMoto } from './moto.ts';
import { outputOf, since, tell, useNode } from './use-node.ts';
import { hadoopImage } from './workload-images.ts';

const bucket = 'warehouse';
const coreSite = toCoreSite(motoSettings);

function toCoreSite(values: Readonly<Record<string, string>>): string {
  const properties = Object.entries(values).map(
    ([name, value]) => `  <property>\n    <name>${name}</name>\n    <value>${value}</value>\n  </property>\n`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${properties.join('')}</configuration>\n`;
}

describeWith(['kubernetes node'], 'Hadoop in a pod, with moto in another', () => {
  const suite = useNode();
  const keys: Record<string, string> = {};
  let hadoop: string;
  let moto: Moto;

  beforeAll(async () => {
    const java = await hadoopImage();
    await suite.node().load(java);
    hadoop = java.name;
    await suite.install();
    moto = await startMoto(suite);
    await moto.createBucket(bucket);
    for (const team of ['finance', 'research']) {
      const arn = await moto.createKey(team);
      keys[team] = arn;
      await suite.apply(namespace(team), assignment(team, [team], { key: { arn } }));
    }
    await suite.apply(namespace('elsewhere'));
  });

  /** Applies the same ConfigMap in a namespace, has S3A write an object there, and asks S3 how that one is encrypted. */
  async function encryptionOfWhatIsWrittenIn(team: string) {
    await suite.apply(configMap(team, 'hadoop', coreSite));
    const file = '/etc/hadoop/conf/core-site.xml';
    const command = ['java', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const started = Date.now();
    await suite.apply(
      pod(team, 'writer', {
        image: hadoop,
        command: [...command, 'org.apache.hadoop.fs.FsShell', '-put', file, `s3a://${bucket}/${team}`],
        configuration: 'hadoop',
      }),
    );
    await outputOf(suite, team, 'writer');
    const head = await moto.ask<Record<string, string>>(`s3.head_object(Bucket='${bucket}', Key='${team}')`);
    tell(`${team}: S3A wrote its object in ${since(started)} s, encrypted with ${head.SSEKMSKeyId ?? 'no KMS key'}`);
    return { algorithm: head.ServerSideEncryption, key: head.SSEKMSKeyId };
  }

  it('writes each namespace’s objects with the namespace’s key', async () => {
    for (const team of ['finance', 'research']) {
      expect(await encryptionOfWhatIsWrittenIn(team)).toEqual({ algorithm: 'aws:kms', key: keys[team] });
    }
    expect(keys.finance).not.toBe(keys.research);
  });

  it('writes them without one where no assignment applies', async () => {
    expect(await encryptionOfWhatIsWrittenIn('elsewhere')).toEqual({ algorithm: undefined, key: undefined });
  });
});
