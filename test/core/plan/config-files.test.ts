/**
 * Files that are told by their content, and those in Secrets.
 */
import { describe, expect, it } from 'vitest';
import type { Assignment, Enforcement } from '../../../src/core/assignment/resolve.ts';
import { decodeBase64, encodeBase64 } from '../../../src/core/base64.ts';
import {
  ConfigFiles,
  type ConfigObjectContent,
  type FileRules,
  planConfigObject,
} from '../../../src/core/plan/config-object.ts';
import { maxBytes } from '../../../src/core/plan/size.ts';

const files: FileRules = { core: ['core-site.xml'], other: ['hdfs-site.xml'], byContent: true };
const file =
  '<configuration>\n<property><name>fs.defaultFS</name><value>s3a://a</value></property>\n</configuration>\n';

function assignment(enforcement: Enforcement): Assignment {
  const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
  const target = { namespaces: ['finance'] };
  return { name: 'finance', target, algorithm: 'SSE-KMS', key: { arn }, buckets: [], enforcement };
}

const planned = (content: ConfigObjectContent, enforcement: Enforcement = 'Strict', named = files) =>
  planConfigObject(content, assignment(enforcement), named);
const roles = (plan: ReturnType<typeof planned>) => plan.files.map(({ dataKey, role }) => [dataKey, role]);

describe('a Hadoop configuration under another key', () => {
  it('gets the encryption properties, as one named core-site.xml does', () => {
    const inCore = planned({ data: { 'core-site.xml': file } });
    const inOther = planned({ data: { 'my.conf': file } });
    expect(roles(inOther)).toEqual([['my.conf', 'core']]);
    expect(inOther.files[0]?.plan).toEqual(inCore.files[0]?.plan);
    expect(inOther).toMatchObject({ kind: 'change', patch: [{ path: '/data/my.conf' }] });
  });

  it('is planned once where its key is known, by what the key says', () => {
    const data = { 'core-site.xml': file, 'hdfs-site.xml': file, b: file, a: file, c: 'x' };
    expect(roles(planned({ data, binaryData: { d: encodeBase64(file) } }))).toEqual([
      ['core-site.xml', 'core'],
      ['hdfs-site.xml', 'other'],
      ['a', 'core'],
      ['b', 'core'],
      ['d', 'core'],
    ]);
  });

  it.each<Enforcement>(['Enforce', 'Audit'])('is left alone under %s', (enforcement) => {
    expect(planned({ data: { a: file } }, enforcement)).toEqual({ kind: 'unchanged', files: [], notes: [] });
  });

  it('is left alone where the option is off', () => {
    const off = { ...files, byContent: false };
    expect(planned({ data: { a: file } }, 'Strict', off).files).toEqual([]);
    expect(new ConfigFiles({ data: { a: file } }, off).some(true)).toBe(false);
    expect(new ConfigFiles({ data: { a: file } }, files).some(true)).toBe(true);
  });

  it.each([0, 1, 2, 3])('is found in binary data, behind %i bytes', (blanks) => {
    const binaryData = { a: encodeBase64(`<!--${'x'.repeat(blanks)}-->${file}`) };
    expect(planned({ binaryData }).kind).toBe('change');
  });

  it.each<[string, Buffer]>([
    ['UTF-16', Buffer.from(`\ufeff${file}`, 'utf16le')],
    ['UTF-16 of the other byte order', Buffer.from(`\ufeff${file}`, 'utf16le').swap16()],
    ['Latin-1', Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${file}<!--\xe9-->`, 'latin1')],
  ])('is refused in %s', (_, bytes) => {
    expect(planned({ binaryData: { a: bytes.toString('base64') } })).toMatchObject({
      refusals: [{ dataKey: 'a', reason: 'UnsupportedEncoding' }],
    });
  });

  it('is no archive in which one stands', () => {
    const archive = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 0xff]), Buffer.from(file)]);
    expect(planned({ binaryData: { a: archive.toString('base64'), b: 'no base64 <configuration' } }).files).toEqual([]);
  });

  it('has what was planned for it left alone the next time', () => {
    const first = planned({ data: { a: file } });
    if (first.kind !== 'change') throw new Error(`it is ${first.kind}`);
    const [operation] = first.patch;
    expect(planned({ data: { a: operation?.value ?? '' } }).kind).toBe('unchanged');
  });
});

describe('a Secret', () => {
  const secret = (text: string): ConfigObjectContent => ({
    kind: 'Secret',
    data: { 'core-site.xml': encodeBase64(text) },
  });

  it('has its file read from base64 and written as that', () => {
    const plan = planned(secret(file));
    const plain = planned({ data: { 'core-site.xml': file } });
    if (plan.kind !== 'change' || plain.kind !== 'change') throw new Error(`it is ${plan.kind}`);
    expect(plan.patch[0]?.path).toBe('/data/core-site.xml');
    expect(decodeBase64(plan.patch[0]?.value ?? '')).toBe(plain.patch[0]?.value);
  });

  it('is a config object by content, too', () => {
    expect(roles(planned({ kind: 'Secret', data: { a: encodeBase64(file) } }))).toEqual([['a', 'core']]);
    expect(new ConfigFiles({ data: { a: encodeBase64(file) } }, files).some(true)).toBe(false);
  });

  it('may be as large as the API server lets it, counted decoded', () => {
    const grown = planned(secret(file)).files[0]?.plan;
    if (grown?.kind !== 'change') throw new Error('it has to change');
    const content = (bytes: number) => {
      const { data } = secret(file);
      return { kind: 'Secret' as const, data: { ...data, x: Buffer.alloc(bytes).toString('base64') } };
    };
    const room = maxBytes - grown.result.length;
    expect(planned(content(room)).kind).toBe('change');
    const message = expect.stringContaining('the Secret');
    expect(planned(content(room + 1))).toMatchObject({ kind: 'refused', refusals: [{ reason: 'TooLarge', message }] });
  });

  it.each<[string, string]>([
    ['whose end tag is another', '<configuration>\n<hunter2></configuration>'],
    ['with an unknown entity', '<configuration>&hunter2;</configuration>'],
    ['with an unbound prefix', '<hunter2:configuration/>'],
    ['with another root', '<hunter2/>'],
    [
      'with other encryption of a bucket',
      '<configuration><property><name>fs.s3a.bucket.hunter2.encryption.algorithm</name><value>SSE-C</value></property></configuration>',
    ],
    [
      'with a property to be cut',
      '<configuration><property><name>fs.s3a.bucket.hunter2.encryption.key</name><value>x</value></property></configuration>',
    ],
    [
      'with another client of a bucket',
      '<configuration><property><name>fs.s3a.bucket.hunter2.s3.client.factory.impl</name><value>x</value></property></configuration>',
    ],
    [
      'with an inseparable property',
      '<configuration><property><name>fs.s3a.bucket.hunter2.encryption.key</name><value>x</value><include/></property></configuration>',
    ],
  ])('%s is told by place and reason, in no words of its own', (_, text) => {
    for (const enforcement of ['Enforce', 'Strict'] as const) {
      const told = (content: ConfigObjectContent) => {
        const plan = planned(content, enforcement);
        return plan.kind === 'refused' ? plan.refusals : plan.notes;
      };
      expect(JSON.stringify(told({ data: { 'core-site.xml': text } }))).toContain('hunter2');
      const redact = told(secret(text));
      expect(JSON.stringify(redact)).not.toContain('hunter2');
      const places = (found: readonly object[]) => found.map((one) => ({ ...one, message: '', excerpt: null }));
      expect(places(redact)).toEqual(places(told({ data: { 'core-site.xml': text } })));
    }
  });
});
