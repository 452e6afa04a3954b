/**
 * Config objects among the inputs: ConfigMaps and Secrets of manifests, and bare files as the ConfigMap that would be made of them.
 */
import { type ConfigObjectContent, encodeBase64 } from '../core.ts';
import type { Fault } from './faults.ts';
import type { ManifestObject } from './objects.ts';
import type { Source } from './sources.ts';
import { type Entry, entriesOf, isNull, offsetOf, textOf } from './yaml.ts';

/** Where a value stands in the inputs. */
export type ValueAt =
  /** A value of a manifest. */
  | {
      readonly kind: 'manifest';
      readonly object: ManifestObject;
      readonly entry: Entry;
      readonly field: 'data' | 'binaryData' | 'stringData';
    }
  /** A file that is the value. */
  | { readonly kind: 'file'; readonly source: Source };

export interface InputObject {
  readonly kind: 'ConfigMap' | 'Secret';
  /** Empty where there is none. */
  readonly name: string;
  readonly namespace: string | undefined;
  readonly content: ConfigObjectContent;
  /** By field and data key, as in the content. */
  readonly values: ReadonlyMap<string, ValueAt>;
  readonly source: Source;
  readonly offset: number;
}

export function valueKey(field: 'data' | 'binaryData', dataKey: string): string {
  return `${field}/${dataKey}`;
}

/** A ConfigMap or Secret of a manifest; undefined for any other object. What the API server would refuse is a fault. */
export function toConfigObject(
  object: ManifestObject,
): { readonly object: InputObject; readonly faults: readonly Fault[] } | undefined {
  const { apiVersion, kind, name, namespace, source, offset } = object;
  if (apiVersion !== 'v1' || (kind !== 'ConfigMap' && kind !== 'Secret') || object.isFunctionConfig) return undefined;
  const values = new Map<string, ValueAt>();
  const texts = { data: new Map<string, string>(), binaryData: new Map<string, string>() };
  const faults: Fault[] = [];
  // The API server writes stringData over data.
  const fields = kind === 'Secret' ? (['data', 'stringData'] as const) : (['data', 'binaryData'] as const);
  for (const field of fields) {
    for (const [dataKey, entry] of entriesOf(object.entries.get(field)?.node, object.document) ?? []) {
      if (isNull(entry)) continue;
      const text = textOf(entry);
      if (text === undefined) {
        const what = name === '' ? kind : `${kind} ${name}`;
        const message = `${what}: ${field} ${dataKey} is not a text, which the API server refuses: put it in quotes`;
        faults.push({ source, offset: offsetOf(entry.node), message });
        continue;
      }
      const stored = field === 'binaryData' ? 'binaryData' : 'data';
      texts[stored].set(dataKey, field === 'stringData' ? encodeBase64(text) : text);
      values.set(valueKey(stored, dataKey), { kind: 'manifest', object, entry, field });
    }
  }
  const content = {
    kind,
    data: Object.fromEntries(texts.data),
    binaryData: Object.fromEntries(texts.binaryData),
  } as const;
  return { object: { kind, name, namespace, content, values, source, offset }, faults };
}

/** The ConfigMap that `kubectl create configmap --from-file` makes of these files, which lie in one folder. */
export function toConfigObjectOfFiles(sources: readonly [Source, ...Source[]]): InputObject {
  const named = sources.map((source) => [source.dataKey ?? source.name, source] as const);
  return {
    kind: 'ConfigMap',
    name: '',
    namespace: undefined,
    content: { kind: 'ConfigMap', data: Object.fromEntries(named.map(([key, { text }]) => [key, text])) },
    values: new Map(named.map(([key, source]) => [valueKey('data', key), { kind: 'file', source }])),
    source: sources[0],
    offset: 0,
  };
}
