/**
 * The scanned file with what the plan needs: its root, its `<property>` elements with the properties that Hadoop reads from
 * each, and the elements that decide whether Hadoop reads the rest.
 */
import { scan } from '../../formats/xml/scan.ts';
import type { Attribute, EndToken, StartToken, Token, XmlFault } from '../../formats/xml/token.ts';
import { ConfigurationReader, type ParserVersion, type Property } from './configuration.ts';

/**
 * An outermost `<property>` element. Hadoop resets its state at the start tag, so cutting out the whole element changes
 * nothing that Hadoop reads elsewhere.
 */
export interface PropertyElement {
  readonly offset: number;
  readonly end: number;
  /** True for a child of the root. */
  readonly inRoot: boolean;
  /** The properties that Hadoop reads from it: normally one, more where elements are nested or parser versions differ, none without a name. */
  readonly properties: readonly Property[];
  /** It holds an `<include>` or `<fallback>`: cutting it would change which properties from elsewhere count. */
  readonly inseparable: boolean;
  /** Where the first element inside it begins, for the indentation. */
  readonly firstChild: number | null;
}

export interface HadoopDocument {
  readonly root: StartToken;
  readonly elements: readonly PropertyElement[];
  /** Each `<include>`. */
  readonly includes: readonly StartToken[];
  /** The first `<fallback>` outside every `<include>`: Hadoop ignores all that follows it. */
  readonly strayFallback: StartToken | null;
  /** The root holds no element. */
  readonly childless: boolean;
}

export type DocumentRead =
  | { readonly ok: true; readonly document: HadoopDocument }
  | { readonly ok: false; readonly fault: XmlFault };

/**
 * How long names, values and sources may be together, in UTF-16 code units. Without nested properties they are no longer than
 * the file, or twice that in two parser versions. Nested ones may each have the text of the others: a thousand times the file.
 */
const mostText = 8 * 1024 * 1024;

/**
 * Reads a file. It fails exactly where Hadoop would fail, except for an included file that doesn't exist, and for nested properties
 * that repeat more text than fits into memory.
 */
export function readDocument(text: string): DocumentRead {
  const builder = new DocumentBuilder();
  const fault = scan(
    text,
    (token) => builder.take(token),
    (offset) => builder.takeUsual(text, offset),
  );
  if (fault !== null) return { ok: false, fault };
  const { repeating } = builder;
  if (repeating === undefined) return { ok: true, document: builder.document() };
  const message = 'properties nested in this one repeat too much text: give each property an element of its own';
  return { ok: false, fault: { reason: 'TooLarge', offset: repeating, message } };
}

/** An include without `href` brings nothing in. */
export function includesFiles({ includes }: HadoopDocument): boolean {
  return includes.some(({ attributes }) => attributes.some(({ local }) => local === 'href'));
}

/** What an element sets in one parser version. */
export function propertiesIn(element: PropertyElement, parserVersion: ParserVersion): Property[] {
  return element.properties.filter(({ parserVersions }) => parserVersions.includes(parserVersion));
}

/** All properties of a document in the order in which Hadoop reads them. */
export function propertiesOf(document: HadoopDocument, parserVersion: ParserVersion): Property[] {
  return document.elements.flatMap((element) => propertiesIn(element, parserVersion));
}

interface OpenProperty {
  readonly offset: number;
  readonly depth: number;
  /** Undefined until there is one: a list that is created with its first element, usually its only one, takes less memory. */
  properties: Property[] | undefined;
  inseparable: boolean;
  firstChild: number | null;
}

const none: readonly Property[] = [];

const plainText = String.raw`[^<&\]\r]*`;
const plain = (name: string) => `<${name}>(${plainText})</${name}>${plainText}`;
/**
 * A property as most are: its elements in their usual order, without attributes, references, comments and carriage returns. Each
 * text ends at the first `<`, and what follows says at once which element it is, so this takes linear time.
 */
const usual = new RegExp(
  `<property>(${plainText})${plain('name')}${plain('value')}` +
    `(?:${plain('final')})?(?:${plain('source')})?(?:${plain('description')})?</property>`,
  'y',
);
const noAttributes: readonly Attribute[] = [];

/** Exported for a test, which leaves `takeUsual` out. */
export class DocumentBuilder {
  private readonly reader = new ConfigurationReader((property) => this.complete(property));
  private readonly elements: PropertyElement[] = [];
  private readonly includes: StartToken[] = [];
  private root: StartToken | undefined;
  private strayFallback: StartToken | null = null;
  private childless = true;
  private depth = 0;
  private openIncludes = 0;
  private outermost: OpenProperty | undefined;
  private textLength = 0;
  /** Where the outermost property begins with which the text became too long; no property is taken from there on. */
  repeating: number | undefined;

  /** Takes a usual property of the root, without a token for each of its parts. Returns where it ends. */
  takeUsual(text: string, offset: number): number | undefined {
    // A root <property> would be the outermost one, and a root <name> would collect text.
    if (this.root?.local !== 'configuration') return undefined;
    usual.lastIndex = offset;
    const found = usual.exec(text);
    if (found === null) return undefined;
    const property = this.open(offset);
    property.firstChild = offset + '<property>'.length + (found[1]?.length ?? 0);
    this.childless = false;
    this.outermost = property;
    this.reader.start('property', noAttributes);
    this.collect('name', found[2]);
    this.collect('value', found[3]);
    this.collect('final', found[4]);
    this.collect('source', found[5]);
    this.reader.end('property');
    this.close(property, usual.lastIndex);
    return usual.lastIndex;
  }

  private collect(local: string, text: string | undefined): void {
    if (text === undefined) return;
    this.reader.start(local, noAttributes);
    this.reader.text(text);
    this.reader.end(local);
  }

  take(token: Token): void {
    switch (token.kind) {
      case 'start':
        this.start(token);
        if (token.selfClosing) this.end(token);
        break;
      case 'end':
        this.end(token);
        break;
      case 'text':
      case 'cdata':
        this.reader.text(token.value);
        break;
    }
  }

  document(): HadoopDocument {
    if (this.root === undefined) throw new Error('the document has no root, which the scanner should have refused');
    const { root, elements, includes, strayFallback, childless } = this;
    return { root, elements, includes, strayFallback, childless };
  }

  private start(token: StartToken): void {
    if (this.root === undefined) this.root = token;
    else this.childless = false;
    if (token.local === 'include') {
      this.includes.push(token);
      this.openIncludes++;
    } else if (token.local === 'fallback' && this.openIncludes === 0) this.strayFallback ??= token;
    if (this.outermost !== undefined) this.within(this.outermost, token);
    else if (token.local === 'property') this.outermost = this.open(token.offset);
    this.depth++;
    this.reader.start(token.local, token.attributes);
  }

  private end(token: StartToken | EndToken): void {
    this.reader.end(token.local);
    this.depth--;
    if (token.local === 'include') this.openIncludes--;
    if (this.outermost !== undefined && this.depth === this.outermost.depth) this.close(this.outermost, token.end);
  }

  private open(offset: number): OpenProperty {
    return { offset, depth: this.depth, properties: undefined, inseparable: false, firstChild: null };
  }

  private within(open: OpenProperty, token: StartToken): void {
    open.firstChild ??= token.offset;
    if (token.local === 'include' || token.local === 'fallback') open.inseparable = true;
  }

  private complete(property: Property): void {
    if (this.outermost === undefined) return;
    const { name, value, source } = property;
    this.textLength += name.length + (value?.length ?? 0) + (source?.length ?? 0);
    if (this.textLength > mostText) this.repeating ??= this.outermost.offset;
    else if (this.outermost.properties === undefined) this.outermost.properties = [property];
    else this.outermost.properties.push(property);
  }

  private close(open: OpenProperty, end: number): void {
    this.outermost = undefined;
    this.elements.push({
      offset: open.offset,
      end,
      inRoot: open.depth === 1,
      properties: open.properties ?? none,
      inseparable: open.inseparable,
      firstChild: open.firstChild,
    });
  }
}
