/**
 * Whether a text is a Hadoop configuration, told by what it holds. Log4j, Logback, MyBatis, .NET and others use the same
 * root, the same elements, or a DOCTYPE; their files are left alone.
 */
import { findDoctype } from './doctype.ts';
import { type HadoopDocument, readDocument } from './document.ts';

/**
 * For a value whose data key says nothing, which pods can mount as core-site.xml.
 *
 * | the text                                                               | is a Hadoop configuration               |
 * | ---------------------------------------------------------------------- | --------------------------------------- |
 * | Hadoop's parser throws on it                                           | no                                      |
 * | another root than `<configuration>`, under any prefix                  | no                                      |
 * | a property whose name is an element, an include with `href`            | yes                                     |
 * | properties whose names are attributes (Logback, MyBatis)               | where a name is of `fs.` or `hadoop.`   |
 * | a DOCTYPE that declares entities or attribute defaults                 | yes                                     |
 * | a DOCTYPE that refers to a file which may add properties: the text     | yes                                     |
 * | refers to an entity, or has a `<property>` without a name              |                                         |
 * | XML 1.1, another declared encoding                                     | yes                                     |
 * | none of these                                                          | no: it sets nothing                     |
 *
 * What can't be read exactly and counts is refused by the plan.
 */
export function isConfiguration(text: string): boolean {
  if (!marks.some((mark) => text.includes(mark))) return false;
  const { read, adds, isUnusual } = readLoosely(text);
  if (!read.ok) return read.fault.reason !== 'Malformed' || isUnusual;
  const { root, elements } = read.document;
  if (root.local !== 'configuration') return false;
  const isFilledByDefaults = adds === 'defaults' && elements.some(({ properties }) => properties.length === 0);
  return setsSomething(read.document) || adds === 'entities' || isFilledByDefaults;
}

/**
 * For a value whose data key some client loads by its name, so that Hadoop reads it whatever its root is. Beside the above it
 * is one where its root is `<configuration>` and empty, where another root holds a property of Hadoop's file systems, and
 * where it was meant as one, but Hadoop's parser throws on it: then the plan says so.
 */
export function isNamedConfiguration(text: string): boolean {
  const narrow = toNarrow(text);
  if (!/[<:](?:configuration|property)|<!ENTITY/.test(narrow)) return false;
  if (isConfiguration(text)) return true;
  const { read, adds } = readLoosely(text);
  if (!read.ok) return true;
  const { root, elements, childless } = read.document;
  if (root.local === 'configuration') return childless && adds === 'nothing';
  return adds === 'entities' || elements.some(({ properties }) => properties.some(isOfFileSystems));
}

/** The reading of a text without its DOCTYPE, byte by byte where it is UTF-16, and what the DOCTYPE may add to it. */
function readLoosely(text: string) {
  const narrow = toNarrow(text);
  const declaration = declarationOf.exec(narrow)?.[0] ?? '';
  const body = narrow.slice(declaration.length);
  const doctype = findDoctype(body, 0);
  const isUnusual = unusual.test(declaration);
  if (doctype === null) return { read: readDocument(body), adds: 'nothing', isUnusual } as const;
  const rest = body.slice(0, doctype.offset) + body.slice(doctype.end);
  const known = rest.replace(ownReference, '');
  const read = readDocument(known);
  if (doctype.declares || (doctype.external && known !== rest)) return { read, adds: 'entities', isUnusual } as const;
  return { read, adds: doctype.external ? 'defaults' : 'nothing', isUnusual } as const;
}

function setsSomething({ elements, includes }: HadoopDocument): boolean {
  if (includes.some(({ attributes }) => attributes.some(({ local }) => local === 'href'))) return true;
  return elements.some(({ properties, firstChild }) =>
    firstChild === null ? properties.some(isOfFileSystems) : properties.length > 0,
  );
}

function isOfFileSystems({ trimmedName }: { readonly trimmedName: string }): boolean {
  return /^(?:fs|hadoop)\./.test(trimmedName);
}

function toNarrow(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '').replace(wideMark, '') : text;
}

/** What the chart's conditions look for; the last is UTF-16, of either byte order. */
const marks = ['<configura', ':configura', 'c\0o\0n\0f\0'];
/** UTF-16's byte order mark, read byte by byte. */
const wideMark = /^(?:\xff\xfe|\xfe\xff)/;
const declarationOf = /^\ufeff?<\?xml\s[^>]*>/;
/** A reference to an entity that the document, or a file that it refers to, has to declare. */
const ownReference = /&(?!#|(?:amp|lt|gt|quot|apos);)[^;\s<&]*;/g;
const unusual = /version\s*=\s*["']1\.1|encoding\s*=\s*["'](?!utf-?8["']|us-ascii["'])/i;
