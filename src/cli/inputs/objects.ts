/**
 * The Kubernetes objects in a text: each document, or each item of a List or of a function's ResourceList.
 */

import type { Node } from 'yaml';
import type { Fault } from './faults.ts';
import type { Source } from './sources.ts';
import { type Document, type Entry, entriesOf, itemsOf, offsetOf, parseYaml, textOf } from './yaml.ts';

export interface ManifestObject {
  readonly source: Source;
  readonly document: Document;
  /** Its map in the document. */
  readonly node: unknown;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty where there is none: with generateName the API server makes it. */
  readonly name: string;
  readonly namespace: string | undefined;
  /** The configuration of a KRM function, not one of the objects that it changes. */
  readonly isFunctionConfig: boolean;
  readonly offset: number;
}

export interface ReadManifest {
  readonly source: Source;
  readonly documents: readonly Document[];
  readonly objects: readonly ManifestObject[];
}

export type ManifestResult =
  | { readonly ok: true; readonly manifest: ReadManifest }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads a manifest. Documents that are no Kubernetes objects, like a chart's values, hold none; a text that isn't YAML has faults. */
export function readManifest(source: Source): ManifestResult {
  const parsed = parseYaml(source.text);
  if (!parsed.ok) {
    const hint = source.text.includes('{{')
      ? '; a template must be rendered first: helm template CHART | sse-kms …'
      : '';
    return {
      ok: false,
      faults: parsed.faults.map(({ offset, message }) => ({ source, offset, message: `not YAML: ${message}${hint}` })),
    };
  }
  const objects = parsed.documents.flatMap((document) => objectsIn(document.contents, document, source, false));
  return { ok: true, manifest: { source, documents: parsed.documents, objects } };
}

function objectsIn(node: unknown, document: Document, source: Source, isFunctionConfig: boolean): ManifestObject[] {
  const entries = entriesOf(node, document);
  const kind = textOf(entries?.get('kind'));
  if (entries === undefined || kind === undefined) return [];
  const items = itemsOf(entries.get('items')?.node, document);
  if (kind.endsWith('List') && items !== undefined) {
    const config = kind === 'ResourceList' ? entries.get('functionConfig')?.node : undefined;
    return [
      ...(config === undefined ? [] : objectsIn(config, document, source, true)),
      ...items.flatMap((item) => objectsIn(item, document, source, isFunctionConfig)),
    ];
  }
  const metadata = entriesOf(entries.get('metadata')?.node, document);
  return [
    {
      source,
      document,
      node,
      entries,
      apiVersion: textOf(entries.get('apiVersion')) ?? '',
      kind,
      name: textOf(metadata?.get('name')) ?? '',
      namespace: textOf(metadata?.get('namespace')) || undefined,
      isFunctionConfig,
      offset: offsetOf(node),
    },
  ];
}

/** The object as JSON has it. */
export function toPlain({ node, document }: ManifestObject): unknown {
  // How many aliases there are was looked at when the text was read.
  return (node as Node).toJS(document, { maxAliasCount: -1 });
}
