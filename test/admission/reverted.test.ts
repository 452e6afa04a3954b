/**
 * Which updates are changed back to exactly what is stored.
 */
import { describe, expect, it } from 'vitest';
import { findReverted } from '../../src/admission/reverted.ts';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { encodeBase64 } from '../../src/core/base64.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { audited, type ConfigMap, files, finance, plain, requestOf, reviewOf } from './admission-review.ts';

function edited(text: string): string {
  const plan = planConfigObject({ data: { 'core-site.xml': text } }, finance, files);
  if (plan.kind !== 'change') throw new Error('the file should have been edited');
  return plan.patch[0]?.value ?? '';
}

const injected = edited(plain);
const stored: ConfigMap = { data: { 'core-site.xml': injected, 'log4j.properties': 'a=b' } };
const written: ConfigMap = { data: { 'core-site.xml': plain, 'log4j.properties': 'a=b' } };

function found(
  object: ConfigMap,
  oldObject?: ConfigMap,
  more: Record<string, unknown> = {},
  assignment: Assignment = finance,
) {
  const request = requestOf(reviewOf(object, oldObject, more));
  return findReverted(request, planConfigObject(request.object, assignment, files), assignment);
}

describe('an update that is changed back', () => {
  it('is one whose file comes out as it is stored', () => {
    expect(found(written, stored)).toEqual({
      ...{ kind: 'ConfigMap', namespace: 'finance', name: 'hadoop' },
      writer: { manager: '', user: 'ann' },
    });
  });

  it('is one of binaryData, too', () => {
    const [file, old] = [plain, injected].map((text) => ({ binaryData: { 'core-site.xml': encodeBase64(text) } }));
    expect(found(file as ConfigMap, old)).toBeDefined();
  });

  it('is one that removes a part of the key only', () => {
    const data = { ...(written.data as object), 'core-site.xml': injected.replace(/<final>true<\/final>/, '') };
    expect(found({ data }, stored)).toBeDefined();
  });

  it.each<[string, ConfigMap, ConfigMap | undefined, Record<string, unknown>?, Assignment?]>([
    ['a creation', written, undefined],
    ['a dry run', written, stored, { dryRun: true }],
    ['one that needs no edit', stored, stored],
    [
      'one that changes the file otherwise, too',
      { data: { ...(written.data as object), 'core-site.xml': plain.replace('ledger', 'other') } },
      stored,
    ],
    [
      'one that changes another value, too',
      { data: { ...(written.data as object), 'log4j.properties': 'a=c' } },
      stored,
    ],
    ['one that adds a value', { data: { ...(written.data as object), more: '' } }, stored],
    ['one that takes a value away', { data: { 'core-site.xml': plain } }, stored],
    ['one that renames a value', { data: { 'core-site.xml': plain, 'log4j2.properties': 'a=b' } }, stored],
    ['a readmission of what has no key yet', written, written],
    ['one under Audit', written, stored, {}, { ...audited, name: 'finance' }],
  ])('is not %s', (_, object, oldObject, more, assignment) => {
    expect(found(object, oldObject, more, assignment)).toBeUndefined();
  });
});

describe('the writer of such an update', () => {
  const entry = (manager: string, field = 'f:data', dataKey = 'f:core-site.xml') => ({
    ...{ manager, operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1' },
    fieldsV1: { [field]: { [dataKey]: {} }, 'f:metadata': { 'f:labels': {} } },
  });
  const writerOf = (managedFields: unknown, more: Record<string, unknown> = {}) =>
    found({ ...written, metadata: { managedFields } }, stored, more)?.writer;

  it('is who owns the file now, since the update has taken it from all others', () => {
    const managedFields = [
      {},
      entry('labeller', 'f:metadata'),
      entry('other', 'f:data', 'f:log4j.properties'),
      entry('team-operator'),
    ];
    expect(writerOf(managedFields)).toEqual({ manager: 'team-operator', user: 'ann' });
  });

  it.each([[undefined], ['text'], [[{ manager: 7 }]], [[entry('x', 'f:data', 'f:other')]]])(
    'is empty where nothing says who it is: %j',
    (managedFields) => {
      expect(writerOf(managedFields, { userInfo: undefined })).toEqual({ manager: '', user: '' });
    },
  );

  it('is cut to 128 characters', () => {
    const { manager = '', user = '' } =
      writerOf([entry('x'.repeat(200))], { userInfo: { username: 'y'.repeat(200) } }) ?? {};
    expect([manager.length, user.length]).toEqual([128, 128]);
  });
});
