/**
 * The second reader finds in a result what the plan promises, or says no.
 */
import { describe, expect, it } from 'vitest';
import { wantedProperties } from '../../../../src/core/clients/s3a/encryption-properties.ts';
import { agrees, agreesInParts } from '../../../../src/core/clients/s3a/second-reading.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const encryption = { algorithm: 'SSE-KMS', key: { arn }, buckets: [] } as const;
const wanted = wantedProperties(encryption);
const ours = wanted
  .map(({ name, value }) => `<property><name>${name}</name><value>${value}</value><final>true</final></property>`)
  .join('\n');
const said = (inside: string) => agrees(`<configuration>${inside}</configuration>`, wanted, encryption);

describe('the second reading', () => {
  it.each([
    ['our block alone', ours],
    ['other properties behind it', `${ours}<property name="a" value="1"/>`],
    ['elements named like members of Object.prototype', `${ours}<constructor/><__proto__ toString="1">x</__proto__>`],
    ['elements that HTML knows', `${ours}<br/><script>a</script><p></p>`],
    ['comments, CDATA, instructions and references', `<!--a-->${ours}<x>&#65;&amp;<![CDATA[<b>]]><?y?></x>`],
    ['quotes in instructions', `<?note don't?><?x "</configuration>?>${ours}<!-- <? --><x>?></x>`],
    ['what is not Latin-1', `${ours}<メモ 種="東京😀">東京</メモ><property name="東京" value="大阪"/>`],
    ['an encryption property in a comment', `${ours}<!-- <property><name>fs.s3a.encryption.key</name></property> -->`],
  ])('agrees with %s', (_, inside) => expect(said(inside)).toBe(true));

  it.each([
    ['nothing', ''],
    ['something before our block', `<property name="a" value="1"/>${ours}`],
    ['a block that lacks one', ours.slice(ours.indexOf('\n'))],
    ['a value that differs', ours.replace(arn, `${arn} `)],
    ['one that is not final', ours.replace('<final>true</final>', '')],
    ['another encryption property behind it', `${ours}<property name=" fs.s3a.encryption.key" value="x"/>`],
    [
      'another encryption property for a bucket',
      `${ours}<g><property><name>fs.s3a.bucket.b.encryption.key</name></property></g>`,
    ],
    [
      'another encryption property for a bucket of any name',
      `${ours}<property name="fs.s3a.bucket.東京😀.encryption.key" value="x"/>`,
    ],
    [
      'an encryption property split by a reference',
      `${ours}<property><name>fs.s3a.encryption&#46;key</name></property>`,
    ],
    [
      'an encryption property for 2.10 alone',
      `${ours}<property><name>fs.s3a.<tag>encryption.key</tag></name></property>`,
    ],
    ['our block inside a comment', `<!-- ${ours} -->`],
  ])('disagrees with %s', (_, inside) => expect(said(inside)).toBe(false));

  it('disagrees with what it cannot read', () => {
    expect(agrees('<configuration', wanted, encryption)).toBe(false);
    expect(agrees('', wanted, encryption)).toBe(false);
  });

  it('leaves the workload its own encryption properties for an unmanaged bucket, but not what was ours', () => {
    const withSource = (source: string) =>
      `<configuration>${ours}<property name="fs.s3a.bucket.b.encryption.key" value="x"${source}/></configuration>`;
    const unmanaged = { ...encryption, buckets: [{ name: 'b', unmanaged: true as const }] };
    expect(agrees(withSource(''), wanted, encryption)).toBe(false);
    expect(agrees(withSource(''), wanted, unmanaged)).toBe(true);
    expect(agrees(withSource(' source="KmsKeyAssignment/finance"'), wanted, unmanaged)).toBe(false);
  });

  it('of a file that is only cut wants no block', () => {
    expect(agrees('<configuration/>', [], encryption)).toBe(true);
    expect(agrees(`<configuration>${ours}</configuration>`, [], encryption)).toBe(false);
  });
});

describe('read in two parts', () => {
  const property = (name: string) => `<property><name>${name}</name><value>x</value></property>`;
  const saidOf = (before: string, after: string, block = ours, due = wanted) =>
    agreesInParts(
      { block, before, rootEnd: '</configuration>', put: (elements) => ({ offset: 0, length: 0, text: elements }) },
      ({ text }) => before + text + after,
      due,
      encryption,
    );

  it.each([
    ['a file with other properties', '<configuration>', '<property name="a" value="1"/></configuration>'],
    ['a file with nothing else', '<configuration>\n', '</configuration>'],
  ])('%s agrees, the second time too', (_, before, after) => {
    expect([saidOf(before, after), saidOf(before, after)]).toEqual([true, true]);
  });

  it.each([
    ['something before the block', '<configuration><property name="a" value="1"/>', '</configuration>'],
    ['the block inside a comment', '<configuration><!-- ', ' --></configuration>'],
    ['the block inside CDATA', '<configuration><![CDATA[', ']]></configuration>'],
    ['the block inside an attribute', "<configuration a='", "'></configuration>"],
    ['the block inside a property', '<configuration><property><name>a</name>', '</property></configuration>'],
    [
      'an encryption property behind it',
      '<configuration>',
      '<property name="fs.s3a.encryption.key" value="x"/></configuration>',
    ],
    [
      'an encryption property with a reference in its name',
      '<configuration>',
      `${property('fs.s3a.encr&#121;ption.key')}</configuration>`,
    ],
    [
      'an encryption property in an attribute with a reference',
      '<configuration>',
      '<property name="fs.s3a.encr&#121;ption.key" value="x"/></configuration>',
    ],
    [
      'an encryption property with a comment in its name',
      '<configuration>',
      `${property('fs.s3a.encr<!-- -->yption.key')}</configuration>`,
    ],
    [
      'an encryption property with CDATA in its name',
      '<configuration>',
      `${property('fs.s3a.encr<![CDATA[yption.key]]>')}</configuration>`,
    ],
    [
      'an encryption property with an element in its name',
      '<configuration>',
      `${property('fs.s3a.encr<b>yption.key</b>')}</configuration>`,
    ],
    [
      'an encryption property in an element with a prefix',
      '<configuration xmlns:a="a">',
      '<property><a:name a="1">fs.s3a.encr<!-- -->yption.key</a:name></property></configuration>',
    ],
    ['what cannot be read', '<configuration><', '</configuration>'],
  ])('%s disagrees', (_, before, after) => expect(saidOf(before, after)).toBe(false));

  it.each([
    ['lacks one', ours.slice(ours.indexOf('\n'))],
    ['has one more', `${ours}<property name="a" value="1" final="true"/>`],
    ['has another value', ours.replace(arn, `${arn} `)],
    ['has one that is not final', ours.replace('<final>true</final>', '')],
    ['has one that only 3.x reads so', ours.replace('<final>', '<tag/><final>').replace(arn, `a<tag>b</tag>${arn}`)],
    ['cannot be read', `${ours}<!--`],
    ['is empty', ''],
  ])('a block that %s disagrees, the second time too', (_, block) => {
    const said = () => saidOf('<configuration>', '</configuration>', block);
    expect([said(), said()]).toEqual([false, false]);
  });

  it('a block that is right for one assignment is not for another', () => {
    const others = wantedProperties({ ...encryption, key: { accountDefault: true } });
    expect(saidOf('<configuration>', '</configuration>')).toBe(true);
    expect(saidOf('<configuration>', '</configuration>', ours, others)).toBe(false);
  });
});
