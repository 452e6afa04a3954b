import { describe, expect, it } from 'vitest';
import { type Decision, decide, toStoredConfigObject } from '../../../src/cli/audit/core.ts';
import { examine } from '../../../src/cli/audit/examine.ts';
import type { AuditOutcome } from '../../../src/cli/audit/outcomes.ts';
import { defaultFiles, parseAssignment } from '../../../src/cli/core.ts';
import type { StoredObject } from '../../../src/ports/stored-object.ts';
import { encrypted, file, keyArn, property, toAssignment } from './sample.ts';

const assignmentOf = (spec: object) => {
  const parsed = parseAssignment(toAssignment('ledger', { namespaces: ['finance'], key: { arn: keyArn(0) }, ...spec }));
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.assignment;
};
const everywhere = { kind: 'known', namespaceSelector: null } as const;
const under = (spec: object = {}): Decision =>
  decide({ name: 'finance', labels: {} }, [assignmentOf(spec)], everywhere);
const configMap = (data: Record<string, string>, rest: object = {}): StoredObject => ({
  metadata: { name: 'conf', namespace: 'finance' },
  data,
  ...rest,
});
const look = (object: StoredObject, decision = under()) =>
  examine(toStoredConfigObject(object), decision, defaultFiles);

const plain = file(property('fs.defaultFS', 's3a://warehouse'));
const right = encrypted(0, keyArn(0));
const earlier = encrypted(0, keyArn(7));
const minio = file(property('fs.s3a.endpoint', 'http://minio:9000'));

describe('an object under an assignment', () => {
  it.each<[AuditOutcome, string, StoredObject, object]>([
    ['compliant', 'a file that says what is assigned', configMap({ 'core-site.xml': right }), {}],
    ['change', 'a file without the key', configMap({ 'core-site.xml': plain }), {}],
    [
      'change',
      'one of several files without the key',
      configMap({ 'core-site.xml': right, 'hive-site.xml': plain }),
      {},
    ],
    [
      'change',
      "a file without the key under Audit, which isn't edited",
      configMap({ 'core-site.xml': plain }),
      { enforcement: 'Audit' },
    ],
    ['change', 'an earlier key', configMap({ 'core-site.xml': earlier }), {}],
    [
      'outdated',
      'an earlier key in an immutable object',
      configMap({ 'core-site.xml': earlier }, { immutable: true }),
      {},
    ],
    ['immutable', 'no key in an immutable object', configMap({ 'core-site.xml': plain }, { immutable: true }), {}],
    ['refused', 'a file that Hadoop would not read', configMap({ 'core-site.xml': '<configuration>' }), {}],
    ['otherStore', 'a store that is left alone', configMap({ 'core-site.xml': minio }), { otherStores: 'Leave' }],
    ['change', 'a store that gets the key all the same', configMap({ 'core-site.xml': minio }), {}],
    ['change', "Spark's properties without the key", configMap({ 'spark-defaults.conf': 'spark.master local\n' }), {}],
  ])('is %s: %s', (outcome, _, object, spec) => {
    expect(look(object, under(spec))?.standing?.outcome).toBe(outcome);
  });

  it('is none of our business without a file of ours', () => {
    expect(look(configMap({ 'log4j.properties': 'x=y' }))).toBeUndefined();
  });

  it('has the warnings that its owner would get', () => {
    const own = property('fs.s3a.bucket.logs.server-side-encryption-algorithm', 'AES256');
    const provider = property('hadoop.security.credential.provider.path', 'jceks://x');
    const standing = look(configMap({ 'core-site.xml': file(own + provider) }))?.standing;
    expect(standing?.warnings).toEqual(['Overridden', 'NotProvable']);
    expect(standing?.findings).toMatchObject([
      { reason: 'WouldChange', severity: 'note' },
      { reason: 'Overridden', severity: 'note', line: 3 },
      { reason: 'NotProvable', severity: 'warning', line: 7 },
    ]);
  });

  it('tells the first ten findings and how many there are', () => {
    const files = Array.from({ length: 30 }, (_, index) => [`a${index}-site.xml`, '<configuration>']);
    const standing = look(configMap(Object.fromEntries(files)))?.standing;
    expect(standing?.findings).toHaveLength(10);
    expect(standing?.findingCount).toBe(30);
  });
});

describe('an object where no assignment applies', () => {
  const decisions: Record<string, Decision> = {
    unassigned: decide({ name: 'finance', labels: {} }, [], everywhere),
    excluded: decide({ name: 'finance', labels: {} }, [assignmentOf({})], {
      kind: 'known',
      namespaceSelector: { matchLabels: { covered: 'yes' } },
    }),
    conflicted: decide(
      { name: 'finance', labels: {} },
      [assignmentOf({}), { ...assignmentOf({ key: { arn: keyArn(1) } }), name: 'other' }],
      everywhere,
    ),
  };

  it.each(['unassigned', 'excluded', 'conflicted'] as const)('is %s, whatever its file says', (outcome) => {
    expect(look(configMap({ 'core-site.xml': right }), decisions[outcome])?.standing?.outcome).toBe(outcome);
  });
});

describe('the keys of files', () => {
  const keyOf = (text: string, name = 'core-site.xml') =>
    look(configMap({ [name]: text }), decide({ name: 'finance', labels: {} }, [], everywhere))?.standing?.keys[0]?.now;
  const both = (algorithm: string, key: string) =>
    file(property('fs.s3a.encryption.algorithm', algorithm) + property('fs.s3a.encryption.key', key));

  it.each([
    ['arn', 'an ARN under the present name', both('SSE-KMS', keyArn(3))],
    ['arn', 'an ARN under every name', right],
    ['accountDefault', 'KMS without a key', file(property('fs.s3a.encryption.algorithm', 'SSE-KMS'))],
    ['none', 'nothing', plain],
    ['none', "S3's own encryption", file(property('fs.s3a.encryption.algorithm', 'AES256'))],
    ['otherEncryption', 'SSE-C', both('SSE-C', `${'a'.repeat(43)}=`)],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Hadoop's own form of a variable
    ['unknown', 'a variable', both('SSE-KMS', '${env.KEY}')],
    [
      'unknown',
      'two names that disagree',
      file(
        property('fs.s3a.encryption.algorithm', 'SSE-KMS') +
          property('fs.s3a.encryption.key', keyArn(1)) +
          property('fs.s3a.server-side-encryption.key', keyArn(2)),
      ),
    ],
    ['unknown', 'a file that no one can read', '<configuration>'],
  ])('are %s for %s', (kind, _, text) => {
    expect(keyOf(text)?.kind).toBe(kind);
  });

  it("are read in Spark's properties", () => {
    const text = `spark.hadoop.fs.s3a.encryption.algorithm SSE-KMS\nspark.hadoop.fs.s3a.encryption.key ${keyArn(4)}\n`;
    expect(keyOf(text, 'spark-defaults.conf')).toEqual({ kind: 'arn', key: keyArn(4) });
  });

  it('never show a value of another form: it may be a secret key under a wrong algorithm', () => {
    expect(JSON.stringify(keyOf(both('SSE-KMS', `${'b'.repeat(43)}=`)))).not.toContain('bbb');
  });

  it('after every change are the assigned ones, but for what stays as it is', () => {
    const keyAfter = (object: StoredObject) => look(object)?.standing?.keys[0]?.after;
    expect(keyAfter(configMap({ 'core-site.xml': plain }))).toEqual({ kind: 'arn', key: keyArn(0) });
    expect(keyAfter(configMap({ 'core-site.xml': earlier }, { immutable: true }))).toEqual({
      kind: 'arn',
      key: keyArn(7),
    });
  });
});

describe('values that nothing covers', () => {
  it.each([
    [
      'configuration',
      'a Hadoop configuration under another data key',
      { 'hadoop.xml': plain.replace('fs.defaultFS', 'fs.s3a.x') },
    ],
    ['s3aSettings', "settings of S3A in Flink's configuration", { 'flink-conf.yaml': 'fs.s3a.access.key: x\n' }],
    [
      's3aSettings',
      'settings of S3A in a script',
      { 'run.sh': 'spark-submit --conf spark.hadoop.fs.s3a.endpoint=x\n' },
    ],
  ])('look like %s: %s', (looksLike, _, data) => {
    expect(look(configMap(data))).toEqual({
      standing: null,
      otherValues: [{ key: Object.keys(data)[0], looksLike }],
    });
  });

  it('are told beside files that are right', () => {
    const found = look(configMap({ 'core-site.xml': right, 'client.xml': plain }));
    expect(found?.standing?.outcome).toBe('compliant');
    expect(found?.otherValues).toEqual([{ key: 'client.xml', looksLike: 'configuration' }]);
  });

  it('are none where Strict covers files by their content', () => {
    const files = { ...defaultFiles, byContent: true };
    const object = toStoredConfigObject(configMap({ 'client.xml': plain }));
    expect(examine(object, under({ enforcement: 'Strict' }), files)).toMatchObject({
      standing: { outcome: 'change' },
      otherValues: [],
    });
  });
});
