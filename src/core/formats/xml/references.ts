/**
 * Character data as a parser hands it on: references resolved, line ends normalised.
 */
import { SyntaxFault } from './token.ts';

const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', apos: "'", quot: '"' };

/** Literal text with each CRLF and CR as LF (XML 1.0, 2.11). */
export function normaliseLineEnds(literal: string): string {
  return literal.includes('\r') ? literal.replace(/\r\n?/g, '\n') : literal;
}

/** The literal parts of an attribute value: each line end and tab is a blank (XML 1.0, 3.3.3). */
export function normaliseAttribute(literal: string): string {
  return literal.replace(/\r\n|[\t\n\r]/g, ' ');
}

/**
 * Resolves the references of text that begins at `offset` of the document, and passes the literal parts between them
 * through `normalise`: what a reference stands for is never normalised, so `&#13;` stays a carriage return.
 * @throws SyntaxFault at a reference that is malformed, undeclared, or names a character XML 1.0 forbids.
 */
export function resolveReferences(raw: string, offset: number, normalise: (literal: string) => string): string {
  let at = raw.indexOf('&');
  if (at < 0) return normalise(raw);
  const parts: string[] = [];
  let copied = 0;
  while (at >= 0) {
    const end = raw.indexOf(';', at + 1);
    if (end < 0) throw new SyntaxFault(offset + at, "'&' begins a reference that is not ended by ';': write &amp;");
    parts.push(normalise(raw.slice(copied, at)), resolve(raw.slice(at + 1, end), offset + at));
    copied = end + 1;
    at = raw.indexOf('&', copied);
  }
  parts.push(normalise(raw.slice(copied)));
  return parts.join('');
}

function resolve(name: string, offset: number): string {
  if (!name.startsWith('#')) {
    const character = Object.hasOwn(predefined, name) ? predefined[name] : undefined;
    if (character !== undefined) return character;
    if (/^[^\s&;<>"']{1,64}$/.test(name)) {
      throw new SyntaxFault(offset, `the entity &${name}; is not declared: only amp, lt, gt, apos and quot are`);
    }
    throw new SyntaxFault(offset, "'&' does not begin a reference: write &amp;");
  }
  const hexadecimal = name.startsWith('#x');
  const digits = name.slice(hexadecimal ? 2 : 1);
  if (!(hexadecimal ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/).test(digits)) {
    throw new SyntaxFault(offset, 'a character reference has no digits, or a character that is not one');
  }
  const code = Number.parseInt(digits, hexadecimal ? 16 : 10);
  if (!isLegal(code)) throw new SyntaxFault(offset, 'a character reference names a character that XML 1.0 forbids');
  return String.fromCodePoint(code);
}

function isLegal(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || (code > 0xffff && code <= 0x10ffff);
}
