/**
 * Hadoop configurations under any data key, where the chart's option takes them under Strict.
 */
import { beforeAll, expect, it } from 'vitest';
import { effectiveEncryption } from '../product/effective.ts';
import { eventually } from '../product/eventually.ts';
import { assignment, configMap, firstKey, namespace, plainFile } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const encrypted = { algorithm: 'SSE-KMS', key: firstKey };
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const logback = '<configuration><property name="DIR" value="/x"/><root level="info"/></configuration>';
const mebibyte = 1024 * 1024;

describeWith(['control plane'], 'files told by their content', () => {
  const suite = useProduct('files.byContent=true');
  const { apply, applyRefused, get } = suite;
  const holding = (inNamespace: string, name: string, content: object) =>
    configMap(inNamespace, name, '', { data: undefined, ...content });
  const dataOf = async (name: string, inNamespace: string) => (await get('configmap', name, inNamespace)).data;

  beforeAll(async () => {
    const strict = assignment('strict', ['strict'], { enforcement: 'Strict' });
    await apply([
      namespace('strict'),
      namespace('lenient'),
      namespace('late'),
      strict,
      assignment('lenient', ['lenient']),
    ]);
    await eventually(
      async () => {
        await apply(holding('strict', 'probe', { data: { 'any.conf': plainFile } }));
        return effectiveEncryption((await dataOf('probe', 'strict'))['any.conf']);
      },
      ({ key }) => key === firstKey,
    );
  }, 60_000);

  it('are injected under Strict, whatever their key, prefix and place, and what is none of them stays', async () => {
    const prefixed = plainFile
      .replaceAll('configuration', 'h:configuration')
      .replace('<h:configuration', '<h:configuration xmlns:h="h"');
    const data = { 'a.conf': plainFile, b: prefixed, 'logback.xml': logback, c: 'see <configuration>' };
    const binaryData = { d: base64(plainFile), e: base64(` ${plainFile}`.trim()), f: base64(Buffer.alloc(100, 0xff)) };
    await apply(holding('strict', 'many', { data, binaryData }));
    const stored = await get('configmap', 'many', 'strict');
    for (const key of ['a.conf', 'b']) expect(effectiveEncryption(stored.data[key])).toEqual(encrypted);
    for (const key of ['d', 'e']) {
      expect(effectiveEncryption(Buffer.from(stored.binaryData[key], 'base64').toString())).toEqual(encrypted);
    }
    expect([stored.data['logback.xml'], stored.data.c]).toEqual([logback, data.c]);
    expect(stored.binaryData.f).toBe(binaryData.f);
  });

  it.each([0, 1, 2])('are found in base64 behind %i bytes', async (bytes) => {
    const name = `behind-${bytes}`;
    await apply(
      holding('strict', name, {
        binaryData: { x: base64(`${'\n'.repeat(bytes)}<configuration>${plainFile.split('<configuration>')[1]}`) },
      }),
    );
    const { binaryData } = await get('configmap', name, 'strict');
    expect(effectiveEncryption(Buffer.from(binaryData.x, 'base64').toString())).toEqual(encrypted);
  });

  it('are denied where they cannot be read exactly, with their key', async () => {
    const wide = { binaryData: { 'x.conf': base64(Buffer.from(`\ufeff${plainFile}`, 'utf16le')) } };
    expect(await applyRefused(holding('strict', 'wide', wide))).toMatch(
      /UnsupportedEncoding: line 1.* within x\.conf/s,
    );
    const include = plainFile.replace('</configuration>', '<include href="x"/></configuration>');
    expect(await applyRefused(holding('strict', 'include', { data: { y: include } }))).toMatch(
      /NotProvable: line .* within y:/s,
    );
  });

  it('are left alone under Enforce and without an assignment', async () => {
    for (const name of ['lenient', 'late']) {
      await apply(holding(name, 'one', { data: { 'my.conf': plainFile } }));
      expect(await dataOf('one', name)).toEqual({ 'my.conf': plainFile });
    }
    const { status } = await eventually(
      () => get('kka', 'lenient'),
      (it) => it.status?.conditions !== undefined,
    );
    expect(status.objects.total).toBe(0);
  });

  it('are repaired once the assignment is Strict, and then counted', async () => {
    await apply(assignment('lenient', ['lenient'], { enforcement: 'Strict' }));
    await eventually(
      async () => effectiveEncryption((await dataOf('one', 'lenient'))['my.conf']),
      ({ key }) => key === firstKey,
    );
    await eventually(
      () => get('kka', 'lenient'),
      (it) => it.status?.summary === '1/1',
    );
  });

  it("are Spark's properties, too: the key is set at their end, and under Strict what may get past it is denied", async () => {
    const text = 'spark.master yarn\nspark.hadoop.fs.s3a.encryption.key mine\n';
    await apply([namespace('spark'), assignment('spark', ['spark'])]);
    const said = await apply(holding('spark', 'one', { data: { 'spark.properties': text }, immutable: true }));
    expect(said).toMatch(/Warning: Overridden: line 2, .*spark\.properties/);
    const written = (await dataOf('one', 'spark'))['spark.properties'] as string;
    expect(written).toMatch(/^spark\.master yarn\n/);
    expect(written).toContain(`spark.hadoop.fs.s3a.encryption.key ${firstKey}\n`);
    expect(written).not.toContain('mine');
    const unprovable = `${text}spark.driver.extraJavaOptions @options\n`;
    const denied = await applyRefused(holding('strict', 'spark', { data: { 'spark-defaults.conf': unprovable } }));
    expect(denied).toContain('NotProvable');
    await apply(holding('strict', 'spark', { data: { 'spark-defaults.conf': text } }));
  });

  it.each<[string, object]>([
    ['one value of nearly 1 MiB', { data: { x: 'x'.repeat(mebibyte - 10) } }],
    ['one of as many characters as fit in base64', { binaryData: { x: base64(Buffer.alloc(mebibyte - 10, 'conf')) } }],
    ['two thousand values', { data: keys(2000, 500) }],
    ['forty thousand values', { data: keys(40_000, 1) }],
  ])(
    'cost the API server no more than it allows: %s',
    async (_, content) => {
      await suite.cluster().kubectl(['create', '--dry-run=server', '--filename', '-'], {
        stdin: JSON.stringify(holding('strict', 'large', content)),
      });
    },
    30_000,
  );
});

function keys(count: number, length: number): Record<string, string> {
  const value = 'x'.repeat(length);
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [index.toString(36), value]));
}
