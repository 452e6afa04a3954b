import { expect, it } from 'vitest';
import { effectiveEncryption } from '../product/effective.ts';
import { assignment, configMap, firstKey, namespace } from '../product/manifests.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const encrypted = { algorithm: 'SSE-KMS', key: firstKey };
const property = (name: string, value: string, rest = '') =>
  `<property><name>${name}</name><value>${value}</value>${rest}</property>`;

/** Each is refused with the reason, at the line and column. */
const refused: Record<string, { file: string; reason: string; line: number; column: number }> = {
  malformed: { file: '<configuration>\n<property>\n</configuration>', reason: 'Malformed', line: 3, column: 1 },
  empty: { file: '', reason: 'Malformed', line: 1, column: 1 },
  doctype: {
    file: '<?xml version="1.0"?>\n<!DOCTYPE configuration [<!ENTITY e "x">]>\n<configuration/>',
    reason: 'DoctypeNotAllowed',
    line: 2,
    column: 1,
  },
  'customer-key': {
    file: `<configuration>${property('fs.s3a.server-side-encryption-algorithm', 'SSE-C')}</configuration>`,
    reason: 'OtherEncryptionInUse',
    line: 1,
    column: 16,
  },
};

/** Each is stored with the key. */
const accepted: Record<string, string> = {
  'self-closing': '<configuration/>',
  'cdata-with-end-tag': `<configuration>${property('a', '<![CDATA[</configuration>]]>')}</configuration>`,
  crlf: `<configuration>\r\n  ${property('a', 'b')}\r\n</configuration>\r\n`,
  'final-key': `<configuration>${property('fs.s3a.encryption.key', 'mine', '<final>true</final>')}</configuration>`,
  large: `<configuration>${property('a', '&lt;'.repeat(200_000))}</configuration>`,
};

describeWith(['control plane'], 'bad and odd input through the API server', () => {
  const { cluster, product, apply, applyRefused, get } = useProduct();

  it('is refused with reason, file, line and column, or stored right', async () => {
    await apply([namespace('odd'), assignment('odd', ['odd'])]);
    for (const [name, { file, reason, line, column }] of Object.entries(refused)) {
      const said = await applyRefused(configMap('odd', name, file), '--server-side');
      expect(said, name).toContain(`${reason}: line ${line}, column ${column} within core-site.xml: `);
      await expect(get('configmap', name, 'odd')).rejects.toThrow(/NotFound/);
    }
    for (const [name, file] of Object.entries(accepted)) {
      // client-side apply would keep the large file in an annotation
      await apply(configMap('odd', name, file), '--server-side');
      expect(effectiveEncryption((await get('configmap', name, 'odd')).data['core-site.xml']), name).toEqual(encrypted);
    }
    expect((await get('configmap', 'crlf', 'odd')).data['core-site.xml']).not.toMatch(/[^\r]\n/);
  });

  it('refuses a file that would outgrow a ConfigMap', async () => {
    const filler = 'x'.repeat(1024 * 1024 - 200);
    const said = await applyRefused(
      configMap('odd', 'full', `<configuration><!--${filler}--></configuration>`),
      '--server-side',
    );
    expect(said).toMatch(/TooLarge/);
  });

  it('treats __proto__ as the data key that it is', async () => {
    const manifest = JSON.stringify(configMap('odd', 'proto')).replace('"data":{', '"data":{"__proto__":"x",');
    await cluster().kubectl(['apply', '--server-side', '--filename', '-'], { stdin: manifest });
    const { stdout } = await cluster().kubectl(['get', 'configmap', 'proto', '--namespace', 'odd', '--output', 'json']);
    expect(stdout).toContain('"__proto__": "x"');
    expect(effectiveEncryption(JSON.parse(stdout).data['core-site.xml'])).toEqual(encrypted);
  });

  it('leaves the operator alive, and its log free of warnings and errors', () => {
    expect(product().operator().alive()).toBe(true);
    const lines = product()
      .operator()
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ level }) => ['warn', 'error', 'fatal'].includes(level))).toEqual([]);
  });
});
