import { expect, it } from 'vitest';
import type { Assignment, Candidate } from '../../../src/core/assignment/resolve.ts';
import { explainNamespace } from '../../../src/core/explain/namespace.ts';

const arn = 'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const common = { algorithm: 'SSE-KMS', key: { arn }, buckets: [], enforcement: 'Enforce' } as const;
const byName: Assignment = { ...common, name: 'finance', target: { namespaces: ['finance'] } };
const bySelector: Assignment = {
  ...common,
  name: 'team',
  target: { namespaceSelector: { matchLabels: { team: 'finance' } } },
};
const byDefault: Assignment = { ...common, name: 'cluster', target: { namespaceSelector: {} } };
const namespace = { name: 'finance', labels: { team: 'finance' } };

function explained(...candidates: Candidate[]) {
  return explainNamespace(namespace, candidates).selecting.map(
    ({ name, by, passedOver }) => `${name} ${by} ${passedOver}`,
  );
}

it('an assignment that names the namespace goes before the others', () => {
  expect(explained(byDefault, bySelector, byName)).toEqual([
    'finance name null',
    'team selector lowerRank',
    'cluster default lowerRank',
  ]);
});

it('one that does not select it is not told', () => {
  expect(explained({ ...bySelector, target: { namespaceSelector: { matchLabels: { team: 'x' } } } })).toEqual([]);
});

it('several of a rank that want the same are one', () => {
  expect(explained(byName, { ...byName, name: 'zebra' })).toEqual(['finance name null', 'zebra name sameAs']);
});

it('several of a rank that want different things conflict', () => {
  const other: Assignment = { ...byName, name: 'other', key: { accountDefault: true } };
  expect(explained(byName, other, byDefault)).toEqual([
    'finance name conflict',
    'other name conflict',
    'cluster default lowerRank',
  ]);
});
