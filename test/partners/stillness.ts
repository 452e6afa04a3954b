/**
 * Whether an object stays as it is while others reconcile it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { effectiveEncryption } from '../product/effective.ts';
import type { KubernetesObject } from '../product/use-product.ts';

export interface Seen {
  /** Every resourceVersion: one, where nothing was stored. */
  readonly versions: readonly string[];
  /** Every state of managedFields, as JSON. */
  readonly managedFields: readonly string[];
  /** Every key that the file made Hadoop use. */
  readonly keys: readonly (string | undefined)[];
}

/** Looks at a ConfigMap twice a second for so long. */
export async function watchFor(seconds: number, get: () => Promise<KubernetesObject>): Promise<Seen> {
  const versions = new Set<string>();
  const managedFields = new Set<string>();
  const keys = new Set<string | undefined>();
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const { metadata, data } = await get();
    versions.add(metadata.resourceVersion);
    managedFields.add(JSON.stringify(metadata.managedFields));
    keys.add(effectiveEncryption(data['core-site.xml']).key);
    await sleep(500);
  }
  return { versions: [...versions], managedFields: [...managedFields], keys: [...keys] };
}
