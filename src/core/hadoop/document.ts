/**
 * The scanned file with what the plan needs of it: its root, its `<property>` elements with what Hadoop takes over from
 * each, and the elements that decide whether Hadoop takes over anything else.
 */
import type { EndToken, StartToken, Token } from '../xml/token.ts';
import { ConfigurationReader, type Dialect, type Properties, type Property } from './configuration.ts';

/**
 * An outermost `<property>` element. Hadoop's state begins anew at its start tag, so that cutting it out whole changes
 * nothing that Hadoop reads elsewhere.
 */
export interface PropertyElement {
  readonly offset: number;
  readonly end: number;
  /** True where it stands directly in the root. */
  readonly inRoot: boolean;
  /** What each dialect takes over: one property normally, more where properties are nested, none without a name. */
  readonly properties: Properties;
  /** It holds an `<include>` or `<fallback>`: cutting it would change which properties from elsewhere count. */
  readonly entangled: boolean;
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
}

/** Reads the tokens of a well-formed document. */
export function readDocument(tokens: readonly Token[]): HadoopDocument {
  const builder = new Builder();
  for (const token of tokens) {
    if (token.kind === 'start') {
      builder.start(token);
      if (token.selfClosing) builder.end(token);
    } else if (token.kind === 'end') builder.end(token);
    else if (token.kind === 'text' || token.kind === 'cdata') builder.text(token.value);
  }
  return builder.document();
}

/** All properties of a document in the order in which Hadoop takes them over. */
export function propertiesOf(document: HadoopDocument, dialect: Dialect): Property[] {
  return document.elements.flatMap((element) => element.properties[dialect]);
}

interface OpenProperty {
  readonly start: StartToken;
  readonly depth: number;
  readonly properties: Properties;
  entangled: boolean;
  firstChild: number | null;
}

class Builder {
  private readonly reader = new ConfigurationReader();
  private readonly elements: PropertyElement[] = [];
  private readonly includes: StartToken[] = [];
  private root: StartToken | undefined;
  private strayFallback: StartToken | null = null;
  private depth = 0;
  private openIncludes = 0;
  private outermost: OpenProperty | undefined;

  start(token: StartToken): void {
    this.root ??= token;
    if (token.local === 'include') {
      this.includes.push(token);
      this.openIncludes++;
    } else if (token.local === 'fallback' && this.openIncludes === 0) this.strayFallback ??= token;
    if (this.outermost !== undefined) this.within(this.outermost, token);
    else if (token.local === 'property') this.outermost = this.open(token);
    this.depth++;
    this.reader.start(token.local, token.attributes);
  }

  text(value: string): void {
    this.reader.text(value);
  }

  end(token: StartToken | EndToken): void {
    this.reader.end(token.local, this.outermost?.properties);
    this.depth--;
    if (token.local === 'include') this.openIncludes--;
    if (this.outermost !== undefined && this.depth === this.outermost.depth) this.close(this.outermost, token.end);
  }

  document(): HadoopDocument {
    if (this.root === undefined) throw new Error('the document has no root, which the scanner should have refused');
    const { root, elements, includes, strayFallback } = this;
    return { root, elements, includes, strayFallback };
  }

  private open(start: StartToken): OpenProperty {
    const properties = { 'hadoop-2': [], 'hadoop-3': [] };
    return { start, depth: this.depth, properties, entangled: false, firstChild: null };
  }

  private within(open: OpenProperty, token: StartToken): void {
    open.firstChild ??= token.offset;
    if (token.local === 'include' || token.local === 'fallback') open.entangled = true;
  }

  private close(open: OpenProperty, end: number): void {
    this.outermost = undefined;
    this.elements.push({
      offset: open.start.offset,
      end,
      inRoot: open.depth === 1,
      properties: open.properties,
      entangled: open.entangled,
      firstChild: open.firstChild,
    });
  }
}
