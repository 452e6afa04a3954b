/**
 * The second reader: fast-xml-parser, which shares no code with the scanner. It is too lenient to decide what is well
 * formed, but what it reads in a result must be what we meant to write.
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

/** No name begins with it, so that elements named like a member of Object.prototype do no harm. */
const mark = '~';
const unlimited = {
  enabled: true,
  maxTotalExpansions: Number.POSITIVE_INFINITY,
  maxExpandedLength: Number.POSITIVE_INFINITY,
};

/** Exported for the measure of what fast-xml-parser alone costs. */
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
 * Reads a document and reports its elements and text in order; what stands there and is not Latin-1 is reported as `ÿ`, see below.
 * @throws Error where fast-xml-parser can't read it.
 */
export function readAgain(text: string, handler: XmlEventHandler): void {
  visit(parser.parse(toLatin1(withoutInstructions(text))) as Node[], handler);
}

/**
 * Neither a name that counts nor a value of ours has other characters. It collects text character by character, of which
 * each takes some fifty bytes unless it is one of Latin-1: enough to make a file twice as long take three times as long.
 */
function toLatin1(text: string): string {
  return text.replace(/[^\0-\xff]+/g, 'ÿ');
}

const commentCdataOrInstruction = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>/g;
const beginsDeclaration = /^\ufeff?<\?xml\s/;

/**
 * It looks for quotes in processing instructions, which have no such syntax: `<?note don't?>` would run on. An XML
 * declaration, which most files begin with and with no other instruction, has it.
 */
function withoutInstructions(text: string): string {
  const declaration = beginsDeclaration.exec(text)?.[0] ?? '';
  if (!text.includes('<?', declaration.length)) return text;
  return text.replace(commentCdataOrInstruction, (found) => (found.startsWith('<?') ? '' : found));
}

/**
 * Leaves each list empty. One that the garbage collector has moved to the old generation would keep all below it alive for
 * long after it is done with.
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
