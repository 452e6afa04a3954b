/**
 * YAML as Kubernetes' tools read it, with the place of every value in the text. JSON is YAML.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  type Scalar,
  Schema,
  type Tags,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

export type { Document } from 'yaml';

/** A fault of the text: what, and at which offset. */
export interface YamlFault {
  readonly offset: number;
  readonly message: string;
}

export type Documents =
  | { readonly ok: true; readonly documents: readonly Document[] }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

/** Of YAML 1.1, but not of kubectl's parser, go-yaml: `2026-01-01` and `12:30:45` are texts to it. */
function isUnknownToGo(tag: Tags[number]): boolean {
  return typeof tag !== 'string' && (tag.tag === 'tag:yaml.org,2002:timestamp' || tag.format === 'TIME');
}

/** Made once: to make it takes as long as to read a small manifest. */
const schema = new Schema({
  schema: 'yaml-1.1',
  merge: true,
  customTags: (tags) => tags.filter((tag) => !isUnknownToGo(tag)),
});

/** The `yaml` package takes these; kubectl's parser doesn't, neither in YAML nor in JSON. */
const control = /(?![\t\n\r\u007f-\u009f])\p{Cc}/u;

/** YAML 1.1 with merge keys, as kubectl and Helm read it: `0644` is octal, `yes` is true. */
export function parseYaml(text: string): Documents {
  const [found] = control.exec(text) ?? [];
  if (found !== undefined) {
    const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = `the control character U+${code} may not stand in it; is it a text at all?`;
    return { ok: false, faults: [{ offset: text.indexOf(found), message }] };
  }
  const documents = parseAllDocuments(text, { version: '1.1', schema, prettyErrors: false, logLevel: 'error' });
  // An empty text has no document; what is returned for it is an empty array of another type.
  const list: readonly Document[] = Array.isArray(documents) ? documents : [];
  const mayRefer = reference.test(text);
  const faults = list.flatMap((document): YamlFault[] => {
    const [first] = document.errors;
    if (first !== undefined) return [toFault(first)];
    return mayRefer ? findReferenceFault(document) : [];
  });
  return faults.length > 0 ? { ok: false, faults } : { ok: true, documents: list };
}

/** Of a document the first fault alone counts, since most of the others follow from it. What it quotes may be a whole file, or a secret. */
function toFault({ pos, message }: Document['errors'][number]): YamlFault {
  return { offset: pos[0], message: message.replace(/ in YAML stream: .*/s, '') };
}

/** Most texts have neither an alias nor a merge key. */
const reference = /(?:^|[\s[{,])\*\S|<</m;

/** More than a person writes; kubectl has a limit, too. */
const mostAliases = 10_000;

/** What the syntax allows, and what no tool could make objects of: else it would come up wherever a value is asked for. */
function findReferenceFault(document: Document): YamlFault[] {
  const faults: YamlFault[] = [];
  visit(document, {
    Alias(_, alias) {
      const target = alias.resolve(document);
      const at = offsetOf(alias);
      const [from = 0, , until = 0] = target?.range ?? [];
      if (target === undefined) faults.push({ offset: at, message: `there is no anchor &${alias.source} before it` });
      else if (from <= at && at < until) {
        faults.push({
          offset: at,
          message: `*${alias.source} stands within its own anchor, so that it would have no end`,
        });
      }
    },
  });
  if (faults.length > 0) return faults.slice(0, 1);
  try {
    document.toJS({ maxAliasCount: mostAliases });
    return [];
  } catch (error) {
    return [{ offset: offsetOf(document.contents), message: (error as Error).message }];
  }
}

/** A value of a map: its node, where an alias leads, and whether the map itself holds it or a merge key brings it. */
export interface Entry {
  readonly node: unknown;
  readonly value: unknown;
  readonly inherited: boolean;
  readonly pair: Pair;
}

/** What a map holds, by key, as `toJS` would have it; undefined where the node is no map. */
export function entriesOf(node: unknown, document: Document): Map<string, Entry> | undefined {
  const map = follow(node, document);
  if (!isMap(map)) return undefined;
  const entries = new Map<string, Entry>();
  for (const pair of map.items) {
    const key = keyOf(pair);
    if (key !== '<<') {
      entries.set(key, { node: pair.value, value: follow(pair.value, document), inherited: false, pair });
      continue;
    }
    const merged = follow(pair.value, document);
    for (const one of isSeq(merged) ? merged.items : [merged]) {
      for (const [name, entry] of entriesOf(one, document) ?? []) {
        if (!entries.has(name)) entries.set(name, { ...entry, inherited: true });
      }
    }
  }
  return entries;
}

function keyOf({ key }: Pair): string {
  if (!isScalar(key)) return String(key);
  // The package has a merge key as a symbol.
  return typeof key.value === 'symbol' ? (key.value.description ?? '') : String(key.value);
}

/** Where an alias leads; any other node is itself. */
function follow(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

export function itemsOf(node: unknown, document: Document): readonly unknown[] | undefined {
  const list = follow(node, document);
  return isSeq(list) ? list.items : undefined;
}

export function textOf(entry: Entry | undefined): string | undefined {
  return isScalar(entry?.value) && typeof entry.value.value === 'string' ? entry.value.value : undefined;
}

export function isNull(entry: Entry): boolean {
  return entry.value === null || (isScalar(entry.value) && entry.value.value === null);
}

export function offsetOf(node: unknown): number {
  return (node as Partial<Scalar | YAMLMap | YAMLSeq | Alias>)?.range?.[0] ?? 0;
}
