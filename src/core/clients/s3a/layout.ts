/**
 * Places edits so that the file keeps its layout: an element that is alone on its lines is cut with them, and new lines
 * follow the file's own indentation and line ends.
 */
import { applyEdits, type Edit } from '../../plan/edits.ts';
import type { HadoopDocument, PropertyElement } from './document.ts';
import type { WantedProperty } from './encryption-properties.ts';

/** The cuts for elements, which are given in document order. Neighbours with only blanks between them are one cut. */
export function cutElements(text: string, elements: readonly PropertyElement[]): Edit[] {
  const runs: { offset: number; end: number }[] = [];
  for (const { offset, end } of elements) {
    const last = runs.at(-1);
    if (last !== undefined && isBlank(text, last.end, offset)) last.end = end;
    else runs.push({ offset, end });
  }
  return runs.map((run) => {
    const lineStart = backOverBlanks(text, run.offset);
    const next = afterLineEnd(text, overBlanks(text, run.end));
    const alone = next !== null && isLineStart(text, lineStart);
    const offset = alone ? lineStart : run.offset;
    return { offset, length: (alone ? next : run.end) - offset, text: '' };
  });
}

/** The first cut that would join brackets to `]]>`, which text must not hold. Cuts are given in document order. */
export function findJoinedBrackets(text: string, cuts: readonly Edit[]): Edit | undefined {
  if (!cuts.some(({ offset }) => text.charAt(offset - 1) === ']')) return undefined;
  const rest = applyEdits(text, cuts);
  let gone = 0;
  return cuts.find(({ offset, length }) => {
    const place = offset - gone;
    gone += length;
    return rest.slice(Math.max(0, place - 2), place + 2).includes(']]>');
  });
}

/** Our properties, and where they go. */
export interface Insertion {
  /** Elements on lines of their own, which are white space to Hadoop. */
  readonly block: string;
  /** The result up to the block: everything up to the root's start tag, and a line end. */
  readonly before: string;
  /** The root's end tag. */
  readonly rootEnd: string;
  /** The edit that inserts elements at the place of the block. */
  readonly put: (elements: string) => Edit;
}

/** Lays out our properties like those of the file. `cuts` are the other edits of the same plan. */
export function layOutBlock(
  text: string,
  document: HadoopDocument,
  cuts: readonly Edit[],
  wanted: readonly WantedProperty[],
  source: string,
): Insertion {
  const { root } = document;
  const style = styleOf(text, document);
  const { lineEnd } = style;
  const lines = wanted.flatMap((property) => toLines(property, source, style));
  const block = lines.map((line) => line + lineEnd).join('');
  const rootEnd = `</${root.name}>`;
  if (root.selfClosing) {
    const put = (elements: string) => ({
      offset: root.end - 2,
      length: 2,
      text: `>${lineEnd}${elements}${rootEnd}`,
    });
    return { block, before: `${text.slice(0, root.end - 2)}>${lineEnd}`, rootEnd, put };
  }
  const rest = applyEdits(text, cuts);
  const nextLine = afterLineEnd(rest, overBlanks(rest, root.end));
  if (nextLine !== null) {
    const offset = beforeCuts(nextLine, cuts);
    const put = (elements: string) => ({ offset, length: 0, text: elements });
    return { block, before: rest.slice(0, nextLine), rootEnd, put };
  }
  const before = text.slice(0, root.end) + lineEnd;
  const put = (elements: string) => ({ offset: root.end, length: 0, text: lineEnd + elements });
  return { block, before, rootEnd, put };
}

/** Converts an offset in the text after the cuts to the offset in the text before them. */
function beforeCuts(offset: number, cuts: readonly Edit[]): number {
  let before = offset;
  for (const cut of cuts) {
    if (cut.offset < before) before += cut.length;
  }
  return before;
}

interface XmlStyle {
  readonly lineEnd: string;
  readonly outer: string;
  readonly inner: string;
}

function styleOf(text: string, document: HadoopDocument): XmlStyle {
  const lineEnd = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const indented = document.elements.filter((element) => element.inRoot);
  const outer = firstOf(indented, (element) => indentationAt(text, element.offset)) ?? '  ';
  const deeper = outer.includes('\t') ? `${outer}\t` : `${outer}  `;
  const inner = firstOf(indented, (element) =>
    element.firstChild === null ? null : indentationAt(text, element.firstChild),
  );
  return { lineEnd, outer, inner: inner ?? deeper };
}

function firstOf<T, R>(values: readonly T[], read: (value: T) => R | null): R | null {
  for (const value of values) {
    const found = read(value);
    if (found !== null) return found;
  }
  return null;
}

/** The blanks before an element that begins its line, or null where it doesn't. */
function indentationAt(text: string, offset: number): string | null {
  const start = backOverBlanks(text, offset);
  return isLineStart(text, start) ? text.slice(start, offset) : null;
}

function toLines(wanted: WantedProperty, assignment: string, { outer, inner }: XmlStyle): string[] {
  const { name, value, source = assignment } = wanted;
  return [
    `${outer}<property>`,
    `${inner}<name>${escapeText(name)}</name>`,
    `${inner}<value>${escapeText(value)}</value>`,
    `${inner}<final>true</final>`,
    `${inner}<source>${escapeText(source)}</source>`,
    `${outer}</property>`,
  ];
}

function escapeText(value: string): string {
  if (!/[&<>]/.test(value)) return value;
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const character = text.charAt(at);
    if (character !== ' ' && character !== '\t' && character !== '\n' && character !== '\r') return false;
  }
  return true;
}

function overBlanks(text: string, from: number): number {
  let at = from;
  while (text.charAt(at) === ' ' || text.charAt(at) === '\t') at++;
  return at;
}

function backOverBlanks(text: string, from: number): number {
  let at = from;
  while (text.charAt(at - 1) === ' ' || text.charAt(at - 1) === '\t') at--;
  return at;
}

function isLineStart(text: string, at: number): boolean {
  return text.charAt(at - 1) === '\n' || text.charAt(at - 1) === '\r';
}

/** The beginning of the next line if a line ends at `at`, else null. */
function afterLineEnd(text: string, at: number): number | null {
  if (text.startsWith('\r\n', at)) return at + 2;
  return text.charAt(at) === '\n' || text.charAt(at) === '\r' ? at + 1 : null;
}
