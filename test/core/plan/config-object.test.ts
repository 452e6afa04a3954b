/**
 * The plan of a whole ConfigMap: which values are Hadoop files, what one refusal means, and the JSON Patch.
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

const files: FileRules = { core: ['core-site.xml'], hive: ['hive-site.xml'], other: ['*-site.xml'] };
const plain = '<configuration>\n</configuration>\n';
const encryptionProperty = '<property name="fs.s3a.encryption.key" value="x"/>';
const withEncryptionProperty = `<configuration>\n  ${encryptionProperty}\n</configuration>\n`;
const unprovable = '<configuration>\n<include href="x"/>\n</configuration>\n';

function assignment(enforcement: Enforcement = 'Enforce'): Assignment {
  const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
  const target = { namespaces: ['finance'] };
  return { name: 'finance', target, algorithm: 'SSE-KMS', key: { arn }, buckets: [], enforcement };
}

const planned = (content: ConfigObjectContent, enforcement?: Enforcement, named = files) =>
  planConfigObject(content, assignment(enforcement), named);

/** The value that the patch writes; there must be one operation. */
function patched(content: ConfigObjectContent, named = files): { path: string; value: string } {
  const plan = planned(content, 'Enforce', named);
  if (plan.kind !== 'change') throw new Error(`it is ${plan.kind}`);
  expect(plan.patch).toHaveLength(1);
  const [{ op, path, value }] = plan.patch as readonly [(typeof plan.patch)[0]];
  expect(op).toBe('replace');
  return { path, value };
}

const right = patched({ data: { 'core-site.xml': plain } }).value;

describe('a config object', () => {
  it.each<[string, ConfigObjectContent]>([
    ['in data', { data: { 'core-site.xml': '' } }],
    ['in binaryData', { binaryData: { 'core-site.xml': '' } }],
    ['of Hive', { data: { a: '', 'hive-site.xml': 'x' } }],
    ['by the end of its key', { data: { a: '', 'any-site.xml': plain } }],
  ])('holds a Hadoop file %s', (_, content) => expect(new ConfigFiles(content, files).some(true)).toBe(true));

  it.each<[string, ConfigObjectContent]>([
    ['nothing', {}],
    ['nothing in either', { data: {}, binaryData: {} }],
    ['other keys', { data: { 'Core-Site.xml': plain, 'core-site.xml.bak': plain } }],
    ['a file with such a key that is no Hadoop configuration', { data: { 'any-site.xml': '<site/>' } }],
  ])('does not hold %s', (_, content) => expect(new ConfigFiles(content, files).some(true)).toBe(false));

  it('is one by its own keys, not by those that every object has', () => {
    const named: FileRules = { core: ['__proto__', 'constructor'], other: ['toString'] };
    expect(new ConfigFiles({ data: {}, binaryData: {} }, named).some(true)).toBe(false);
    expect(new ConfigFiles(JSON.parse('{"data": {"__proto__": "x"}}'), named).some(true)).toBe(true);
    expect(new ConfigFiles({ data: { toString: plain } }, named).some(true)).toBe(true);
  });
});

describe('two ConfigMaps', () => {
  const content: ConfigObjectContent = {
    data: { 'hive-site.xml': 'b', 'core-site.xml': 'a', x: '1' },
    binaryData: { 'core-site.xml': 'c' },
  };

  it('carry the same where their Hadoop files are the same, whatever else they hold', () => {
    const other = { data: { y: '2', 'core-site.xml': 'a', 'hive-site.xml': 'b' }, binaryData: content.binaryData };
    expect(new ConfigFiles(content, files).same(new ConfigFiles(other, files), true)).toBe(true);
    expect(new ConfigFiles({}, files).same(new ConfigFiles({ data: { x: '1' } }, files), true)).toBe(true);
  });

  it.each<[string, ConfigObjectContent]>([
    ['another value', { ...content, data: { ...content.data, 'hive-site.xml': 'c' } }],
    ['a file less', { data: content.data }],
    ['a file more', { ...content, data: { ...content.data, 'hdfs-site.xml': plain } }],
    ['another file', { ...content, data: { 'core-site.xml': 'a', 'hdfs-site.xml': 'b' } }],
    [
      'a file in the other field',
      { data: { 'hive-site.xml': 'b', 'core-site.xml': 'a' }, binaryData: { 'hive-site.xml': 'c' } },
    ],
  ])('do not carry the same with %s', (_, other) => {
    expect(new ConfigFiles(content, files).same(new ConfigFiles(other, files), true)).toBe(false);
    expect(new ConfigFiles(other, files).same(new ConfigFiles(content, files), true)).toBe(false);
  });
});

describe('a ConfigMap', () => {
  it('without Hadoop files is unchanged', () => {
    expect(planned({ data: { a: '<configuration/>' } })).toEqual({ kind: 'unchanged', files: [], notes: [] });
    expect(planned({})).toEqual({ kind: 'unchanged', files: [], notes: [] });
  });

  it('whose files are right is unchanged', () => {
    const plan = planned({ data: { 'core-site.xml': right, 'hdfs-site.xml': plain } });
    expect(plan).toMatchObject({ kind: 'unchanged', notes: [] });
    expect(plan.files.map(({ dataKey, role }) => [dataKey, role])).toEqual([
      ['core-site.xml', 'core'],
      ['hdfs-site.xml', 'other'],
    ]);
  });

  it('has one operation for each value that changes, and none for the others', () => {
    const plan = planned({
      data: { 'core-site.xml': plain, 'hdfs-site.xml': plain, 'hive-site.xml': withEncryptionProperty, other: plain },
      binaryData: { 'hdfs-site.xml': encodeBase64(withEncryptionProperty) },
    });
    if (plan.kind !== 'change') throw new Error(`it is ${plan.kind}`);
    expect(plan.patch).toEqual([
      { op: 'replace', path: '/data/core-site.xml', value: right },
      { op: 'replace', path: '/data/hive-site.xml', value: right },
      { op: 'replace', path: '/binaryData/hdfs-site.xml', value: encodeBase64(right) },
    ]);
    expect(plan.notes.map(({ dataKey, kind }) => [dataKey, kind])).toEqual([
      ['hive-site.xml', 'overridden'],
      ['hdfs-site.xml', 'overridden'],
    ]);
  });

  it('with one refused file is refused, and says every refusal', () => {
    const plan = planned({
      data: { 'core-site.xml': plain, 'hdfs-site.xml': '<configuration>\n<a>', 'hive-site.xml': '' },
    });
    expect(plan).toMatchObject({
      kind: 'refused',
      refusals: [
        { dataKey: 'hive-site.xml', reason: 'Malformed', line: 1, column: 1 },
        { dataKey: 'hdfs-site.xml', reason: 'Malformed', line: 2, column: 1 },
      ],
    });
    expect(plan.files.map(({ plan: { kind } }) => kind)).toEqual(['change', 'refused', 'refused']);
  });

  it('with a note in a file that is right keeps the note', () => {
    const plan = planned({ data: { 'core-site.xml': right, 'hdfs-site.xml': unprovable } });
    expect(plan).toMatchObject({
      kind: 'unchanged',
      notes: [{ dataKey: 'hdfs-site.xml', kind: 'notProvable', line: 2, column: 1 }],
    });
  });

  it('that loses its core-site.xml has the key set in the files that stood beside it', () => {
    const beside = { 'hdfs-site.xml': plain };
    expect(planned({ data: { ...beside, 'core-site.xml': right } }).kind).toBe('unchanged');
    expect(patched({ data: beside })).toEqual({ path: '/data/hdfs-site.xml', value: right });
    const binaryData = { 'core-site.xml': encodeBase64(right) };
    expect(planned({ data: beside, binaryData }).kind).toBe('unchanged');
  });

  it('shows the line of a refusal with a mark under the place', () => {
    const plan = planned({ data: { 'core-site.xml': '<configuration>\n  *** </a>\n' } });
    expect(plan).toMatchObject({ refusals: [{ line: 2, column: 7, excerpt: '  *** </a>\n      ^' }] });
  });

  it('is refused for what cannot be proven under Strict alone', () => {
    const content = { data: { 'core-site.xml': unprovable } };
    expect(planned(content, 'Strict')).toMatchObject({
      refusals: [{ dataKey: 'core-site.xml', reason: 'NotProvable' }],
    });
    expect(planned(content, 'Enforce').kind).toBe('change');
    expect(planned(content, 'Audit')).toEqual(planned(content, 'Enforce'));
  });

  it('has the name of the assignment written into its file', () => {
    expect(right.match(/<source>(.*)<\/source>/)?.[1]).toBe('KmsKeyAssignment/finance');
  });
});

describe('binaryData', () => {
  it('is planned as text and written as base64, byte order mark and all', () => {
    const { path, value } = patched({ binaryData: { 'core-site.xml': encodeBase64(`\ufeff${plain}`) } });
    expect(path).toBe('/binaryData/core-site.xml');
    expect(decodeBase64(value)).toBe(`\ufeff${right}`);
  });

  it('that is no text is refused', () => {
    for (const bytes of [
      [0xff, 0xfe, 0x3c, 0],
      [0x1f, 0x8b],
      [0x66, 0xfc],
    ]) {
      const binaryData = { 'core-site.xml': Buffer.from(bytes).toString('base64') };
      expect(planned({ binaryData })).toMatchObject({
        refusals: [{ dataKey: 'core-site.xml', reason: 'UnsupportedEncoding', line: 1, column: 1 }],
      });
    }
  });
});

describe('a data key', () => {
  it('is escaped in the path of the patch', () => {
    const named: FileRules = { core: ['a/b~c~1.xml'], other: [] };
    expect(patched({ data: { 'a/b~c~1.xml': plain } }, named).path).toBe('/data/a~1b~0c~01.xml');
  });

  it('may be __proto__', () => {
    const named: FileRules = { core: ['__proto__'], other: [] };
    const content = JSON.parse(JSON.stringify({ data: { x: plain } }).replace('"x"', '"__proto__"'));
    expect(patched(content, named)).toEqual({ path: '/data/__proto__', value: right });
    expect(planned(content).kind).toBe('unchanged');
  });

  it('__proto__ beside a file is no matter', () => {
    const content = JSON.parse(
      JSON.stringify({ data: { y: 'z', x: plain } })
        .replace('"y"', '"__proto__"')
        .replace('"x"', '"core-site.xml"'),
    );
    expect(patched(content).value).toBe(right);
  });
});

describe('the size of all values', () => {
  const filler = (bytes: number) => 'x'.repeat(bytes);
  const room = maxBytes - right.length;

  it('may reach the limit of the API server, and not pass it by our properties', () => {
    expect(planned({ data: { 'core-site.xml': plain, a: filler(room) } }).kind).toBe('change');
    expect(planned({ data: { 'core-site.xml': plain, a: filler(room + 1) } })).toMatchObject({
      kind: 'refused',
      refusals: [
        {
          dataKey: 'core-site.xml',
          reason: 'TooLarge',
          line: 1,
          column: 1,
          message: expect.stringContaining('the ConfigMap'),
        },
      ],
    });
  });

  it('is enough to refuse ten thousand files before all of them are planned', () => {
    const value = '<configuration><property name="fs.a" value="b"/></configuration>';
    const data = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${index}`, value]));
    const plan = planned({ data }, 'Strict', { ...files, byContent: true });
    expect(plan).toMatchObject({
      kind: 'refused',
      refusals: [{ reason: 'TooLarge' }, ...Array(plan.files.length - 1).fill({})],
    });
    expect(plan.files.length).toBeLessThan(2000);
  });

  it('counts bytes of UTF-8, and those of binaryData decoded', () => {
    const half = 'é'.repeat(Math.floor(room / 4));
    const rest = room - 2 * half.length;
    const content = (bytes: number) => ({
      data: { 'core-site.xml': plain, a: half },
      binaryData: { b: Buffer.alloc(bytes).toString('base64') },
    });
    expect(planned(content(rest)).kind).toBe('change');
    expect(planned(content(rest + 1)).kind).toBe('refused');
  });

  it('is left to the API server where nothing changes', () => {
    expect(planned({ data: { 'core-site.xml': right, a: filler(maxBytes) } }).kind).toBe('unchanged');
  });
});
