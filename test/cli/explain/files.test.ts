/**
 * `explain -f`, as it is typed: what it prints, and what it says of mistakes.
 */
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../command-line.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const own = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const coreSite = `<?xml version="1.0"?>
<configuration>
  <property>
    <name>fs.s3a.encryption.algorithm</name>
    <value>SSE-KMS</value>
    <final>true</final>
    <source>KmsKeyAssignment/finance</source>
  </property>
  <property><name>fs.s3a.encryption.key</name><value>${arn}</value><final>true</final></property>
  <property><name>fs.s3a.server-side-encryption-algorithm</name><value>AES256</value></property>
  <property><name>fs.s3a.bucket.ledger.encryption.key</name><value>${own}</value></property>
</configuration>
`;
const files = { 'core-site.xml': coreSite, 'spark.conf': 'spark.hadoop.fs.s3a.encryption.algorithm AES256\n' };

describe('explain -f', () => {
  it('says what S3A does, what decides it, and why the rest does not count', async () => {
    const { code, out, err } = await makeFolder(files).run('explain -f core-site.xml -b ledger');
    expect(out).toBe(`S3A of Hadoop 3.5.0, for the bucket ledger: SSE-KMS with the key ${own}
  algorithm  core-site.xml:3:3  fs.s3a.encryption.algorithm = SSE-KMS (final, from KmsKeyAssignment/finance)
  key        core-site.xml:11:3  fs.s3a.bucket.ledger.encryption.key = ${own}

Without effect
  core-site.xml:9:3  fs.s3a.encryption.key = ${arn} (final)
    the bucket has a setting of its own (core-site.xml:11:3)
  core-site.xml:10:3  fs.s3a.server-side-encryption-algorithm = AES256
    an earlier property of this name is final (core-site.xml:3:3): Hadoop 3.5.0 takes fs.s3a.server-side-encryption-algorithm and fs.s3a.encryption.algorithm for one name
`);
    expect([code, err]).toEqual([0, '']);
  });

  it('answers as another release reads', async () => {
    const { out } = await makeFolder(files).run('explain -f core-site.xml --hadoop 3.3.1');
    expect(out).toContain('for a bucket without settings of its own: AES256');
    expect(out).toContain("S3A of Hadoop 3.3.1 doesn't read this name");
  });

  it("puts Spark's properties over Hadoop's files", async () => {
    const { out } = await makeFolder(files).run('explain -f spark.conf -f core-site.xml');
    expect(out).toContain('does not start: the algorithm is AES256, which takes no key, and a key is set');
  });

  it('does not call a property without effect that may decide', async () => {
    const names = ['encryption.key', 'server-side-encryption.key'];
    const folder = makeFolder({ 'a.conf': names.map((name) => `spark.hadoop.fs.s3a.${name} ${name}\n`).join('') });
    const { out } = await folder.run('explain -f a.conf');
    expect(out).toContain('which setting counts depends on the order of a hash table');
    expect(out).not.toContain('Without effect');
  });

  it('says of an algorithm that 2.10 does not read by its name, and not by clear-text-fallback', async () => {
    const property = (name: string, value: string) =>
      `<property><name>${name}</name><value>${value}</value></property>`;
    const fallback = property('hadoop.security.credential.clear-text-fallback', 'false');
    const text = `<configuration>${fallback}${property('fs.s3a.encryption.algorithm', 'SSE-KMS')}</configuration>`;
    const folder = makeFolder({ 'core-site.xml': text });
    const reasons = ['2.10.2', '3.5.0'].map(async (version) => {
      const { out } = await folder.run(`explain -f core-site.xml --hadoop ${version} -o json`);
      return JSON.parse(out).overridden[0].why;
    });
    expect(await Promise.all(reasons)).toEqual(['notReadByVersion', 'clearTextFallbackOff']);
  });

  it('answers for several buckets, as JSON in a list', async () => {
    const { out } = await makeFolder(files).run('explain -f core-site.xml -b ledger -b logs -o json');
    expect(JSON.parse(out)).toMatchObject([
      { bucket: 'ledger', outcome: { kind: 'encrypted', method: 'SSE-KMS', key: own } },
      {
        bucket: 'logs',
        outcome: { key: arn },
        decidedBy: { key: { file: 'core-site.xml', line: 9, column: 3, final: true } },
      },
    ]);
  });

  it('reads the standard input, and files that others include', async () => {
    const text = '<configuration><include href="more.xml"/></configuration>';
    const folder = makeFolder({ 'conf/core-site.xml': text, 'conf/more.xml': coreSite });
    expect((await folder.run('explain -f conf/core-site.xml')).out).toContain('  algorithm  conf/more.xml:3:3');
    expect((await makeFolder({}).run('explain -f -', { stdin: coreSite })).out).toContain('  algorithm  -:3:3  ');
  });

  it('tells what a URL includes as not looked at', async () => {
    const text = '<configuration><include href="http://127.0.0.1:9/x.xml"/></configuration>';
    const { out } = await makeFolder({ 'core-site.xml': text }).run('explain -f core-site.xml');
    expect(out).toContain('http://127.0.0.1:9/x.xml is included and was not looked at');
  });

  it('never prints a key of a customer', async () => {
    const secret = Buffer.alloc(32, 'secret').toString('base64');
    const property = (name: string, value: string) =>
      `<property><name>${name}</name><value>${value}</value></property>`;
    const text = `<configuration>${property('fs.s3a.encryption.algorithm', 'SSE-C')}${property('fs.s3a.encryption.key', secret)}${property('fs.s3a.bucket.b.encryption.key', secret)}</configuration>`;
    for (const format of ['text', 'json']) {
      const { out } = await makeFolder({ 'core-site.xml': text }).run(`explain -f core-site.xml -b b -o ${format}`);
      expect(out).toContain('SSE-C');
      expect(out).not.toContain(secret.slice(0, 12));
    }
  });

  it('never prints a key of a customer that has another form than S3A needs', async () => {
    const text = '<configuration><property><name>fs.s3a.encryption.algorithm</name><value>SSE-C</value></property>';
    const key = '<property><name>fs.s3a.encryption.key</name><value>correct-horse</value></property></configuration>';
    for (const format of ['text', 'json']) {
      const { out } = await makeFolder({ 'core-site.xml': text + key }).run(`explain -f core-site.xml -o ${format}`);
      expect(out).toContain('(a secret of 13 characters)');
      expect(out).not.toContain('correct-horse');
    }
  });

  it('says of properties that Spark can not read what becomes of the client', async () => {
    const folder = makeFolder({ 'spark.conf': 'spark.hadoop.fs.s3a.encryption.key \\u00zz\n' });
    const { code, out } = await folder.run('explain -f spark.conf');
    expect(out).toContain("spark.conf:1:1: Malformed: a '\\u' without four hexadecimal digits");
    expect(out).not.toContain('Hadoop');
    expect(code).toBe(1);
  });

  it('exits with 1 for a file that Hadoop can not read, with its place', async () => {
    const folder = makeFolder({ 'core-site.xml': '<configuration>\n<property></configuration>' });
    const { code, out } = await folder.run('explain -f core-site.xml');
    expect(out).toBe(`core-site.xml:2:11: Malformed: </configuration> stands where </property> is due
  a client that loads this file does not start
`);
    expect(code).toBe(1);
    expect(JSON.parse((await folder.run('explain -f core-site.xml -o json')).out)).toMatchObject({
      outcome: { kind: 'unreadable', file: 'core-site.xml', line: 2, column: 11, reason: 'Malformed', forHadoop: true },
    });
  });

  it('does not answer for a file that only Hadoop reads', async () => {
    const folder = makeFolder({ 'core-site.xml': '<!DOCTYPE a [<!ENTITY e "x">]>\n<configuration/>' });
    const { code, out } = await folder.run('explain -f core-site.xml');
    expect(out).toContain('core-site.xml:1:1: DoctypeNotAllowed');
    expect(out).toContain('this program does not read such a file; Hadoop may');
    expect(code).toBe(1);
  });

  it.each([
    ['explain', 'name either files with -f, or one NAMESPACE/NAME'],
    ['explain finance/x -f core-site.xml', 'name either files with -f, or one NAMESPACE/NAME'],
    ['explain finance/x -b ledger', '--bucket is for files: name them with -f'],
    ['explain -f core-site.xml -b s3a://ledger', "--bucket s3a://ledger is no bucket's name"],
    ['explain core-site.xml', 'core-site.xml is a file: name it with -f'],
    ['explain finance', "'finance' is not NAMESPACE/NAME, for example finance/hadoop-conf"],
    ['explain -f none.xml', "can't read none.xml: it does not exist"],
    ['explain -f .', "can't read .: it is a folder: name its files in the order in which they are loaded"],
    ['explain -f core-site.xml --hadoop 2.7', '--hadoop 2.7: name a release of Hadoop from 2.10 on'],
    ['explain -f - -f -', "the standard input ('-') is named twice"],
    ['explain -f bytes.xml', 'bytes.xml is not UTF-8'],
    ['explain -f cm.yaml', 'cm.yaml is a manifest'],
  ])('%s is a mistake', async (line, message) => {
    const folder = makeFolder({ ...files, 'bytes.xml': Buffer.from([0xff, 0xfe]), 'cm.yaml': 'kind: ConfigMap' });
    const { code, err, out } = await folder.run(line);
    expect(err).toContain(`sse-kms explain: ${message}`);
    expect([code, out]).toEqual([2, '']);
  });

  it('reads as the newest release where a newer one is asked for, and says so', async () => {
    const { code, err } = await makeFolder(files).run('explain -f core-site.xml --hadoop 3.6.0');
    expect(err).toBe('sse-kms explain: Hadoop 3.6.0 is newer than this program knows: read as 3.5.0 reads\n');
    expect(code).toBe(0);
  });
});
