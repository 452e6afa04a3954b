/**
 * The second reader finds in a result what the plan promises, or says no.
 */
import { describe, expect, it } from 'vitest';
import { wantedProperties } from '../../../src/core/hadoop/s3a.ts';
import { agrees } from '../../../src/core/hadoop/second-reading.ts';

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
    ['a member in a comment', `${ours}<!-- <property><name>fs.s3a.encryption.key</name></property> -->`],
  ])('agrees with %s', (_, inside) => expect(said(inside)).toBe(true));

  it.each([
    ['nothing', ''],
    ['something before our block', `<property name="a" value="1"/>${ours}`],
    ['a block that lacks one', ours.slice(ours.indexOf('\n'))],
    ['a value that differs', ours.replace(arn, `${arn} `)],
    ['one that is not final', ours.replace('<final>true</final>', '')],
    ['another member behind it', `${ours}<property name=" fs.s3a.encryption.key" value="x"/>`],
    ['another member for a bucket', `${ours}<g><property><name>fs.s3a.bucket.b.encryption.key</name></property></g>`],
    ['a member split by a reference', `${ours}<property><name>fs.s3a.encryption&#46;key</name></property>`],
    ['a member for 2.10 alone', `${ours}<property><name>fs.s3a.<tag>encryption.key</tag></name></property>`],
    ['our block inside a comment', `<!-- ${ours} -->`],
  ])('disagrees with %s', (_, inside) => expect(said(inside)).toBe(false));

  it('disagrees with what it cannot read', () => {
    expect(agrees('<configuration', wanted, encryption)).toBe(false);
    expect(agrees('', wanted, encryption)).toBe(false);
  });

  it('leaves the workload its own members for an unmanaged bucket, but not what was ours', () => {
    const member = (source: string) =>
      `<configuration>${ours}<property name="fs.s3a.bucket.b.encryption.key" value="x"${source}/></configuration>`;
    const unmanaged = { ...encryption, buckets: [{ name: 'b', unmanaged: true as const }] };
    expect(agrees(member(''), wanted, encryption)).toBe(false);
    expect(agrees(member(''), wanted, unmanaged)).toBe(true);
    expect(agrees(member(' source="KmsKeyAssignment/finance"'), wanted, unmanaged)).toBe(false);
  });

  it('of a file that is only cut wants no block', () => {
    expect(agrees('<configuration/>', [], encryption)).toBe(true);
    expect(agrees(`<configuration>${ours}</configuration>`, [], encryption)).toBe(false);
  });
});
