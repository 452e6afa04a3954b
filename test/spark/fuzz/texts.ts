/**
 * Random properties files: entries that decide encryption and others, in every disguise that java.util.Properties sees
 * through, and pieces of text that are none of these.
 */
import type { Assignment } from '../../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../../src/core/plan/config-object.ts';
import type { Random } from '../../hadoop/fuzz/random.ts';

export const bucketNames = ['b1', 'b2', 'my.bucket'];

const short = [
  ...['encryption.algorithm', 'server-side-encryption-algorithm', 'encryption.key'],
  ...['server-side-encryption.key', 'server-side-encryption-key', 'encryption.context'],
];
const s3a = [
  ...short.map((name) => `fs.s3a.${name}`),
  ...bucketNames.flatMap((bucket) =>
    short.flatMap((name) => [`fs.s3a.bucket.${bucket}.${name}`, `fs.s3a.bucket.${bucket}.fs.s3a.${name}`]),
  ),
];
const catalogs = ['lake', 'other', 'p-1'];
const options = ['s3.sse.type', 's3.sse.key', 'S3.SSE.TYPE', 's3.\u017fse.type', 's3.sse.\u212aey', 's3.Sse.Key'];
const others = [
  ...['spark.master', 'spark.app.name', 'spark.sql.extensions', 'spark.jars', 'spark.files', 'k', ''],
  ...[
    'spark.hadoop.fs.s3a.endpoint',
    'fs.s3a.encryption.key',
    'spark.fs.s3a.encryption.key',
    'Spark.hadoop.fs.s3a.encryption.key',
  ],
  ...['spark.driver.extraJavaOptions', 'spark.executor.defaultJavaOptions', 'spark.executor.extraClassPath'],
  ...['spark.hadoop.fs.s3a.encryption.cse.x', 'spark.hadoop.hadoop.security.credential.clear-text-fallback'],
  ...['spark.hadoop.fs.s3a.bucket.b1.acl.default', '__proto__', 'constructor', 'spark.sql.catalog.lake.type'],
];
const values = [
  ...['SSE-KMS', 'SSE-KMS', 'AES256', 'DSSE-KMS', '', 'none', 'kms', 's3', 'false', 'true', 'a=b', 'k1=v1,k2=v2'],
  ...['arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab', 'one', 'two', ' x ', '\r', '\n'],
  ...['org.apache.iceberg.spark.SparkCatalog', 'org.apache.iceberg.spark.SparkSessionCatalog', 'org.example.Catalog'],
  ...[
    '-Xmx1g -Da=b',
    '-D"spark".hadoop.fs.s3a.encryption.key=mine',
    '-Dspark.hadoop.fs.s3a.encryption.algorithm=SSE-KMS',
  ],
  ...['/opt/a.jar:/opt/b', `\${spark.app.name}`, 'local:///x#__spark_hadoop_conf__.xml', 'é€😀', 'trailing\\'],
];
const classes = [
  ...['org.apache.iceberg.spark.SparkCatalog', 'org.apache.iceberg.spark.SparkSessionCatalog'],
  ...['org.apache.paimon.spark.SparkCatalog', 'org.example.Catalog'],
];
/** Each makes a refusal of nearly every file, so that it stands seldom. */
const grave = ['SSE-C', 'CSE-KMS', 'custom', 'Abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG='];

function pickName(random: Random): string {
  const catalog = `spark.sql.catalog.${random.pick(catalogs)}`;
  return random.pickWeighted<() => string>([
    [8, () => `spark.hadoop.${random.pick(s3a)}`],
    [2, () => `${catalog}.hadoop.${random.pick(s3a)}`],
    [1, () => `${catalog}.${random.pick(['s3.', 's3a.', 'fs.s3a.'])}${random.pick(s3a).slice('fs.s3a.'.length)}`],
    [2, () => catalog],
    [3, () => `${catalog}.${random.pick(options)}`],
    [5, () => random.pick(others)],
  ])();
}

const blanks = ['', '', '', ' ', '  ', '\t', '\f', ' \t'];

/** One of the ways to write a text, as a name or as a value. */
function disguise(text: string, random: Random, isName: boolean): string {
  const rare = random.chance(0.4) ? 0.15 : 0;
  const unicode = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return [...text]
    .flatMap((character) => [...character].join('').split(''))
    .map((c, index) => {
      if (random.chance(rare))
        return random.pick([unicode(c), /[a-zA-Z]/.test(c) ? c : `\\${c}`, `\\\n  ${c}`, `\\\r\n${c}`]);
      if (c === '\n') return '\\n';
      if (c === '\r') return '\\r';
      if (c === '\\') return '\\\\';
      if (isName && ' \t\f=:'.includes(c)) return `\\${c}`;
      return index === 0 && c === ' ' ? '\\ ' : c;
    })
    .join('');
}

function entry(random: Random): string {
  const around = () => (random.chance(0.1) ? random.pick([' ', '\t', '\0', '\u00a0']) : '');
  const name = around() + pickName(random) + around();
  const kept = random.chance(0.08) ? name.replace(/^(spark\.hadoop\.)/, '$1 ') : name;
  const likely = /catalog\.[^.]+$/.test(name) && random.chance(0.8) ? classes : values;
  const value = random.pick(random.chance(0.03) ? grave : likely);
  const separator = random.pick(['=', '=', '=', ' ', ':', ' = ', '\t', '  ', ' :', '\\\n =']);
  return `${random.pick(blanks)}${disguise(kept, random, true)}${separator}${disguise(value, random, false)}`;
}

const crumbs = [
  ...['\\', '\\\\', '\\\\\\', '#', '!', '=', ':', ' ', '\t', '\f', '\n', '\r', '\r\n', '\\\n', '\\\r\n', '\\\r'],
  ...[
    '\\u',
    '\\u00',
    '\\u0041',
    '\\u005c',
    '\0',
    '\u000b',
    '\u001c',
    '\u0085',
    '\u00a0',
    '\u2028',
    '\ufeff',
    'é',
    '😀',
  ],
  ...[
    '# KmsKeyAssignment/finance',
    '# KmsKeyAssignment/old\n',
    'k',
    'k=v',
    '#c\\',
    'spark.hadoop.',
    'fs.s3a.encryption.key',
  ],
];

/** @param earlier whose plan the file may have been through already */
export function pickText(random: Random, earlier: readonly Assignment[]): string {
  const parts: string[] = [];
  const most = random.pick([2, 5, 12]);
  const end = random.pick(['\n', '\n', '\r\n', '\r']);
  for (let count = random.below(most + 1); count > 0; count--) {
    parts.push(
      random.pickWeighted<() => string>([
        [10, () => entry(random)],
        [2, () => random.pick(['# comment', '! comment \\', '#\\u00', '', '  ', '# KmsKeyAssignment/finance'])],
        [1, () => Array.from({ length: random.below(8) }, () => random.pick(crumbs)).join('')],
      ])(),
      random.chance(0.95) ? end : random.pick(crumbs),
    );
  }
  if (random.chance(0.4)) parts.pop();
  let text = parts.join('');
  if (random.chance(0.35)) text = planned(text, random.pick(earlier));
  for (let changes = random.chance(0.4) ? 1 + random.below(3) : 0; changes > 0; changes--) {
    const at = random.below(text.length + 1);
    const length = random.chance(0.5) ? 0 : random.below(20);
    const piece = random.chance(0.3) ? text.slice(at, at + length).repeat(2) : random.pick(crumbs);
    text = text.slice(0, at) + piece + text.slice(at + length);
  }
  return text.toWellFormed();
}

function planned(text: string, assignment: Assignment): string {
  const data = { 'spark.properties': text };
  const [file] = planConfigObject({ data }, assignment, { core: [], other: [], spark: Object.keys(data) }).files;
  return file?.plan.kind === 'change' ? file.plan.result : text;
}
