import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import {
  assignment,
  configMap,
  type Folder,
  makeFolder,
  plainFile,
  refusedFile,
  toAssignment,
} from './command-line.ts';

const core = 'core-site.xml';

/** One file of every outcome, and one that can't be read. */
async function makeEverything(): Promise<Folder> {
  const strict = toAssignment('strict', 'namespaces: [strict]\n  enforcement: Strict\n  key: {accountDefault: true}');
  const clash = (name: string, more: string) =>
    toAssignment(name, `namespaces: [clash]\n  key: {accountDefault: true}\n  ${more}`);
  const folder = makeFolder({
    'a/1.yaml': assignment,
    'a/2.yaml': strict,
    'a/3.yaml': clash('one', 'enforcement: Strict'),
    'a/4.yaml': clash('two', 'algorithm: DSSE-KMS'),
    'plain.yaml': configMap('plain', { [core]: plainFile }),
    'm/refused.yaml': configMap('refused', { [core]: refusedFile, 'hive-site.xml': plainFile }),
    'm/clash.yaml': configMap('clash', { [core]: plainFile }, 'clash'),
    'm/free.yaml': configMap('free', { [core]: plainFile }, 'free'),
    'm/nowhere.yaml': configMap('nowhere', { [core]: plainFile }, ''),
    'm/broken.yaml': 'a: [\n',
    'm/other.yaml': configMap('other', { 'x.txt': 'x\n' }),
  });
  const { out } = await folder.run('render -a a -f plain.yaml --output-dir m');
  expect(out).toBe('');
  return folder;
}

describe('the exit code', () => {
  const codeOf = async (files: Record<string, string>, options = '') =>
    (await makeFolder({ 'a.yaml': assignment, ...files }).run(`check -a a.yaml -f m.yaml ${options}`.trim())).code;
  const plain = { 'm.yaml': configMap('a', { [core]: plainFile }) };
  const refused = { 'm.yaml': configMap('a', { [core]: refusedFile }) };
  const include = plainFile.replace(
    '</configuration>',
    '  <xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="x.xml"/>\n</configuration>',
  );

  it('is 0 where every file is compliant, or none is covered', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, ...plain });
    const { out } = await folder.run('render -a a.yaml -f m.yaml');
    expect(await folder.run('check -a a.yaml', { stdin: out })).toEqual({
      code: 0,
      out: '1 file: 1 compliant\n',
      err: '',
    });
    expect(await codeOf({ 'm.yaml': configMap('a', { x: 'y\n' }) })).toBe(0);
    expect(await codeOf({ 'm.yaml': configMap('a', { [core]: plainFile }, 'free') })).toBe(0);
  });

  it('is 1 where a file is refused, or would be changed, unless --fail-on says refusal', async () => {
    expect([await codeOf(refused), await codeOf(refused, '--fail-on refusal')]).toEqual([1, 1]);
    expect([await codeOf(plain), await codeOf(plain, '--fail-on refusal')]).toEqual([1, 0]);
  });

  it('is 1 for a warning with --fail-on warning alone', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, 'm.yaml': configMap('a', { [core]: include }) });
    const { out: stdin } = await folder.run('render -a a.yaml -f m.yaml');
    expect((await folder.run('check -a a.yaml', { stdin })).code).toBe(0);
    const failed = await folder.run('check -a a.yaml --fail-on warning', { stdin });
    expect(failed.code).toBe(1);
    expect(failed.out).toMatch(/^-:\d+:\d+: warning: NotProvable: /);
  });

  it('is 2 where it could not be told, and 1 where anything is known to be wrong', async () => {
    expect(await codeOf({ 'm.yaml': configMap('a', { [core]: plainFile }, '') })).toBe(2);
    expect(await codeOf({ 'm.yaml': 'a: [\n' })).toBe(2);
    expect(await codeOf({ 'm.yaml': 'PK\u0003\u0004\0' })).toBe(2);
    expect(await codeOf({ 'm.yaml': `${refused['m.yaml']}---\n${configMap('b', { [core]: plainFile }, '')}` })).toBe(1);
    expect((await makeFolder(plain).run('check -f m.yaml')).code).toBe(2);
    expect(await codeOf(plain, '-n Finance')).toBe(2);
    expect((await makeFolder(plain).run('check -a gone.yaml -f m.yaml')).err).toMatch(/gone\.yaml: it does not exist/);
  });
});

describe('labels of namespaces', () => {
  const selecting = toAssignment(
    'team',
    'namespaceSelector: {matchLabels: {team: finance}}\n  key: {accountDefault: true}',
  );
  const byDefault = toAssignment('all', 'namespaceSelector: {}\n  algorithm: DSSE-KMS\n  key: {accountDefault: true}');
  const files = { 'a/1.yaml': selecting, 'a/2.yaml': byDefault, 'm.yaml': configMap('a', { [core]: plainFile }) };
  const assigned = async (folder: Folder, options = '') => {
    const { out } = await folder.run(`check -a a -f m.yaml --format json ${options}`.trim());
    return JSON.parse(out).files[0];
  };

  it('that are unknown make the assignment unknown, where one selects by labels', async () => {
    expect(await assigned(makeFolder(files))).toMatchObject({
      outcome: 'unknown',
      reason: 'NoLabels',
      assignment: null,
    });
  });

  it('come from the Namespace among the inputs, or from an option', async () => {
    const namespace = (team: string) =>
      `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: finance, labels: {team: ${team}}}\n`;
    const with_ = (team: string) => makeFolder({ ...files, 'm.yaml': files['m.yaml'] + namespace(team) });
    expect(await assigned(with_('finance'))).toMatchObject({ assignment: 'team', outcome: 'change' });
    expect(await assigned(with_('other'))).toMatchObject({ assignment: 'all', outcome: 'change' });
    expect(await assigned(makeFolder(files), '--namespace-labels finance:team=finance')).toMatchObject({
      assignment: 'team',
    });
    expect(await assigned(makeFolder(files), '--namespace-labels finance:')).toMatchObject({ assignment: 'all' });
  });

  it("don't matter where the namespace is named", async () => {
    expect(await assigned(makeFolder({ ...files, 'a/3.yaml': assignment }))).toMatchObject({ assignment: 'finance' });
  });
});

describe('assignments', () => {
  it('are read under the schema of the installed definition, and mistakes are told with their places', async () => {
    const wrong = assignment
      .replace('071a86ff-8881-4ba0-9230-95af6d01ca01', 'alias/x')
      .replace('spec:', 'spec:\n  enforcment: Strict');
    const { code, err } = await makeFolder({ 'a.yaml': wrong, 'm.yaml': '' }).run('check -a a.yaml -f m.yaml');
    expect(code).toBe(2);
    expect(err).toMatch(/^a\.yaml:8:9: error: KmsKeyAssignment\/finance: spec\.key\.arn: an alias can be moved/m);
    expect(err).toMatch(/^a\.yaml:5:1: error: KmsKeyAssignment\/finance: spec: Unrecognized key: "enforcment"/m);
  });

  it('among the inputs count as well', async () => {
    const folder = makeFolder({ 'm.yaml': `${assignment}---\n${configMap('a', { [core]: plainFile })}` });
    expect((await folder.run('check -f m.yaml')).out).toContain('1 would be changed');
  });
});

describe('a report', () => {
  it('as text shows the line with a mark under the place', async () => {
    const { out, err } = await (await makeEverything()).run('check -a a -f m/refused.yaml');
    expect(err).toBe('');
    expect(out.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(
        /^m\/refused\.yaml:10:7: error: OtherEncryptionInUse: core-site\.xml of ConfigMap\/finance\/refused: /,
      ),
      '      <property>',
      '      ^',
    ]);
    expect(out.trimEnd().split('\n').at(-1)).toBe('2 files: 1 would be changed, 1 refused');
  });

  it('counts a manifest with several faults once', async () => {
    const folder = makeFolder({ 'a.yaml': assignment, 'm.yaml': 'a: [1\nb: }\n---\nc: ]\n' });
    const { out } = await folder.run('check -a a.yaml -f m.yaml');
    expect(out.match(/^m\.yaml:\d+:\d+: error: Unreadable/gm)).toHaveLength(2);
    expect(out).toMatch(/^1 file: 1 could not be told$/m);
  });

  it('shows nothing of a Secret, also where it can not be read', async () => {
    const secret = (data: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  ${data}\n`;
    for (const data of ['pin: 271828', 'pin: [271828', 'pin: "271828" 271828']) {
      const folder = makeFolder({ 'a.yaml': assignment, 'm.yaml': secret(data) });
      const { code, out } = await folder.run('check -a a.yaml -f m.yaml --secrets');
      expect([code, out]).toEqual([2, expect.stringMatching(/^m\.yaml:\d+:\d+: error: Unreadable: /)]);
      expect(out).not.toContain('271828');
    }
  });

  it('names a line that the manifest has, also for what is to be added behind the last one', async () => {
    const manifest = configMap('a', { 'spark-defaults.conf': 'spark.app.name x\n' });
    const folder = makeFolder({ 'a.yaml': assignment, 'm.yaml': manifest });
    const { out } = await folder.run('check -a a.yaml -f m.yaml');
    const last = manifest.trimEnd().split('\n');
    expect(out).toContain(`m.yaml:${last.length}:${(last.at(-1) ?? '').length + 1}: error: WouldChange`);
  });

  it('as text is in colours on a terminal, unless NO_COLOR is set', async () => {
    const folder = await makeEverything();
    const colour = '\u001b[';
    const line = 'check -a a -f m/refused.yaml';
    expect((await folder.run(line, { terminal: true })).out).toContain(colour);
    expect((await folder.run(line, { terminal: true, env: { NO_COLOR: '1' } })).out).not.toContain(colour);
    expect((await folder.run(line)).out).not.toContain(colour);
  });

  it('as JSON has the same fields for every file', async () => {
    const { code, out } = await (await makeEverything()).run('check -a a -f m --format json');
    const report = JSON.parse(out);
    expect(code).toBe(1);
    expect(report.compliant).toBe(false);
    const short = report.files.map(({ file, object, key, outcome, reason, line }: Record<string, unknown>) => [
      file,
      object,
      key,
      outcome,
      reason,
      line,
    ]);
    expect(short).toEqual([
      ['m/broken.yaml', null, null, 'unknown', 'Unreadable', 2],
      ['m/clash.yaml', 'ConfigMap/clash/clash', core, 'conflicted', 'Conflicted', 1],
      ['m/free.yaml', 'ConfigMap/free/free', core, 'unassigned', 'Unassigned', 1],
      ['m/nowhere.yaml', 'ConfigMap/nowhere', core, 'unknown', 'NoNamespace', 1],
      ['m/plain.yaml', 'ConfigMap/finance/plain', core, 'compliant', null, 8],
      ['m/refused.yaml', 'ConfigMap/finance/refused', core, 'refused', 'OtherEncryptionInUse', 10],
      ['m/refused.yaml', 'ConfigMap/finance/refused', 'hive-site.xml', 'change', 'WouldChange', 18],
    ]);
    const fields = ['object', 'key', 'outcome', 'assignment', 'reason', 'file', 'line', 'column', 'message', 'notes'];
    for (const entry of report.files) expect(Object.keys(entry)).toEqual(fields);
  });

  it('as SARIF holds under its schema', async () => {
    const {
      $schema: _,
      id,
      ...schema
    } = JSON.parse(readFileSync(join(import.meta.dirname, 'sarif', 'sarif-schema-2.1.0.json'), 'utf8'));
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    const validate = ajv.compile({ $id: id, ...schema });
    const { out } = await (await makeEverything()).run('check -a a -f m --format sarif');
    const report = JSON.parse(out);
    expect(validate(report) || validate.errors).toBe(true);
    expect(validate({ ...report, version: '2.0.0' })).toBe(false);
    const [{ results, tool }] = report.runs;
    expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual([
      'Conflicted',
      'NoNamespace',
      'OtherEncryptionInUse',
      'Unreadable',
      'WouldChange',
    ]);
    const refusal = results.find(({ ruleId }: { ruleId: string }) => ruleId === 'OtherEncryptionInUse');
    expect(refusal.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'm/refused.yaml' },
      region: { startLine: 10, startColumn: 7 },
    });
    expect(tool.driver.rules[refusal.ruleIndex].id).toBe('OtherEncryptionInUse');
  });

  it("as GitHub's commands escapes what they would misread", async () => {
    const file = configMap('a,b:100%', { [core]: refusedFile });
    const folder = makeFolder({ 'a.yaml': assignment, 'x,y:z.yaml': file });
    const { out } = await folder.run(['check', '-a', 'a.yaml', '-f', 'x,y:z.yaml', '--format', 'github']);
    expect(out).toMatch(
      /^::error file=x%2Cy%3Az\.yaml,line=10,col=7,title=OtherEncryptionInUse::core-site\.xml of ConfigMap\/finance\/a,b:100%25: /,
    );
  });

  it('of a Secret tells nothing of what it holds', async () => {
    const secret = `apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: finance}\nstringData:\n  core-site.xml: ${JSON.stringify(refusedFile)}\n`;
    const folder = makeFolder({ 'a.yaml': assignment, 's.yaml': secret });
    const { out } = await folder.run('check -a a.yaml -f s.yaml --secrets');
    expect(out).toMatch(/^s\.yaml:5:\d+: error: OtherEncryptionInUse/);
    expect(out).not.toContain('fs.s3a.encryption.algorithm');
    expect((await folder.run('check -a a.yaml -f s.yaml')).out).toBe('no files that are covered\n');
  });
});
