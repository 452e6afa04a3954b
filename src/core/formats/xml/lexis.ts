/**
 * The smallest parts of a document: names and white space.
 */
import { isNameContinue, isNameStart } from './name-characters.ts';
import { SyntaxFault } from './token.ts';

const COLON = 0x3a;

/** XML's white space, which is less than JavaScript's or Java's. */
export function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0xa || unit === 0x9 || unit === 0xd;
}

/** Where the white space that begins at `from`, if any, ends. */
export function afterSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/**
 * Where the name (without a colon) that begins at `from` ends.
 * @throws SyntaxFault with the message `otherwise` where none begins
 */
export function afterName(text: string, from: number, otherwise: string): number {
  if (!isNameStart(text.charCodeAt(from))) throw new SyntaxFault(Math.min(from, text.length), otherwise);
  let end = from + 1;
  while (isNameContinue(text.charCodeAt(end))) end++;
  return end;
}

/** The same for a name with at most one prefix. */
export function afterQualifiedName(text: string, from: number): number {
  const end = afterName(text, from, "expected a name: write &lt; for a '<' that is text");
  return text.charCodeAt(end) === COLON ? afterName(text, end + 1, "expected a name after ':'") : end;
}

/** A qualified name's parts; without a prefix it is ''. */
export function splitName(name: string): { readonly prefix: string; readonly local: string } {
  const colon = name.indexOf(':');
  return { prefix: name.slice(0, Math.max(0, colon)), local: name.slice(colon + 1) };
}
