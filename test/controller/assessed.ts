/**
 * An assignment, and config objects of which the compliance under it is known, for what is derived from them.
 */
import type { Compliance } from '../../src/controller/compliance.ts';
import { type ConfigObject, record, toConfigObject } from '../../src/controller/config-objects.ts';
import type { DesiredEncryption } from '../../src/controller/decide.ts';
import type { Assignment } from '../../src/core/assignment/resolve.ts';

export const finance: Assignment = {
  name: 'finance',
  target: { namespaces: ['a'] },
  algorithm: 'SSE-KMS',
  key: { accountDefault: true },
  buckets: [],
  enforcement: 'Enforce',
};

export const desired: DesiredEncryption = { assignment: finance, digest: 'finance', rules: 'plain' };

/** A ConfigMap with this compliance under `under`; not assessed yet where there is none. */
export function assessed(
  namespace: string,
  name: string,
  compliance?: Compliance,
  under: DesiredEncryption = desired,
): ConfigObject {
  const stored = { kind: 'ConfigMap' as const, namespace, name, uid: `uid-${name}`, resourceVersion: '5' };
  const object = toConfigObject({ ...stored, immutable: false }, false);
  if (compliance !== undefined) record(object, stored.resourceVersion, under, compliance);
  return object;
}
