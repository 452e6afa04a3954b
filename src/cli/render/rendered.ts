/**
 * Each input as it comes out.
 */
import type { Assessed } from '../compliance.ts';
import type { JsonPatchOperation } from '../core.ts';
import type { Fault } from '../inputs/faults.ts';
import type { ReadManifest } from '../inputs/objects.ts';
import type { Source } from '../inputs/sources.ts';
import { rewriteManifest, toNewValues } from './manifest.ts';

export interface Rendered {
  readonly source: Source;
  readonly text: string;
}

type Result = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly faults: readonly Fault[] };

/** @param manifest undefined for a bare file */
export function toRendered(source: Source, manifest: ReadManifest | undefined, assessed: readonly Assessed[]): Result {
  if (manifest === undefined) return { ok: true, text: toFile(source, assessed) };
  const newValues = assessed.flatMap((one) => toNewValues(one.object, patchOf(one)));
  return rewriteManifest(manifest, newValues);
}

/** Nothing under Audit, which changes nothing in the cluster either. */
function patchOf({ plan, findings }: Assessed): readonly JsonPatchOperation[] {
  const isAudit = findings.some(({ assignment }) => assignment?.enforcement === 'Audit');
  return plan?.kind === 'change' && !isAudit ? plan.patch : [];
}

function toFile(source: Source, assessed: readonly Assessed[]): string {
  for (const one of assessed) {
    for (const [key, value] of one.object.values) {
      if (value.kind !== 'file' || value.source !== source) continue;
      const path = `/${key}`;
      return patchOf(one).find((operation) => operation.path === path)?.value ?? source.text;
    }
  }
  return source.text;
}
