/**
 * A start tag's attributes.
 */
import { afterQualifiedName, afterSpace, splitName } from './lexis.ts';
import { normaliseAttribute, resolveReferences } from './references.ts';
import { type Attribute, SyntaxFault } from './token.ts';

/**
 * Woodstox's default limits for one element, which Hadoop doesn't change: the number of attributes, and their length together.
 * Woodstox checks them only when a buffer grows, so it accepts some elements slightly beyond them.
 */
const maxAttributes = 1000;
const maxLength = 65536 * 8;

const SLASH = 0x2f;
const GREATER = 0x3e;
const EQUALS = 0x3d;

const none: readonly Attribute[] = [];

export interface AttributesRead {
  readonly attributes: readonly Attribute[];
  /** Where the `/` or `>` stands that ends the tag. */
  readonly end: number;
}

/**
 * Reads what stands between an element's name, which ends at `from`, and the end of its tag.
 * @throws SyntaxFault
 */
export function readAttributes(text: string, from: number): AttributesRead {
  const first = afterSpace(text, from);
  if (endsTag(text, first)) return { attributes: none, end: first };
  const attributes: Attribute[] = [];
  let at = from;
  for (;;) {
    const next = afterSpace(text, at);
    if (endsTag(text, next)) return { attributes, end: next };
    if (next === at) throw new SyntaxFault(next, "expected white space, '>' or '/>' in a tag");
    const { attribute, end } = readAttribute(text, next);
    attributes.push(attribute);
    at = end;
    if (attributes.length > maxAttributes || at - from > maxLength) {
      throw new SyntaxFault(next, `an element has more than ${maxAttributes} attributes, or too long ones`);
    }
  }
}

function endsTag(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === GREATER || unit === SLASH;
}

function readAttribute(text: string, from: number): { readonly attribute: Attribute; readonly end: number } {
  const nameEnd = afterQualifiedName(text, from);
  const name = text.slice(from, nameEnd);
  const equals = afterSpace(text, nameEnd);
  if (text.charCodeAt(equals) !== EQUALS) throw new SyntaxFault(equals, `the attribute "${name}" has no value`);
  const begin = afterSpace(text, equals + 1);
  const quote = text.charAt(begin);
  if (quote !== '"' && quote !== "'") {
    throw new SyntaxFault(begin, `the value of the attribute "${name}" must be quoted`);
  }
  const close = text.indexOf(quote, begin + 1);
  if (close < 0) throw new SyntaxFault(begin, `the value of the attribute "${name}" is not closed`);
  const raw = text.slice(begin + 1, close);
  const less = raw.indexOf('<');
  if (less >= 0) throw new SyntaxFault(begin + 1 + less, "'<' in an attribute value: write &lt;");
  const value = resolveReferences(raw, begin + 1, normaliseAttribute);
  return { attribute: { ...splitName(name), value }, end: close + 1 };
}
