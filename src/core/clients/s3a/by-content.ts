/**
 * Whether a text is a Hadoop configuration, decided by its content. Log4j, Logback, MyBatis, .NET and others use the same
 * root, the same elements, or a DOCTYPE; their files are left alone.
 */
import { findDoctype } from './doctype.ts';
import { type HadoopDocument, includesFiles, readDocument } from './document.ts';

/**
 * For a value whose data key is in no rule. Pods can mount such a value as core-site.xml.
 *
 * | the text                                                               | is a Hadoop configuration               |
 * | ---------------------------------------------------------------------- | --------------------------------------- |
 * | Hadoop's parser throws on it                                           | no                                      |
 * | another root than `<configuration>`, under any prefix                  | no                                      |
 * | a property whose name is an element, an include with `href`            | yes                                     |
 * | properties whose names are attributes (Logback, MyBatis)               | where a name is of `fs.` or `hadoop.`   |
 * | a DOCTYPE that declares entities or attribute defaults                 | yes                                     |
 * | a DOCTYPE that refers to a file of no known publisher: the text has an | yes                                     |
 * | entity reference, `<property>` or `<include>`, or needs it to be read  |                                         |
 * | XML 1.1, another declared encoding                                     | yes                                     |
 * | UTF-16 that holds more than Latin-1, which hides text from here        | yes                                     |
 * | none of these                                                          | no: it sets nothing                     |
 *
 * The plan refuses a Hadoop configuration that can't be read exactly.
 */
export function isConfiguration(text: string): boolean {
  if (!marks.some((mark) => text.includes(mark))) return false;
  if (isWideBeyondLatin1(text)) return true;
  const { read, adds, isUnusual } = readLoosely(text);
  if (!read.ok) return read.fault.reason !== 'Malformed' || isUnusual || adds !== 'nothing';
  if (read.document.root.local !== 'configuration') return false;
  return setsSomething(read.document) || isFilledBy(adds, read.document);
}

/**
 * For a value whose data key some client loads by name, so Hadoop reads it whatever its root is. Besides the texts above, a
 * Hadoop configuration is a text
 * - whose root is an empty `<configuration>`
 * - with a property of Hadoop's clients
 * - with another root that holds an include, or that a DOCTYPE may fill
 * - in an encoding that can't be read here
 * - that was meant as one, but on which Hadoop's parser throws; the plan then refuses it.
 */
export function isNamedConfiguration(text: string): boolean {
  const narrow = toNarrow(text);
  if (isForeign(narrow)) return true;
  if (!/[<:](?:configuration|property|include)|<!(?:DOCTYPE|ENTITY)/.test(narrow)) return false;
  if (isConfiguration(text) || isWideBeyondLatin1(text)) return true;
  const { read, adds, isUnusual } = readLoosely(text);
  if (!read.ok) {
    return adds !== 'nothing' || isUnusual || read.fault.reason !== 'Malformed' || /[<:]configuration/.test(narrow);
  }
  const { root, elements, childless } = read.document;
  if (elements.some(({ properties }) => properties.some(isOfClients))) return true;
  if (root.local === 'configuration') return childless && adds === 'nothing';
  return isFilledBy(adds, read.document) || includesFiles(read.document);
}

/** Reads a text without its DOCTYPE (UTF-16 byte by byte), and says what the DOCTYPE may add to it. */
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

/** Attribute defaults may add any attribute to existing elements. Entities may add any content to any document. */
function isFilledBy(adds: 'nothing' | 'defaults' | 'entities', { elements, includes }: HadoopDocument): boolean {
  return adds === 'entities' || (adds === 'defaults' && elements.length + includes.length > 0);
}

function setsSomething(document: HadoopDocument): boolean {
  if (includesFiles(document)) return true;
  return document.elements.some(({ properties, firstChild }) =>
    firstChild === null ? properties.some(isOfFileSystems) : properties.length > 0,
  );
}

function isOfFileSystems({ trimmedName }: { readonly trimmedName: string }): boolean {
  return /^(?:fs|hadoop)\./.test(trimmedName);
}

/** `mapreduce.` too: MapReduce can load its own committer for S3A. */
function isOfClients({ trimmedName }: { readonly trimmedName: string }): boolean {
  return /^(?:fs|hadoop|mapreduce)\./.test(trimmedName);
}

function toNarrow(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '').replace(wideMark, '') : text;
}

/**
 * True for UTF-16 or UTF-32, detected as Hadoop's parser does, with characters beyond Latin-1. Their single bytes may look
 * like markup here: U+213C and U+2D2D look like the beginning of a comment.
 */
function isWideBeyondLatin1(text: string): boolean {
  const body = text.replace(wideMark, '');
  if (!text.includes('\0') || (body === text && !text.slice(0, 4).includes('\0'))) return false;
  const nulFirst = body.charCodeAt(0) === 0;
  for (let at = 0; at < body.length; at++) {
    if ((body.charCodeAt(at) === 0) !== ((at % 2 === 0) === nulFirst)) return true;
  }
  return false;
}

/** An encoding whose bytes can't be read as characters here: EBCDIC, and any that is no superset of ASCII. */
function isForeign(narrow: string): boolean {
  const declaration = declarationOf.exec(narrow)?.[0] ?? '';
  return narrow.startsWith(ebcdic) || (/\sencoding\s*=/.test(declaration) && !ownAscii.test(declaration));
}

/** The chart's matchConditions search for the same texts. The last is UTF-16 in either byte order. */
const marks = ['<configura', ':configura', 'c\0o\0n\0f\0'];
/** UTF-16's byte order mark, read byte by byte. */
const wideMark = /^(?:\xff\xfe|\xfe\xff)/;
/** The XML declaration, after an optional byte order mark, which may be read byte by byte. */
const declarationOf = /^(?:\ufeff|\xef\xbb\xbf)?<\?xml\s[^>]*>/;
/** `<?xm` in EBCDIC, byte by byte. */
const ebcdic = 'Lo\xa7\x94';
const ownAscii =
  /\sencoding\s*=\s*["'](?:utf-?(?:8|16(?:le|be)?)|(?:us-)?ascii|iso[-_]?8859-\d+|latin-?\d+|(?:windows-|cp)125\d|koi8-[ru])["']/i;
/** A reference to an entity that the document, or a file that it refers to, has to declare. */
const ownReference = /&(?!#|(?:amp|lt|gt|quot|apos);)[^;\s<&]*;/g;
const unusual = /version\s*=\s*["']1\.1|encoding\s*=\s*["'](?!utf-?8["']|us-ascii["'])/i;
