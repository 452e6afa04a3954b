/**
 * The judge of chaos runs is a judge only if it finds what is wrong.
 */
import { describe, expect, it } from 'vitest';
import { buildLedger } from './ledger.ts';
import { buildSchedule } from './schedule.ts';
import { findProblems } from './verify.ts';
import { buildWorld, documentKinds, keyOf, toBody, withoutOurs } from './world.ts';

const key = keyOf(1);
const ours = `  <property>
    <name>fs.s3a.server-side-encryption-algorithm</name>
    <value>SSE-KMS</value>
    <final>true</final>
    <source>KmsKeyAssignment/gold</source>
  </property>
  <property>
    <name>fs.s3a.server-side-encryption.key</name>
    <value>${key}</value>
    <final>true</final>
    <source>KmsKeyAssignment/gold</source>
  </property>
`;
const { data } = toBody('plain-1', 'plain', '7') as { data: Record<string, string> };
const plain = data['core-site.xml'] as string;
const right = plain.replace('<configuration>\n', `<configuration>\n${ours}`);

const toConfigMap = (name: string, file: string, rest: object = {}) => ({
  metadata: { namespace: 'team-1', name },
  data: { 'core-site.xml': file },
  ...rest,
});
const namespaces = [{ metadata: { name: 'team-1', labels: { tier: 'gold' } } }, { metadata: { name: 'kube-system' } }];
const condition = (type: string, status: string, reason: string) => ({ type, status, reason, observedGeneration: 3 });
const gold = (counts: object, conditions = [condition('Ready', 'True', 'Compliant')], rest: object = {}) => ({
  metadata: { name: 'gold', generation: 3 },
  spec: { namespaceSelector: { matchLabels: { tier: 'gold' } }, algorithm: 'SSE-KMS', key: { arn: key } },
  status: {
    observedGeneration: 3,
    conditions: [...conditions, condition('Conflicted', 'False', 'NoConflict')],
    namespaces: 1,
    objects: { total: 1, compliant: 1, pending: 0, refused: 0, immutable: 0, outdated: 0, ...counts },
    summary: '1/1',
    problemCount: 0,
    ...rest,
  },
});

describe('the judge of a chaos run', () => {
  it('has nothing to say where all is well', () => {
    const configMaps = [toConfigMap('plain-1', right)];
    expect(findProblems({ namespaces, assignments: [gold({})], configMaps })).toEqual([]);
  });

  it.each([
    ['has no key', plain],
    ['has another key', right.replace(key, keyOf(2))],
    ['has another algorithm', right.replace('SSE-KMS', 'AES256')],
    ['has a key for a bucket', right.replace('chaos.revision', 'fs.s3a.bucket.x.encryption.key')],
  ])('finds a file that %s', (_, file) => {
    const problems = findProblems({ namespaces, assignments: [gold({})], configMaps: [toConfigMap('plain-1', file)] });
    expect(problems).toContain('team-1/plain-1 does not encrypt as gold says');
  });

  it.each([
    ['counts that are wrong', gold({ total: 2 })],
    ['a summary that is wrong', gold({}, undefined, { summary: '0/1' })],
    ['an older generation', gold({}, undefined, { observedGeneration: 2 })],
    [
      'a condition of an older generation',
      gold({}, [{ ...condition('Ready', 'True', 'Compliant'), observedGeneration: 2 }]),
    ],
    ['another reason', gold({}, [condition('Ready', 'False', 'Pending')])],
    ['no status', { ...gold({}), status: undefined }],
  ])('finds a status with %s', (_, assignment) => {
    const configMaps = [toConfigMap('plain-1', right)];
    expect(findProblems({ namespaces, assignments: [assignment], configMaps })).toHaveLength(1);
  });

  it('wants an immutable one with an earlier key to be counted as outdated, and one without any as immutable', () => {
    const earlier = toConfigMap('immutable-1', right.replaceAll(key, keyOf(2)), { immutable: true });
    const status = [{ compliant: 0, outdated: 1 }, undefined, { summary: '0/0' }] as const;
    expect(findProblems({ namespaces, assignments: [gold(...status)], configMaps: [earlier] })).toEqual([]);
    const never = toConfigMap('immutable-1', plain, { immutable: true });
    expect(findProblems({ namespaces, assignments: [gold(...status)], configMaps: [never] })).toHaveLength(1);
  });

  it('wants assignments in conflict to say so, and nothing of their files', () => {
    const rival = { ...gold({}), metadata: { name: 'rival', generation: 3 } };
    const problems = findProblems({
      namespaces,
      assignments: [gold({}), rival],
      configMaps: [toConfigMap('plain-1', plain)],
    });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['the status of gold', 'the status of rival']);
  });
});

describe("the clients' ledger", () => {
  it('finds a ConfigMap that is gone, is back, is older, or has other text', () => {
    const ledger = buildLedger();
    const names = ['gone', 'back', 'older', 'torn', 'kept', 'perhaps'];
    for (const name of names) ledger.done(`team-1/plain-${name}`, '7');
    ledger.done('team-1/plain-back', undefined);
    ledger.done('team-1/plain-older', '8');
    ledger.perhaps('team-1/plain-perhaps', '8');
    const files = {
      back: right,
      older: right,
      torn: right.replace('written by hand', 'lost'),
      kept: right,
      perhaps: right,
    };
    const stored = Object.entries(files).map(([name, file]) => toConfigMap(`plain-${name}`, file));
    expect(ledger.differences(stored).map((difference) => difference.split(' ')[0])).toEqual([
      'team-1/plain-gone',
      'team-1/plain-back',
      'team-1/plain-older',
      'team-1/plain-torn',
    ]);
  });

  it('takes away what is the operator’s, and nothing else', () => {
    expect(withoutOurs(right)).toBe(plain);
    expect(withoutOurs(plain)).toBe(plain);
  });
});

describe('a seed', () => {
  it('tells the world and the sequence of actions; another tells others', () => {
    const [first, again, other] = [1, 1, 2].map((seed) => {
      const world = buildWorld(seed, 200);
      return JSON.stringify([world, buildSchedule(seed, 60, world)]);
    });
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('brings every kind of document and of action in a while', () => {
    const world = buildWorld(1, 2000);
    const { disturbances, changes } = buildSchedule(1, 1200, world);
    expect(new Set(world.configMaps.map(({ kind }) => kind)).size).toBe(documentKinds.length);
    expect(new Set(disturbances.map(({ does }) => does.kind)).size).toBe(9);
    expect(new Set(changes.map(({ does }) => does.kind)).size).toBe(9);
  });
});
