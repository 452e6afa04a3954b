/**
 * The second reader: fast-xml-parser, which shares no code with the scanner. It is too lenient to decide whether a file is well
 * formed, but it must read in a result exactly what the plan intended.
 */
import { type X2jOptions, XMLParser } from 'fast-xml-parser';
import { splitName } from './lexis.ts';
import { isDeclaration } from './namespaces.ts';
import { maxDepth } from './scan.ts';
import type { Attribute } from './token.ts';

export interface XmlEventHandler {
  start(local: string, attributes: readonly Attribute[]): void;
  text(value: string): void;
  end(local: string): void;
}

/** Prefix of every key: no XML name begins with it, so elements named like a property of Object.prototype do no harm. */
const mark = '~';
const unlimited = {
  enabled: true,
  maxTotalExpansions: Number.POSITIVE_INFINITY,
  maxExpandedLength: Number.POSITIVE_INFINITY,
};

/** Exported for the benchmark, which measures fast-xml-parser alone. */
export const parserOptions = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: mark,
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: unlimited,
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: maxDepth,
  // Nothing asks for the path of an element; kept, it would cost its length for each of them.
  jPath: false,
  transformTagName: (name) => (name.startsWith(mark) ? name : mark + name),
} satisfies X2jOptions;
const parser = new XMLParser(parserOptions);

type Node = Readonly<Record<string, unknown>>;
const none: readonly Attribute[] = [];

/**
 * Reads a document and reports its elements and text in order. Characters beyond Latin-1 are reported as `ÿ` (`toLatin1`).
 * @throws Error where fast-xml-parser can't read it.
 */
export function readAgain(text: string, handler: XmlEventHandler): void {
  visit(parser.parse(toLatin1(withoutInstructions(text))) as Node[], handler);
}

/**
 * No encryption property's name and no value of ours has characters beyond Latin-1. The parser collects text character by
 * character, and each one beyond Latin-1 takes some fifty bytes: a file twice as long would take three times as long.
 */
function toLatin1(text: string): string {
  return text.replace(/[^\0-\xff]+/g, 'ÿ');
}

const commentCdataOrInstruction = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>/g;
const beginsDeclaration = /^\ufeff?<\?xml\s/;

/**
 * Removes processing instructions: the parser looks for quotes in them, though they have no such syntax, and would read past
 * the end of `<?note don't?>`. The XML declaration has quotes, and stays; most files have no other instruction.
 */
function withoutInstructions(text: string): string {
  const declaration = beginsDeclaration.exec(text)?.[0] ?? '';
  if (!text.includes('<?', declaration.length)) return text;
  return text.replace(commentCdataOrInstruction, (found) => (found.startsWith('<?') ? '' : found));
}

/**
 * Empties each list afterwards. A list that the garbage collector has moved to the old generation would keep everything below
 * it alive long after it was used.
 */
function visit(nodes: Node[], handler: XmlEventHandler): void {
  for (const node of nodes) {
    let name: string | undefined;
    let attributes: Node | undefined;
    for (const key in node) {
      if (key === '#text') handler.text(String(node[key]));
      else if (key === ':@') attributes = node[key] as Node;
      else if (key.startsWith(mark)) name = key;
    }
    if (name === undefined) continue;
    const { local } = splitName(name.slice(mark.length));
    handler.start(local, toAttributes(attributes));
    visit(node[name] as Node[], handler);
    handler.end(local);
  }
  nodes.length = 0;
}

function toAttributes(attributes: Node | undefined): readonly Attribute[] {
  if (attributes === undefined) return none;
  return Object.entries(attributes)
    .map(([key, value]) => ({ ...splitName(key.slice(mark.length)), value: String(value) }))
    .filter((attribute) => !isDeclaration(attribute));
}
