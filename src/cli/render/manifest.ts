/**
 * A manifest with other values: the edits of its text, and the proof that nothing else became another.
 */
import { isDeepStrictEqual } from 'node:util';
import { isAlias, isPair, type Node, visit } from 'yaml';
import { applyEdits, decodeBase64, type Edit, type JsonPatchOperation } from '../core.ts';
import type { InputObject, ValueAt } from '../inputs/config-objects.ts';
import type { Fault } from '../inputs/faults.ts';
import { type ManifestObject, type ReadManifest, readManifest } from '../inputs/objects.ts';
import type { Source } from '../inputs/sources.ts';
import { type Document, offsetOf, parseYaml } from '../inputs/yaml.ts';
import { rewriteScalar, type WrittenScalar } from './scalar.ts';

type ManifestValue = Extract<ValueAt, { kind: 'manifest' }>;

/** A value that becomes another. */
export interface NewValue {
  readonly at: ManifestValue;
  readonly dataKey: string;
  readonly text: string;
}

/** What a patch comes to in the manifest: where stringData holds the value, it is text there. */
export function toNewValues({ values, kind }: InputObject, patch: readonly JsonPatchOperation[]): NewValue[] {
  return patch.flatMap(({ path, value }) => {
    const [, field = '', escaped = ''] = path.split('/');
    const dataKey = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    const at = values.get(`${field}/${dataKey}`);
    if (at?.kind !== 'manifest') return [];
    const text = kind === 'Secret' && at.field === 'stringData' ? (decodeBase64(value) ?? '') : value;
    return [{ at, dataKey, text }];
  });
}

export type Rewritten =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** The source with the new values. What can't be written without changing more than that is a fault. */
export function rewriteManifest(
  { source, documents, objects }: ReadManifest,
  newValues: readonly NewValue[],
): Rewritten {
  const faults = newValues.flatMap((one) => whyNot(source, one, newValues));
  if (faults.length > 0) return { ok: false, faults };
  const mayShare = newValues.length > 0 && documents.some(hasAlias);
  const expected = mayShare ? objects.map((object) => expectedObject(object, newValues)) : [];
  const edits = newValues.map((one) => toEdit(source.text, one));
  const text = edits.length === 0 ? source.text : applyEdits(source.text, edits);
  const wrong = newValues.length > 0 && !says(text, expectedOf(documents, newValues));
  if (!wrong && mayShare && !isDeepStrictEqual(plainObjects({ ...source, text }), expected)) {
    return { ok: false, faults: newValues.map((one) => toShared(source, one)) };
  }
  if (!wrong) return { ok: true, text };
  const message =
    "this YAML is written in a way that can't be edited safely: write the value as a literal block (KEY: |)";
  return { ok: false, faults: newValues.map(({ at }) => ({ source, offset: offsetOf(at.entry.node), message })) };
}

/** Objects share a map by an anchor or a merge key: a change of one would be a change of the other. */
function toShared(source: Source, { at, dataKey }: NewValue): Fault {
  const message = `${dataKey} is shared with other objects by an anchor or a merge key (<<), so that a change would reach them: write it out in each`;
  return { source, offset: offsetOf(at.entry.node), message };
}

function whyNot(source: Source, one: NewValue, all: readonly NewValue[]): Fault[] {
  const { at, dataKey } = one;
  if (all.some((other) => other !== one && other.at.entry.pair === at.entry.pair)) return [toShared(source, one)];
  const { entry, object } = at;
  const offset = offsetOf(entry.node ?? object.node);
  if (entry.inherited) {
    return [
      {
        source,
        offset,
        message: `${dataKey} comes from a merge key (<<), so that a change would reach other objects: write it out here`,
      },
    ];
  }
  const { anchor } = entry.node as { anchor?: string };
  if (anchor === undefined || !isUsed(anchor, object.document)) return [];
  return [
    {
      source,
      offset,
      message: `${dataKey} is used elsewhere by its anchor &${anchor}, so that a change would reach that place: write the value out there`,
    },
  ];
}

function hasAlias(document: Document): boolean {
  let found = false;
  visit(document, {
    Alias() {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** An object as it shall be, whatever else has the same maps. */
function expectedObject(object: ManifestObject, newValues: readonly NewValue[]): unknown {
  let plain = toPlainObject(object);
  for (const { at, dataKey, text } of newValues) {
    if (at.object !== object) continue;
    plain = { ...plain, [at.field]: { ...(plain[at.field] as object), [dataKey]: text } };
  }
  return plain;
}

function plainObjects(source: Source): unknown[] {
  const read = readManifest(source);
  return read.ok ? read.manifest.objects.map(toPlainObject) : [];
}

function toPlainObject({ node, document }: ManifestObject): Record<string, unknown> {
  return (node as Node).toJS(document, { maxAliasCount: -1 });
}

function isUsed(anchor: string, document: Document): boolean {
  let used = false;
  visit(document, {
    Alias(_, { source }) {
      used ||= source === anchor;
    },
  });
  return used;
}

function toEdit(text: string, { at, text: value }: NewValue): Edit {
  const { pair } = at.entry;
  const node = at.entry.node as WrittenScalar & Node;
  const keyAt = isPair(pair) ? offsetOf(pair.key) : 0;
  return rewriteScalar(text, isAlias(node) ? { ...node, type: 'ALIAS' } : node, value, {
    mapIndent: indentAt(text, keyAt, at),
  });
}

/** The column of the key, from 0; undefined where the map is a flow map, or anything else stands before the key but dashes. */
function indentAt(text: string, keyAt: number, { object, field }: ManifestValue): number | undefined {
  const map = object.entries.get(field)?.value as { flow?: boolean } | undefined;
  if (map?.flow === true || (object.node as { flow?: boolean }).flow === true) return undefined;
  const lineStart = text.lastIndexOf('\n', keyAt - 1) + 1;
  const before = text.slice(lineStart, keyAt);
  return /^\ufeff?[ -]*$/.test(before) ? before.length : undefined;
}

/** The documents as they shall be. */
function expectedOf(documents: readonly Document[], newValues: readonly NewValue[]): unknown[] {
  for (const { at, text } of newValues) (at.entry.pair as { value: unknown }).value = text;
  return documents.map((document) => document.toJS({ maxAliasCount: -1 }));
}

function says(text: string, expected: readonly unknown[]): boolean {
  const again = parseYaml(text);
  if (!again.ok) return false;
  return isDeepStrictEqual(
    again.documents.map((document) => document.toJS({ maxAliasCount: -1 })),
    expected,
  );
}
