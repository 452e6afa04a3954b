/**
 * Whether a text is a Hadoop configuration, told by what it holds: for values whose data key says nothing.
 */
import { type HadoopDocument, readDocument } from './document.ts';

/**
 * True where Hadoop would take settings over from it: its root is `<configuration>`, under any prefix, and it holds a
 * property or an include. A text that Hadoop's parser throws on is none, and neither is one that sets nothing: projected as
 * core-site.xml it does no more than no file would.
 *
 * Logback's and .NET's files have the same root. .NET's have no `<property>`; Logback's have theirs in attributes alone, and
 * count only where such a name is of Hadoop's file systems.
 *
 * What can't be read exactly, but may be by Hadoop (another encoding, a DOCTYPE that declares something, XML 1.1), counts
 * as one; the plan then refuses it.
 */
export function isConfiguration(text: string): boolean {
  if (!marks.some((mark) => text.includes(mark))) return false;
  const narrow = text.includes('\0') ? text.replaceAll('\0', '').replace(wideMark, '') : text;
  const declaration = declarationOf.exec(narrow)?.[0] ?? '';
  const read = readDocument(narrow.slice(declaration.length).replace(bareDoctype, ''));
  if (!read.ok) return read.fault.reason !== 'Malformed' || unusual.test(declaration);
  return read.document.root.local === 'configuration' && setsSomething(read.document);
}

function setsSomething({ elements, includes }: HadoopDocument): boolean {
  if (includes.some(({ attributes }) => attributes.some(({ local }) => local === 'href'))) return true;
  return elements.some(({ properties, firstChild }) => {
    if (firstChild !== null) return properties.length > 0;
    return properties.some(({ name }) => /^\s*(?:fs|hadoop)\./.test(name));
  });
}

/** What the chart's conditions look for; the last is UTF-16, of either byte order. */
const marks = ['<configura', ':configura', 'c\0o\0n\0f\0'];
/** UTF-16's byte order mark, read byte by byte. */
const wideMark = /^(?:\xff\xfe|\xfe\xff)/;
const declarationOf = /^\ufeff?<\?xml\s[^>]*>/;
const unusual = /version\s*=\s*["']1\.1|encoding\s*=\s*["'](?!utf-?8["']|us-ascii["'])/i;
/** One that declares nothing, as Logback's manual has it. */
const bareDoctype = /<!DOCTYPE\s+[-.:\w]+\s*>/;
