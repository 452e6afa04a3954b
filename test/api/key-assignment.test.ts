/**
 * Reading KmsKeyAssignments without an API server: the same specs are accepted and refused as by the CRD.
 */
import { describe, expect, it } from 'vitest';
import { parseAssignment } from '../../src/api/key-assignment.ts';
import { accepted, arn, refused } from './spec-cases.ts';

const manifest = (spec: unknown, metadata: object = { name: 'finance' }) => ({
  apiVersion: 'ssekms.io/v1alpha1',
  kind: 'KmsKeyAssignment',
  metadata,
  ...(spec === undefined ? {} : { spec }),
});

describe('a KmsKeyAssignment', () => {
  it.each(accepted)('is accepted with %s', (_, spec) => {
    expect(parseAssignment(manifest(spec))).toMatchObject({ ok: true });
  });

  it.each(refused)('is refused with %s', (_, spec) => {
    const parsed = parseAssignment(manifest(spec));
    expect(parsed).toMatchObject({ ok: false, name: 'finance' });
    for (const problem of parsed.ok ? [] : parsed.problems) expect(problem).toMatch(/^spec/);
  });

  it('gets the defaults of what is left out', () => {
    expect(parseAssignment(manifest({ namespaces: ['finance'], key: { arn } }))).toEqual({
      ok: true,
      assignment: {
        name: 'finance',
        target: { namespaces: ['finance'] },
        algorithm: 'SSE-KMS',
        key: { arn },
        buckets: [],
        enforcement: 'Enforce',
      },
      uid: undefined,
      generation: undefined,
      status: undefined,
    });
  });

  it('keeps all that it says', () => {
    const namespaceSelector = {
      matchLabels: { team: 'finance' },
      matchExpressions: [{ key: 'a', operator: 'Exists' }],
    };
    const parsed = parseAssignment({
      ...manifest(
        {
          namespaceSelector,
          algorithm: 'DSSE-KMS',
          key: { accountDefault: true },
          buckets: [
            { name: 'ledger', key: { arn } },
            { name: 'partner-drop', unmanaged: true },
          ],
          enforcement: 'Audit',
        },
        { name: 'finance', uid: 'u', generation: 3, labels: { any: 'thing' } },
      ),
      status: { observedGeneration: 2, summary: '1/1', somethingNewer: true },
    });
    expect(parsed).toEqual({
      ok: true,
      assignment: {
        name: 'finance',
        target: { namespaceSelector },
        algorithm: 'DSSE-KMS',
        key: { accountDefault: true },
        buckets: [
          { name: 'ledger', key: { arn } },
          { name: 'partner-drop', unmanaged: true },
        ],
        enforcement: 'Audit',
      },
      uid: 'u',
      generation: 3,
      status: { observedGeneration: 2, summary: '1/1' },
    });
  });

  it('is read whatever its status holds', () => {
    const parsed = parseAssignment({
      ...manifest({ namespaces: ['a'], key: { arn } }),
      status: { conditions: 'none' },
    });
    expect(parsed).toMatchObject({ ok: true, status: undefined });
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'KmsKeyAssignment'],
    ['another kind', { ...manifest(accepted[0]?.[1]), kind: 'ConfigMap' }],
    ['another version', { ...manifest(accepted[0]?.[1]), apiVersion: 'ssekms.io/v2' }],
    ['no metadata', { ...manifest(accepted[0]?.[1]), metadata: undefined }],
    ['a name that would end up as markup', manifest(accepted[0]?.[1], { name: '</source>' })],
  ])('is not %s', (_, object) => {
    expect(parseAssignment(object)).toMatchObject({ ok: false });
  });
});
