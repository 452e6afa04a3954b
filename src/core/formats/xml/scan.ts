/**
 * The strict scanner: a document as Hadoop's parser (Woodstox) reads it, with the span of every token. It accepts what
 * that parser accepts in XML 1.0 without a DOCTYPE, refuses everything else, and never guesses.
 */
import { readAttributes } from './attributes.ts';
import { beginsDeclaration, readDeclaration } from './declaration.ts';
import { afterName, afterQualifiedName, afterSpace, isSpace, splitName } from './lexis.ts';
import { type Declared, isDeclaration, Namespaces } from './namespaces.ts';
import { normaliseLineEnds, resolveReferences } from './references.ts';
import { SyntaxFault, type Token, type XmlFault } from './token.ts';

/** Woodstox's default limit, which Hadoop doesn't change. The root counts. */
export const maxDepth = 1000;

/**
 * Takes a whole child of the root that begins with the `<` at `offset`, and returns where it ends; undefined leaves it to the
 * scanner. It must know for sure that the child is well-formed, without prefixes and declarations of namespaces.
 */
export type TakeChild = (offset: number) => number | undefined;

/**
 * Reads a whole document and calls `take` with each token, in order, but for those of a child that `takeChild` took; no token is
 * kept. Returns the first fault, or null. Before a fault some tokens may have been passed to `take`. The time is linear in the
 * length of the document.
 */
export function scan(text: string, take: (token: Token) => void, takeChild?: TakeChild): XmlFault | null {
  try {
    new Scanner(text, take, takeChild).document();
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    return { reason: error.reason, offset: error.offset, message: error.message };
  }
}

const QUESTION = 0x3f;
const EXCLAMATION = 0x21;
const SLASH = 0x2f;
const LESS = 0x3c;
const GREATER = 0x3e;
const AMPERSAND = 0x26;
const BRACKET = 0x5d;
const RETURN = 0xd;

interface OpenElement {
  readonly name: string;
  readonly offset: number;
  readonly declared: Declared;
}

class Scanner {
  private readonly text: string;
  private readonly take: (token: Token) => void;
  private readonly takeChild: TakeChild | undefined;
  private readonly open: OpenElement[] = [];
  private readonly namespaces = new Namespaces();
  private at = 0;
  private rootSeen = false;

  constructor(text: string, take: (token: Token) => void, takeChild: TakeChild | undefined) {
    this.text = text;
    this.take = take;
    this.takeChild = takeChild;
  }

  document(): void {
    refuseWideEncodings(this.text);
    if (this.text.charCodeAt(0) === 0xfeff) this.skip('bom', 1);
    if (beginsDeclaration(this.text, this.at)) this.skip('declaration', readDeclaration(this.text, this.at));
    // After the declaration: in another encoding Hadoop would read other characters.
    refuseIllegalCharacters(this.text);
    while (this.at < this.text.length) {
      if (this.text.charCodeAt(this.at) === LESS) this.childOrMarkup();
      else if (this.open.length > 0) this.characters();
      else this.outside();
    }
    const unclosed = this.open.at(-1);
    if (unclosed !== undefined) throw new SyntaxFault(unclosed.offset, `the element <${unclosed.name}> is not closed`);
    if (!this.rootSeen)
      throw new SyntaxFault(this.at, 'the file holds no element: begin with <configuration></configuration>');
  }

  private childOrMarkup(): void {
    const end = this.open.length === 1 ? this.takeChild?.(this.at) : undefined;
    if (end === undefined) this.markup();
    else this.at = end;
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
    this.take({ kind, offset: this.at, end });
    this.at = end;
  }

  private outside(): void {
    const end = afterSpace(this.text, this.at);
    if (end === this.at) throw new SyntaxFault(this.at, 'the file has text outside its root element');
    this.skip('space', end);
  }

  private characters(): void {
    const { text, at: offset } = this;
    let literal = true;
    let end = offset;
    for (; end < text.length; end++) {
      const unit = text.charCodeAt(end);
      if (unit === LESS) break;
      if (unit === AMPERSAND || unit === BRACKET || unit === RETURN) literal = false;
    }
    const raw = text.slice(offset, end);
    this.take({ kind: 'text', offset, end, value: literal ? raw : readText(raw, offset) });
    this.at = end;
  }

  private cdata(): void {
    const begin = this.at + '<![CDATA['.length;
    const close = this.find(']]>', begin, 'the CDATA section is not closed');
    const value = normaliseLineEnds(this.text.slice(begin, close));
    this.take({ kind: 'cdata', offset: this.at, end: close + 3, value });
    this.at = close + 3;
  }

  private comment(): void {
    const dashes = this.find('--', this.at + 4, 'the comment is not closed');
    if (this.text.charCodeAt(dashes + 2) !== GREATER) throw new SyntaxFault(dashes, "a comment must not hold '--'");
    this.skip('comment', dashes + 3);
  }

  private instruction(): void {
    const target = afterName(this.text, this.at + 2, 'a processing instruction has no target');
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
    const nameEnd = afterQualifiedName(this.text, this.at + 2);
    const name = this.text.slice(this.at + 2, nameEnd);
    const close = afterSpace(this.text, nameEnd);
    if (this.text.charCodeAt(close) !== GREATER)
      throw new SyntaxFault(close, `the end tag </${name} is not closed by '>'`);
    const opened = this.open.pop();
    if (opened === undefined) throw new SyntaxFault(this.at, `the end tag </${name}> closes nothing`);
    if (opened.name !== name) throw new SyntaxFault(this.at, `</${name}> stands where </${opened.name}> is due`);
    this.namespaces.leave(opened.declared);
    this.take({ kind: 'end', offset: this.at, end: close + 1, local: splitName(name).local });
    this.at = close + 1;
  }

  private startTag(): void {
    if (this.open.length === 0 && this.rootSeen) throw new SyntaxFault(this.at, 'the file has a second root element');
    const offset = this.at;
    const nameEnd = afterQualifiedName(this.text, offset + 1);
    const name = this.text.slice(offset + 1, nameEnd);
    const { prefix, local } = splitName(name);
    const { attributes, end: close } = readAttributes(this.text, nameEnd);
    const selfClosing = this.text.charCodeAt(close) === SLASH;
    if (selfClosing && this.text.charCodeAt(close + 1) !== GREATER) {
      throw new SyntaxFault(close, "'/' in a tag must be followed by '>'");
    }
    const end = close + (selfClosing ? 2 : 1);
    const declared = this.namespaces.enter(prefix, attributes, offset);
    if (this.open.length >= maxDepth) throw new SyntaxFault(offset, `elements are nested deeper than ${maxDepth}`);
    const visible = attributes.some(isDeclaration) ? attributes.filter((one) => !isDeclaration(one)) : attributes;
    this.take({ kind: 'start', offset, end, name, local, attributes: visible, selfClosing });
    if (selfClosing) this.namespaces.leave(declared);
    else this.open.push({ name, offset, declared });
    this.rootSeen = true;
    this.at = end;
  }

  private find(what: string, from: number, otherwise: string): number {
    const found = this.text.indexOf(what, from);
    if (found < 0) throw new SyntaxFault(this.at, otherwise);
    return found;
  }
}

function readText(raw: string, offset: number): string {
  const closing = raw.indexOf(']]>');
  if (closing >= 0) throw new SyntaxFault(offset + closing, "']]>' in text: write ]]&gt;");
  return resolveReferences(raw, offset, normaliseLineEnds);
}

/** Woodstox takes a NUL among the first four bytes for the half of a wider character. */
function refuseWideEncodings(text: string): void {
  if (text.slice(0, 4).includes('\0')) {
    throw new SyntaxFault(0, 'the file is UTF-16 or UTF-32: save it as UTF-8', 'UnsupportedEncoding');
  }
}

/** Control characters, U+FFFE, U+FFFF and lone surrogates are illegal wherever they stand. */
function refuseIllegalCharacters(text: string): void {
  const found = /[^\t\n\r\u0020-\ufffd\u{10000}-\u{10ffff}]|\p{Surrogate}/u.exec(text);
  if (found === null) return;
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  throw new SyntaxFault(found.index, `the file holds U+${code}, which XML 1.0 forbids`);
}
