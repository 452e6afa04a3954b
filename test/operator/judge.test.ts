/**
 * How much is kept of what is found in one ConfigMap.
 */
import { describe, expect, it } from 'vitest';
import type { Assignment } from '../../src/core/assignment.ts';
import type { Wish } from '../../src/operator/decide.ts';
import { judge } from '../../src/operator/judge.ts';

const files = { core: [], other: [], spark: [], byContent: true };

function wishFor(enforcement: Assignment['enforcement']): Wish {
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
    const { outcome, findings, findingCount } = judge({ data, immutable: false }, wishFor('Strict'), files);
    expect(outcome).toBe('refused');
    expect(findings.map(({ dataKey }) => dataKey)).toEqual(Array.from({ length: 10 }, (_, i) => `k0000${i}`));
    expect(findingCount).toBe(Object.keys(data).length);
    expect(findingCount).toBeGreaterThan(20_000);
  });

  it.each([
    ['immutable', true, 'Enforce'],
    ['wouldChange', false, 'Audit'],
    ['change', false, 'Enforce'],
  ] as const)('so it is where they are %s', (outcome, immutable, enforcement) => {
    const names = Array.from({ length: 100 }, (_, i) => `core-${i}.xml`);
    const content = { data: Object.fromEntries(names.map((name) => [name, '<configuration/>'])), immutable };
    const judgement = judge(content, wishFor(enforcement), { core: names, other: [] });
    expect(judgement).toMatchObject({ outcome, findingCount: 100 });
    expect(judgement.findings).toHaveLength(10);
  });
});
