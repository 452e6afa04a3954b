/**
 * How much is kept of what is found in one ConfigMap.
 */
import { describe, expect, it } from 'vitest';
import { assess } from '../../src/controller/compliance.ts';
import type { DesiredEncryption } from '../../src/controller/decide.ts';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';

const files = { core: [], other: [], spark: [], byContent: true };

function desiredFor(enforcement: Assignment['enforcement']): DesiredEncryption {
  const rest = { algorithm: 'SSE-KMS', key: { accountDefault: true }, buckets: [] } as const;
  return {
    assignment: { name: 'finance', target: { namespaces: ['ns'] }, enforcement, ...rest },
    digest: '',
    rules: '',
  };
}

/** As many files of this text as fit into a ConfigMap. */
function full(text: string): Record<string, string> {
  const count = Math.floor(1_000_000 / (text.length + 5));
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${String(i).padStart(5, '0')}`, text]));
}

describe('of a ConfigMap of thousands of files', () => {
  const data = full('<!DOCTYPE a [%b;]><configuration/>');

  it('the first ten that are refused are kept, and how many there are', () => {
    const { outcome, problems, problemCount } = assess({ data, immutable: false }, desiredFor('Strict'), files);
    expect(outcome).toBe('refused');
    expect(problems.map(({ dataKey }) => dataKey)).toEqual(Array.from({ length: 10 }, (_, i) => `k0000${i}`));
    expect(problemCount).toBe(Object.keys(data).length);
    expect(problemCount).toBeGreaterThan(20_000);
  });

  it.each([
    ['immutable', true, 'Enforce'],
    ['wouldChange', false, 'Audit'],
    ['change', false, 'Enforce'],
  ] as const)('so it is where they are %s', (outcome, immutable, enforcement) => {
    const names = Array.from({ length: 100 }, (_, i) => `core-${i}.xml`);
    const content = { data: Object.fromEntries(names.map((name) => [name, '<configuration/>'])), immutable };
    const compliance = assess(content, desiredFor(enforcement), { core: names, other: [] });
    expect(compliance).toMatchObject({ outcome, problemCount: 100 });
    expect(compliance.problems).toHaveLength(10);
  });
});

describe('a ConfigMap whose store is not AWS', () => {
  const endpoint = (name: string) => `<property><name>${name}</name><value>http://minio:9000</value></property>`;
  const data = (name: string) => ({ 'core-site.xml': `<configuration>${endpoint(name)}</configuration>` });
  const named = { core: ['core-site.xml'], other: [] };
  const leaving = (): DesiredEncryption => {
    const desired = desiredFor('Enforce');
    return { ...desired, assignment: { ...desired.assignment, otherStores: 'Leave' } };
  };

  it('is one where it is left alone, and has to change where it is not', () => {
    const content = { data: data('fs.s3a.endpoint'), immutable: false };
    expect(assess(content, leaving(), named).outcome).toBe('otherStore');
    expect(assess(content, desiredFor('Enforce'), named).outcome).toBe('change');
  });

  it('is one where a bucket of it is left alone, once the rest is right', () => {
    const content = { data: data('fs.s3a.bucket.scratch.endpoint') };
    const planned = planConfigObject(content, leaving().assignment, named);
    if (planned.kind !== 'change') throw new Error(`it is ${planned.kind}`);
    const right = { data: { 'core-site.xml': planned.patch[0]?.value ?? '' }, immutable: false };
    expect(assess(right, leaving(), named).outcome).toBe('otherStore');
  });
});
