// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Hadoop's variables
/**
 * Which property decides, and why the others don't. That it is right is for Hadoop's own jars to say (test/hadoop/explain).
 */
import { describe, expect, it } from 'vitest';
import { ask, site } from './ask.ts';

const algorithm = 'fs.s3a.encryption.algorithm';
const key = 'fs.s3a.encryption.key';
const oldAlgorithm = 'fs.s3a.server-side-encryption-algorithm';
const oldKey = 'fs.s3a.server-side-encryption.key';
const ofBucket = (name: string) => `fs.s3a.bucket.ledger.${name.replace(/^fs\.s3a\./, '')}`;

describe('in one file', () => {
  it('the last property of a name counts', () => {
    const text = site([algorithm, 'AES256'], [algorithm, 'SSE-KMS'], [key, 'one']);
    expect(ask({ 'a.xml': text })).toEqual({
      encryption: 'SSE-KMS one',
      decided: { algorithm: 'a.xml:3', key: 'a.xml:4' },
      without: ['a.xml:2 laterProperty a.xml:3'],
      doubts: [],
    });
  });

  it('the first final one counts, whatever follows', () => {
    const text = site([`!${algorithm}`, 'SSE-KMS'], [algorithm, 'AES256'], [`!${algorithm}`, 'AES256']);
    expect(ask({ 'a.xml': text }).without).toEqual(['a.xml:3 earlierFinal a.xml:2', 'a.xml:4 earlierFinal a.xml:2']);
  });

  it('a final one without a value keeps the name unset', () => {
    const text = site([`!${algorithm}`, null], [algorithm, 'SSE-KMS']);
    expect(ask({ 'a.xml': text })).toMatchObject({
      encryption: 'none',
      without: ['a.xml:2 noValue', 'a.xml:3 frozenWithoutValue a.xml:2'],
    });
  });

  it('the old name and the new one are one from 3.3.2 on, and before that the new one is not read', () => {
    const text = site([oldAlgorithm, 'AES256'], [algorithm, 'SSE-KMS']);
    expect(ask({ 'a.xml': text }, { hadoop: '3.3.2' })).toMatchObject({
      encryption: 'SSE-KMS -',
      without: ['a.xml:2 laterProperty a.xml:3'],
    });
    expect(ask({ 'a.xml': text }, { hadoop: '3.3.1' })).toMatchObject({
      encryption: 'AES256 -',
      without: ['a.xml:3 notReadByVersion'],
    });
  });

  it('a name with blanks around it in its attribute counts for nobody', () => {
    const text = `<configuration><property name="${key} " value="x"/></configuration>`;
    expect(ask({ 'a.xml': text }).without).toEqual(['a.xml:1 blanksInName']);
  });

  it('nothing counts behind a fallback that stands alone', () => {
    const text = `<configuration>\n<fallback/>\n${site([algorithm, 'SSE-KMS']).split('\n')[1]}</configuration>`;
    expect(ask({ 'a.xml': text })).toMatchObject({ encryption: 'none', without: ['a.xml:3 behindFallback'] });
  });
});

describe('for a bucket', () => {
  it('its own property counts, even where the one for all is final', () => {
    const text = site([`!${algorithm}`, 'SSE-KMS'], [`!${key}`, 'one'], [ofBucket(key), 'two']);
    expect(ask({ 'a.xml': text }, { bucket: 'ledger' })).toMatchObject({
      encryption: 'SSE-KMS two',
      without: ['a.xml:3 bucketSetting a.xml:4'],
    });
    expect(ask({ 'a.xml': text }, { bucket: 'other' })).toMatchObject({ encryption: 'SSE-KMS one', without: [] });
  });

  it('the long name goes before the short one, but in 2.10, which knows no long ones', () => {
    const text = site(
      [oldAlgorithm, 'SSE-KMS'],
      [ofBucket(oldKey), 'short'],
      [`fs.s3a.bucket.ledger.${oldKey}`, 'long'],
    );
    expect(ask({ 'a.xml': text }, { bucket: 'ledger' })).toMatchObject({
      encryption: 'SSE-KMS long',
      without: ['a.xml:3 longName a.xml:4'],
    });
    expect(ask({ 'a.xml': text }, { bucket: 'ledger', hadoop: '2.10.2' })).toMatchObject({
      encryption: 'SSE-KMS short',
      without: ['a.xml:4 notReadByVersion'],
    });
  });

  it('the new name goes before the old one, wherever it stands', () => {
    const text = site([algorithm, 'SSE-KMS'], [ofBucket(key), 'new'], [ofBucket(oldKey), 'old']);
    expect(ask({ 'a.xml': text }, { bucket: 'ledger' })).toMatchObject({
      encryption: 'SSE-KMS new',
      without: ['a.xml:4 newName a.xml:3'],
    });
  });

  it('a blank ends the search from 3.3.2 on, and takes the key away', () => {
    const text = site([algorithm, 'SSE-KMS'], [key, 'one'], [ofBucket(key), ' ']);
    expect(ask({ 'a.xml': text }, { bucket: 'ledger' })).toMatchObject({ encryption: 'SSE-KMS -' });
  });

  it('of two that one client copies over the same name nobody can say which one wins', () => {
    const text = site(
      [oldAlgorithm, 'SSE-KMS'],
      [ofBucket(oldKey), 'one'],
      ['fs.s3a.bucket.ledger.server-side-encryption-key', 'two'],
    );
    const answer = ask({ 'a.xml': text }, { bucket: 'ledger', hadoop: '2.10.2' });
    expect(answer).toMatchObject({ encryption: null, doubts: ['order a.xml:3'] });
  });
});

describe('of several files', () => {
  it('the one that is loaded last counts, unless an earlier one is final', () => {
    const first = site([algorithm, 'AES256'], [`!${key}`, 'one']);
    const second = site([algorithm, 'SSE-KMS'], [key, 'two']);
    expect(ask({ 'core-site.xml': first, 'hive-site.xml': second })).toMatchObject({
      encryption: 'SSE-KMS one',
      decided: { algorithm: 'hive-site.xml:2', key: 'core-site.xml:3' },
      without: ['core-site.xml:2 laterFile hive-site.xml:2', 'hive-site.xml:3 earlierFinal core-site.xml:3'],
    });
  });

  it("Spark's properties win over final ones, wherever they stand in the list", () => {
    const spark = `spark.hadoop.${algorithm}=AES256\nspark.hadoop.${algorithm} SSE-KMS\n`;
    const answer = ask({ 'spark-defaults.conf': spark, 'core-site.xml': site([`!${algorithm}`, 'AES256']) });
    expect(answer).toMatchObject({
      encryption: 'SSE-KMS -',
      without: [
        'core-site.xml:2 setBySpark spark-defaults.conf:2',
        'spark-defaults.conf:1 laterProperty spark-defaults.conf:2',
      ],
    });
  });

  it('a file that is included counts at its place', () => {
    const text = `<configuration>\n<include href="more.xml"/>\n</configuration>`;
    expect(ask({ 'a.xml': text }, { included: { 'more.xml': site([algorithm, 'SSE-KMS']) } })).toMatchObject({
      encryption: 'SSE-KMS -',
      decided: { algorithm: 'more.xml:2' },
    });
    expect(ask({ 'a.xml': text })).toEqual({ unreadable: 'a.xml:2:1 IncludeMissing' });
  });

  it('a file that includes itself is told, instead of being read for ever', () => {
    const text = '<configuration><include href="a.xml"/></configuration>';
    expect(ask({ 'a.xml': text }, { included: { 'a.xml': text } })).toEqual({
      unreadable: 'a.xml:1:16 IncludesItself',
    });
  });
});

describe('what stops S3A', () => {
  it.each([
    ['an algorithm that the release does not know', [[algorithm, 'aws:kms']], '3.5.0'],
    ['DSSE-KMS before 3.4', [[algorithm, 'DSSE-KMS']], '3.3.6'],
    ['another case before 3.3.2', [[oldAlgorithm, 'sse-kms']], '3.3.1'],
    [
      'AES256 with a key',
      [
        [algorithm, 'AES256'],
        [key, 'x'],
      ],
      '3.5.0',
    ],
    ['SSE-C without a key', [[algorithm, 'SSE-C']], '3.5.0'],
    [
      'a context that is none',
      [
        [algorithm, 'SSE-KMS'],
        ['fs.s3a.encryption.context', 'a'],
      ],
      '3.5.0',
    ],
  ] as const)('is %s', (_, properties, hadoop) => {
    expect(ask({ 'a.xml': site(...properties) }, { hadoop }).encryption).toBe('refused');
  });

  it('is no file that says nothing', () => {
    expect(ask({ 'a.xml': '<configuration/>' }).encryption).toBe('none');
  });
});

describe('what the files can not tell', () => {
  it('is what a credential store holds', () => {
    const text = site([algorithm, 'SSE-KMS'], ['hadoop.security.credential.provider.path', 'jceks://file/x']);
    expect(ask({ 'a.xml': text }).doubts).toEqual(['credentialStore a.xml:3']);
  });

  it('is what a variable of the environment stands for', () => {
    const text = site([algorithm, 'SSE-KMS'], [key, '${env.KEY}'], ['other', '${env.X}']);
    expect(ask({ 'a.xml': text }).doubts).toEqual(['variable a.xml:3']);
  });

  it('is nothing where another property gives the variable', () => {
    const text = site([algorithm, 'SSE-KMS'], [key, '${my.key}'], ['my.key', 'one']);
    expect(ask({ 'a.xml': text })).toMatchObject({ encryption: 'SSE-KMS one', doubts: [] });
  });
});

it('without clear-text fallback no setting of a file counts', () => {
  const text = site([algorithm, 'SSE-KMS'], ['hadoop.security.credential.clear-text-fallback', ' FALSE ']);
  expect(ask({ 'a.xml': text })).toMatchObject({ encryption: 'none', without: ['a.xml:2 clearTextFallbackOff'] });
});

it('a file that Hadoop can not read is told with its place', () => {
  expect(ask({ 'a.xml': '<configuration>\n  <property></configuration>' })).toEqual({
    unreadable: 'a.xml:2:13 Malformed',
  });
});
