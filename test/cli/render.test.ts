import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { defaultFiles } from '../../src/core/plan/default-files.ts';
import { arn, assignment, configMap, makeFolder, plainFile, refusedFile, toAssignment } from './command-line.ts';

const core = 'core-site.xml';
const plain = configMap('hadoop', { [core]: plainFile });

/** What the webhook makes of the plain file. */
const rendered = planConfigObject(
  { data: { [core]: plainFile } },
  {
    name: 'finance',
    target: { namespaces: ['finance'] },
    algorithm: 'SSE-KMS',
    key: { arn },
    buckets: [],
    enforcement: 'Enforce',
  },
  defaultFiles,
);
const plainResult = rendered.kind === 'change' ? (rendered.patch[0]?.value ?? '') : '';

function valuesIn(manifest: string): unknown[] {
  return parseAllDocuments(manifest).map((document) => document.toJS()?.data?.[core]);
}

describe('a manifest', () => {
  it('has the key that the webhook sets, and everything else as it was', async () => {
    const service = '---\n# a service\napiVersion: v1\nkind: Service\nmetadata: {name:   s}\n...\n';
    const text = `# head\n${plain.replace('kind: ConfigMap', 'kind: "ConfigMap" # kept')}${service}---\n${configMap('b', { [core]: plainFile, other: 'x\n' })}# tail\n`;
    const { code, out, err } = await makeFolder({ 'a.yaml': assignment, 'm.yaml': text }).run(
      'render -a a.yaml -f m.yaml',
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const block = plainResult
      .slice(0, plainResult.indexOf('  <property>\n    <name>fs.defaultFS'))
      .split('\n')
      .slice(2, -1);
    const inserted = block.map((line) => `    ${line}\n`).join('');
    expect(inserted).toContain('fs.s3a.encryption.key');
    expect(out).toBe(text.replaceAll('    <configuration>\n', `    <configuration>\n${inserted}`));
    expect(valuesIn(out)).toEqual([plainResult, undefined, plainResult]);
  });

  it('of JSON stays JSON, and a List a List', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'a', namespace: 'finance' },
          data: { [core]: plainFile },
        },
      ],
    };
    const { out, code } = await makeFolder({
      'a.yaml': assignment,
      'm.json': `${JSON.stringify(list, null, '\t')}\n`,
    }).run('render -a a.yaml m.json');
    expect(code).toBe(0);
    expect(out).toBe(
      `${JSON.stringify({ ...list, items: [{ ...list.items[0], data: { [core]: plainResult } }] }, null, '\t')}\n`,
    );
  });

  it('comes out the same from a second rendering', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, 'm.yaml': plain });
    const { out } = await folder.run('render -a a.yaml -f m.yaml');
    expect((await folder.run('render -a a.yaml', { stdin: out })).out).toBe(out);
  });

  it('takes its namespace from --namespace, else from Helm, and without one is not guessed', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, 'm.yaml': configMap('a', { [core]: plainFile }, '') });
    const unknown = await folder.run('render -a a.yaml -f m.yaml');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('m.yaml:1:1: error: NoNamespace');
    for (const given of [
      folder.run('render -a a.yaml -f m.yaml -n finance'),
      folder.run('render -a a.yaml -f m.yaml', { env: { HELM_NAMESPACE: 'finance' } }),
    ]) {
      expect(valuesIn((await given).out)).toEqual([plainResult]);
    }
  });

  it('of an assignment that only audits stays as it is', async () => {
    const audit = assignment.replace('spec:\n', 'spec:\n  enforcement: Audit\n');
    const files = { 'a.yaml': audit, 'm.yaml': plain, 'r.yaml': configMap('r', { [core]: refusedFile }) };
    expect(await makeFolder(files).run('render -a a.yaml -f m.yaml')).toEqual({ code: 0, out: plain, err: '' });
    expect((await makeFolder(files).run('render -a a.yaml -f r.yaml')).out).toBe(files['r.yaml']);
  });

  it('with a Secret is changed with --secrets alone, in data and in stringData', async () => {
    const base64 = Buffer.from(plainFile).toString('base64');
    const secret = (field: string, value: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: finance}\n${field}:\n  ${core}: ${value}\n`;
    const quoted = JSON.stringify(plainFile);
    const folder = makeFolder({
      'a.yaml': assignment,
      's.yaml': `${secret('data', base64)}---\n${secret('stringData', quoted)}`,
    });
    expect((await folder.run('render -a a.yaml s.yaml')).out).toBe(folder.read('s.yaml'));
    const { out } = await folder.run('render -a a.yaml s.yaml --secrets');
    const result = Buffer.from(plainResult).toString('base64');
    expect(out).toBe(`${secret('data', result)}---\n${secret('stringData', JSON.stringify(plainResult))}`);
  });

  it('that is no YAML is told with its place, and a chart is told to be rendered first', async () => {
    const { code, out, err } = await makeFolder({ 'a.yaml': assignment, 'm.yaml': 'a: {{ .Values.x }}\nb: [\n' }).run(
      'render -a a.yaml -f m.yaml',
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^m\.yaml:\d+:\d+: error: Unreadable: not YAML: .*helm template/m);
  });
});

describe('aliases and merge keys', () => {
  const render = (items: string) =>
    makeFolder({ 'a.yaml': assignment, 'm.yaml': `apiVersion: v1\nkind: List\nitems:\n${items}` }).run(
      'render -a a.yaml m.yaml',
    );
  const base = (namespace: string) => `- &base
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: base, namespace: ${namespace}}
  data: &data
    ${core}: |
      <configuration/>
`;
  const other = '- apiVersion: v1\n  kind: ConfigMap\n  data: *data\n  metadata: {name: b, namespace: finance}\n';
  const merged = '- <<: *base\n  metadata: {name: b, namespace: finance}\n';

  it.each([
    ['both are to be changed', base('finance') + other],
    ['both are to be changed, by a merge key', base('finance') + merged],
    ['the other one has no assignment', base('free') + other],
    ['the other one has no assignment, by a merge key', base('free') + merged],
  ])('are refused where two objects share their data, and %s', async (_, items) => {
    const { code, out, err } = await render(items);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(`${core} is shared with other objects by an anchor or a merge key`);
  });

  it.each([
    ['there is no anchor &nope before it', 'data: *nope\n'],
    ['stands within its own anchor', `data: &d\n  <<: *d\n  ${core}: <configuration/>\n`],
    ['Merge sources must be maps', `data:\n  <<: text\n  ${core}: <configuration/>\n`],
    [
      'Excessive alias count',
      `a: &a [x, x]\n${'bcdefghijklmnopq'.replace(/./g, (name) => {
        const before = String.fromCharCode(name.charCodeAt(0) - 1);
        return `${name}: &${name} [*${before}, *${before}]\n`;
      })}`,
    ],
  ])('that lead nowhere are told as such: %s', async (message, data) => {
    for (const kind of ['ConfigMap', 'KmsKeyAssignment']) {
      const text = `apiVersion: v1\nkind: ${kind}\nmetadata: {name: a, namespace: finance}\n${data}`;
      const { code, out, err } = await makeFolder({ 'a.yaml': assignment, 'm.yaml': text }).run(
        'render -a a.yaml m.yaml -o json',
      );
      expect([code, out]).toEqual([2, '']);
      expect(err).toMatch(/^m\.yaml:\d+:\d+: error: Unreadable: not YAML: /);
      expect(err).toContain(message);
    }
  });

  it('are no hindrance where the other object has data of its own', async () => {
    const { code, out } = await render(`${base('finance')}${merged}  data: {x: text}\n`);
    expect(code).toBe(0);
    expect(out).toContain('SSE-KMS');
    expect(out).toContain('  data: {x: text}\n');
  });

  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: finance}\n';
  const run = (data: string) =>
    makeFolder({ 'a.yaml': assignment, 'm.yaml': head + data }).run('render -a a.yaml -f m.yaml');
  const quoted = JSON.stringify(plainFile);

  it('that hold the value elsewhere are written out where it is changed', async () => {
    const { code, out } = await run(`x: &file ${quoted}\ndata:\n  ${core}: *file\n`);
    expect(code).toBe(0);
    expect(out.startsWith(`${head}x: &file ${quoted}\ndata:\n  ${core}: |\n    <?xml`)).toBe(true);
    expect(valuesIn(out)).toEqual([plainResult]);
  });

  it('by which a change would reach other places are refused', async () => {
    const anchored = await run(`data:\n  ${core}: &file ${quoted}\nx: *file\n`);
    expect(anchored).toMatchObject({ code: 2, out: '' });
    expect(anchored.err).toContain('anchor &file');
    const merged = await run(`x: &base\n  ${core}: ${quoted}\ndata:\n  <<: *base\n`);
    expect(merged).toMatchObject({ code: 2, out: '' });
    expect(merged.err).toContain('merge key');
  });
});

describe('refusals', () => {
  it('are told all at once, with file, line and column in the YAML file, and nothing is written', async () => {
    const folder = makeFolder({
      'a.yaml': assignment,
      'in/1.yaml': `# one line more\n${configMap('one', { [core]: refusedFile })}`,
      'in/2.yaml': `${plain}---\n${configMap('two', { 'hive-site.xml': '<configuration>\n  <property>\n' })}`,
      'in/3.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'three', namespace: 'finance' },
        data: { [core]: refusedFile },
      }),
    });
    const { code, out, err } = await folder.run('render -a a.yaml -f in --output-dir out');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.split('\n').filter((line) => line.includes(': error: '))).toEqual([
      expect.stringMatching(
        /^in\/1\.yaml:11:7: error: OtherEncryptionInUse: core-site\.xml of ConfigMap\/finance\/one: /,
      ),
      expect.stringMatching(/^in\/2\.yaml:\d+:\d+: error: Malformed: hive-site\.xml of ConfigMap\/finance\/two: /),
      expect.stringMatching(
        /^in\/3\.json:1:\d+: error: OtherEncryptionInUse: core-site\.xml of ConfigMap\/finance\/three: /,
      ),
    ]);
    expect(err).toContain('      <property>\n      ^\n');
    expect(err).toContain('nothing is written');
    expect(folder.list().filter((file) => file.startsWith('out'))).toEqual([]);
    const column = Number(/3\.json:1:(\d+)/.exec(err)?.[1]);
    expect(folder.read('in/3.json').slice(column - 1)).toMatch(/^<property>\\n {4}<name>fs\.s3a\.encryption/);
  });

  it('of a namespace with two assignments name both', async () => {
    const other = toAssignment('other', 'namespaces: [finance]\n  key: {accountDefault: true}');
    const { code, err } = await makeFolder({ 'a/1.yaml': assignment, 'a/2.yaml': other, 'm.yaml': plain }).run(
      'render -a a -f m.yaml',
    );
    expect(code).toBe(1);
    expect(err).toMatch(/Conflicted: .*finance, other/);
  });
});

describe('what is read', () => {
  it('of a folder is every manifest and every Hadoop file below it; each goes to its path in the output folder', async () => {
    const folder = makeFolder({
      'a.yaml': assignment,
      'in/deep/m.yml': plain,
      'in/conf/core-site.xml': plainFile,
      'in/conf/hdfs-site.xml': '<configuration/>\n',
      'in/conf/README.md': '# not this\n',
      'in/values.yaml': 'image: x\n',
      'in/.git/m.yaml': 'not: [read\n',
    });
    const { code, err } = await folder.run('render -a a.yaml -f in --output-dir out/deep -n finance');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(folder.list().filter((file) => file.startsWith('out'))).toEqual(
      ['conf/core-site.xml', 'conf/hdfs-site.xml', 'deep/m.yml', 'values.yaml'].map((file) => `out/deep/${file}`),
    );
    expect(folder.read('out/deep/conf/core-site.xml')).toBe(plainResult);
    // It stands beside core-site.xml, and says nothing about encryption itself.
    expect(folder.read('out/deep/conf/hdfs-site.xml')).toBe('<configuration/>\n');
    expect(valuesIn(folder.read('out/deep/deep/m.yml'))).toEqual([plainResult]);
  });

  it('are all left as they were where one of them can not be written', async () => {
    const manifest = configMap('a', { [core]: plainFile });
    const files = { 'a.yaml': assignment, 'm/1.yaml': manifest, 'm/2.yaml': manifest, 'out/2.yaml/x': '' };
    const folder = makeFolder(files);
    const { code, err } = await folder.run('render -a a.yaml -f m --output-dir out');
    expect([code, folder.list().filter((path) => path.startsWith('out'))]).toEqual([2, ['out/2.yaml/x']]);
    expect(err).toContain('2.yaml is a folder');
  });

  it('may be one bare file, by its name or by --as', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, 'core-site.xml': plainFile, 'site.conf': plainFile });
    expect((await folder.run('render -a a.yaml -n finance core-site.xml')).out).toBe(plainResult);
    expect((await folder.run('render -a a.yaml -n finance site.conf --as core-site.xml')).out).toBe(plainResult);
    expect((await folder.run('render -a a.yaml -n finance --as core-site.xml', { stdin: plainFile })).out).toBe(
      plainResult,
    );
    const mistaken = await folder.run('render -a a.yaml -n finance site.conf');
    expect(mistaken.code).toBe(2);
    expect(mistaken.err).toContain('--as');
    const misspelt = await folder.run('render -a a.yaml -n finance site.conf --as coresite.xml');
    expect(misspelt).toMatchObject({ code: 2, out: '' });
    expect(misspelt.err).toContain('--as coresite.xml is not a data key that is covered');
    const named = await folder.run('render -a a.yaml -n finance core-site.xml --as hive-site.xml');
    expect(named.err).toContain('--as hive-site.xml is for one file whose own name does not say its data key');
  });

  it('may be Spark properties', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, 'spark-defaults.conf': 'spark.app.name x\n' });
    const { out } = await folder.run('render -a a.yaml -n finance spark-defaults.conf');
    expect(out.startsWith('spark.app.name x\n')).toBe(true);
    expect(out).toContain('spark.hadoop.fs.s3a.encryption.algorithm');
  });

  it('is not written where two inputs have the same place', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, 'x/m.yaml': plain, 'y/m.yaml': plain });
    expect(await folder.run('render -a a.yaml -f x -f y --output-dir out')).toMatchObject({ code: 2 });
    expect(folder.list()).not.toContain('out/m.yaml');
  });

  it('may be several files on one stream, as YAML or as a JSON List', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, '1.yaml': plain.trimEnd(), '2.yaml': plain });
    const { out } = await folder.run('render -a a.yaml -f 1.yaml 2.yaml');
    expect(valuesIn(out)).toEqual([`${plainResult}`, plainResult]);
    const json = JSON.parse((await folder.run('render -a a.yaml -f 1.yaml 2.yaml -o json')).out);
    expect(json).toMatchObject({ kind: 'List', items: [{ data: { [core]: plainResult } }, { kind: 'ConfigMap' }] });
  });
});

it('a KRM function gets a ResourceList, and its functionConfig may hold assignments', async () => {
  const list = (config: string) =>
    `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n${config.replace(/^(?=.)/gm, '  ')}items:\n- ${plain.trimEnd().replaceAll('\n', '\n  ')}\n`;
  const folder = makeFolder({});
  const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: assignments}\ndata:\n  core-site.xml: <not-looked-at/>\n  assignments.yaml: |\n${assignment.replace(/^(?=.)/gm, '    ')}`;
  for (const stdin of [list(assignment), list(config.replace('  core-site.xml: <not-looked-at/>\n', ''))]) {
    const { code, out, err } = await folder.run('render', { stdin });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const parsed = parseAllDocuments(out)[0]?.toJS();
    expect(parsed.items[0].data[core]).toBe(plainResult);
    expect(out.slice(0, out.indexOf('items:'))).toBe(stdin.slice(0, stdin.indexOf('items:')));
  }
});
