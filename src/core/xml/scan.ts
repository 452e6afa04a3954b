/**
 * The strict scanner: a document as Hadoop's parser (Woodstox) reads it, with the span of every token. It accepts what
 * that parser accepts in XML 1.0 without a DOCTYPE, refuses everything else, and never guesses.
 */
import { beginsDeclaration, readDeclaration } from './declaration.ts';
import { isNameContinue, isNameStart } from './name-characters.ts';
import { enterElement, outermost, type Scope } from './namespaces.ts';
import { normaliseAttribute, normaliseLineEnds, resolveReferences } from './references.ts';
import { type Attribute, type Fault, SyntaxFault, type Token } from './token.ts';

/**
 * Woodstox's own limits, which Hadoop leaves as they are. It checks those for the attributes of one element, their count
 * and the length of their values together, only when a buffer grows, so that some elements beyond them pass there.
 */
export const maxDepth = 1000;
const maxAttributes = 1000;
const maxAttributeLength = 65536 * 8;

export type Scan =
  | { readonly ok: true; readonly tokens: readonly Token[] }
  | { readonly ok: false; readonly fault: Fault };

/** Reads a whole document. Time and memory are linear in its length. */
export function scan(text: string): Scan {
  try {
    return { ok: true, tokens: new Scanner(text).document() };
  } catch (error) {
    if (error instanceof SyntaxFault) {
      return { ok: false, fault: { reason: error.reason, offset: error.offset, message: error.message } };
    }
    throw error;
  }
}

const LF = 0xa;
const QUESTION = 0x3f;
const EXCLAMATION = 0x21;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const EQUALS = 0x3d;
const COLON = 0x3a;

interface OpenElement {
  readonly name: string;
  readonly offset: number;
  readonly scope: Scope;
}

class Scanner {
  private readonly text: string;
  private readonly tokens: Token[] = [];
  private readonly open: OpenElement[] = [];
  private at = 0;
  private rootSeen = false;

  constructor(text: string) {
    this.text = text;
  }

  document(): Token[] {
    refuseIllegalCharacters(this.text);
    if (this.text.charCodeAt(0) === 0xfeff) this.skip('bom', 1);
    if (beginsDeclaration(this.text, this.at)) this.skip('declaration', readDeclaration(this.text, this.at));
    while (this.at < this.text.length) {
      if (this.text.charCodeAt(this.at) === LESS) this.markup();
      else if (this.open.length > 0) this.characters();
      else this.outside();
    }
    const unclosed = this.open.at(-1);
    if (unclosed !== undefined) throw new SyntaxFault(unclosed.offset, `the element <${unclosed.name}> is not closed`);
    if (!this.rootSeen)
      throw new SyntaxFault(this.at, 'the file holds no element: begin with <configuration></configuration>');
    return this.tokens;
  }

  private markup(): void {
    const next = this.text.charCodeAt(this.at + 1);
    if (next === SLASH) this.endTag();
    else if (next === QUESTION) this.instruction();
    else if (next !== EXCLAMATION) this.startTag();
    else if (this.text.startsWith('<!--', this.at)) this.comment();
    else if (this.open.length > 0 && this.text.startsWith('<![CDATA[', this.at)) this.cdata();
    else if (this.open.length === 0 && !this.rootSeen && this.text.startsWith('<!DOCTYPE', this.at)) {
      throw new SyntaxFault(
        this.at,
        'the file has a DOCTYPE, which could set properties unseen: remove it',
        'DoctypeNotAllowed',
      );
    } else throw new SyntaxFault(this.at, "'<!' begins neither a comment nor a CDATA section");
  }

  private skip(kind: 'bom' | 'declaration' | 'comment' | 'instruction' | 'space', end: number): void {
    this.tokens.push({ kind, offset: this.at, end });
    this.at = end;
  }

  private outside(): void {
    const end = this.afterSpace(this.at);
    if (end === this.at) throw new SyntaxFault(this.at, 'the file has text outside its root element');
    this.skip('space', end);
  }

  private characters(): void {
    const found = this.text.indexOf('<', this.at);
    const end = found < 0 ? this.text.length : found;
    const raw = this.text.slice(this.at, end);
    const closing = raw.indexOf(']]>');
    if (closing >= 0) throw new SyntaxFault(this.at + closing, "']]>' in text: write ]]&gt;");
    const value = resolveReferences(raw, this.at, normaliseLineEnds);
    this.tokens.push({ kind: 'text', offset: this.at, end, value });
    this.at = end;
  }

  private cdata(): void {
    const begin = this.at + '<![CDATA['.length;
    const close = this.find(']]>', begin, 'the CDATA section is not closed');
    const value = normaliseLineEnds(this.text.slice(begin, close));
    this.tokens.push({ kind: 'cdata', offset: this.at, end: close + 3, value });
    this.at = close + 3;
  }

  private comment(): void {
    const dashes = this.find('--', this.at + 4, 'the comment is not closed');
    if (this.text.charCodeAt(dashes + 2) !== GREATER) throw new SyntaxFault(dashes, "a comment must not hold '--'");
    this.skip('comment', dashes + 3);
  }

  private instruction(): void {
    const target = this.name(this.at + 2, 'a processing instruction has no target');
    if (this.text.slice(this.at + 2, target).toLowerCase() === 'xml') {
      throw new SyntaxFault(
        this.at,
        'an XML declaration is allowed only at the very beginning of the file, and needs a version',
      );
    }
    const close = this.find('?>', target, 'the processing instruction is not closed');
    if (close !== target && !isSpace(this.text.charCodeAt(target))) {
      throw new SyntaxFault(target, "a processing instruction's target must be followed by white space");
    }
    this.skip('instruction', close + 2);
  }

  private endTag(): void {
    const nameEnd = this.qualifiedName(this.at + 2);
    const name = this.text.slice(this.at + 2, nameEnd);
    const close = this.afterSpace(nameEnd);
    if (this.text.charCodeAt(close) !== GREATER)
      throw new SyntaxFault(close, `the end tag </${name} is not closed by '>'`);
    const opened = this.open.pop();
    if (opened === undefined) throw new SyntaxFault(this.at, `the end tag </${name}> closes nothing`);
    if (opened.name !== name) throw new SyntaxFault(this.at, `</${name}> stands where </${opened.name}> is due`);
    this.tokens.push({ kind: 'end', offset: this.at, end: close + 1, local: localOf(name) });
    this.at = close + 1;
  }

  private startTag(): void {
    if (this.open.length === 0 && this.rootSeen) throw new SyntaxFault(this.at, 'the file has a second root element');
    const offset = this.at;
    const nameEnd = this.qualifiedName(offset + 1);
    const name = this.text.slice(offset + 1, nameEnd);
    const local = localOf(name);
    const attributes = this.attributes(nameEnd);
    const selfClosing = this.text.charCodeAt(this.at) === SLASH;
    if (selfClosing && this.text.charCodeAt(this.at + 1) !== GREATER)
      throw new SyntaxFault(this.at, "'/' in a tag must be followed by '>'");
    const end = this.at + (selfClosing ? 2 : 1);
    const around = this.open.at(-1)?.scope ?? outermost;
    const scope = enterElement(around, name.slice(0, name.length - local.length).replace(':', ''), attributes, offset);
    if (this.open.length >= maxDepth) throw new SyntaxFault(offset, `elements are nested deeper than ${maxDepth}`);
    this.tokens.push({ kind: 'start', offset, end, name, local, attributes, selfClosing });
    if (!selfClosing) this.open.push({ name, offset, scope });
    this.rootSeen = true;
    this.at = end;
  }

  /** Reads attributes from `from` on and leaves `this.at` at the `/` or `>` that ends the tag. */
  private attributes(from: number): readonly Attribute[] {
    let found: Attribute[] | undefined;
    let length = 0;
    this.at = from;
    for (;;) {
      const next = this.afterSpace(this.at);
      const unit = this.text.charCodeAt(next);
      if (unit === GREATER || unit === SLASH) {
        this.at = next;
        return found ?? none;
      }
      if (next === this.at) throw new SyntaxFault(next, "expected white space, '>' or '/>' in a tag");
      this.at = next;
      found ??= [];
      found.push(this.attribute());
      length += this.at - next;
      if (found.length > maxAttributes || length > maxAttributeLength) {
        throw new SyntaxFault(next, `an element has more than ${maxAttributes} attributes, or too long ones`);
      }
    }
  }

  private attribute(): Attribute {
    const nameEnd = this.qualifiedName(this.at);
    const name = this.text.slice(this.at, nameEnd);
    const equals = this.afterSpace(nameEnd);
    if (this.text.charCodeAt(equals) !== EQUALS) throw new SyntaxFault(equals, `the attribute "${name}" has no value`);
    const begin = this.afterSpace(equals + 1);
    const quote = this.text.charAt(begin);
    if (quote !== '"' && quote !== "'")
      throw new SyntaxFault(begin, `the value of the attribute "${name}" must be quoted`);
    const close = this.find(quote, begin + 1, `the value of the attribute "${name}" is not closed`);
    const raw = this.text.slice(begin + 1, close);
    const less = raw.indexOf('<');
    if (less >= 0) throw new SyntaxFault(begin + 1 + less, "'<' in an attribute value: write &lt;");
    this.at = close + 1;
    const local = localOf(name);
    const prefix = local.length === name.length ? '' : name.slice(0, name.length - local.length - 1);
    const value = resolveReferences(raw, begin + 1, normaliseAttribute);
    return { prefix, local, value };
  }

  /** Where the name (without a colon) that begins at `from` ends. */
  private name(from: number, otherwise: string): number {
    const { text } = this;
    if (!isNameStart(text.charCodeAt(from))) throw new SyntaxFault(Math.min(from, text.length), otherwise);
    let end = from + 1;
    while (isNameContinue(text.charCodeAt(end))) end++;
    return end;
  }

  private qualifiedName(from: number): number {
    const end = this.name(from, "expected a name: write &lt; for a '<' that is text");
    return this.text.charCodeAt(end) === COLON ? this.name(end + 1, "expected a name after ':'") : end;
  }

  private afterSpace(from: number): number {
    let at = from;
    while (isSpace(this.text.charCodeAt(at))) at++;
    return at;
  }

  private find(what: string, from: number, otherwise: string): number {
    const found = this.text.indexOf(what, from);
    if (found < 0) throw new SyntaxFault(this.at, otherwise);
    return found;
  }
}

const none: readonly Attribute[] = [];

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === LF || unit === 0x9 || unit === 0xd;
}

function localOf(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Control characters, U+FFFE, U+FFFF and lone surrogates are illegal wherever they stand. */
function refuseIllegalCharacters(text: string): void {
  const found = /[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]|\p{Surrogate}/u.exec(text);
  if (found === null) return;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  throw new SyntaxFault(found.index, `the file holds U+${code}, which XML 1.0 forbids`);
}
