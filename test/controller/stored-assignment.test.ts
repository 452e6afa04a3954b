/**
 * What is kept of an assignment when another version of it comes.
 */

import { describe, expect, it } from 'vitest';
import { toStoredAssignment } from '../../src/controller/stored-assignment.ts';
import type { StoredObject } from '../../src/ports/stored-object.ts';
import { key } from './small-world.ts';

function object(generation: number, resourceVersion: string, arn: string): StoredObject {
  return {
    apiVersion: 'ssekms.io/v1alpha1',
    kind: 'KmsKeyAssignment',
    metadata: { name: 'finance', uid: 'u', generation, resourceVersion },
    spec: { namespaces: ['a'], key: { arn } },
  };
}

describe('the spec of an assignment', () => {
  const before = toStoredAssignment(object(3, '1000', key(1)));

  it('is another one where its generation is the same: etcd was restored, and it was edited once', () => {
    const after = toStoredAssignment(object(3, '900', key(2)), before);
    expect(after?.spec).toMatchObject({ kind: 'valid', assignment: { key: { arn: key(2) } } });
  });

  it('stays the same object for as long as it says the same', () => {
    const status = { observedGeneration: 3, summary: '1/1' };
    const reported = toStoredAssignment({ ...object(3, '1001', key(1)), status }, before);
    expect(reported?.spec).toBe(before?.spec);
    expect(toStoredAssignment(object(4, '1002', key(1)), reported)?.spec).toBe(before?.spec);
  });

  it('of one that was deleted and created again is read anew', () => {
    const created = object(3, '1003', key(1));
    const after = toStoredAssignment({ ...created, metadata: { ...created.metadata, uid: 'another' } }, before);
    expect(after?.spec).not.toBe(before?.spec);
  });
});
