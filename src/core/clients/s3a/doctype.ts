/**
 * Where a document's DOCTYPE is, and whether it may add to what the document shows. The scanner refuses every DOCTYPE; this
 * tells the files of other programs, many of which have one, from Hadoop's.
 */

export interface Doctype {
  readonly offset: number;
  readonly end: number;
  /** It refers to a file (SYSTEM, PUBLIC) that may declare entities and defaults: any but those of known publishers. */
  readonly external: boolean;
  /** It declares entities or defaults itself, or may by a parameter entity. */
  readonly declares: boolean;
}

/** At its end, where the address of the file is: the host of who publishes it, so that it isn't from the same ConfigMap. */
const published =
  /["']https?:\/\/(?:[\w-]+\.)*(?:(?:apache|mybatis|springframework|hibernate|jboss|eclipse|w3)\.org|(?:sun|oracle)\.com|hibernate\.sourceforge\.net)\/[^"']*["']\s*$/;

/** The DOCTYPE in front of the root; null where there is none, or none that ends. `from` is behind the XML declaration. */
export function findDoctype(text: string, from: number): Doctype | null {
  let offset = from;
  while (!text.startsWith('<!DOCTYPE', offset)) {
    const next = afterMisc(text, offset);
    if (next === offset) return null;
    offset = next;
  }
  let subset: { readonly from: number; to?: number } | undefined;
  for (let at = offset + '<!DOCTYPE'.length; at < text.length; at = afterPiece(text, at)) {
    const character = text.charAt(at);
    if (character === '[') subset ??= { from: at };
    if (character === ']' && subset !== undefined) subset.to = at;
    if (character !== '>' || (subset !== undefined && subset.to === undefined)) continue;
    const head = text.slice(offset, subset?.from ?? at);
    return {
      offset,
      end: at + 1,
      external: /\s(?:SYSTEM|PUBLIC)[\s"']/.test(head) && !published.test(head),
      declares: subset !== undefined && /<!(?:ENTITY|ATTLIST)|%/.test(text.slice(subset.from, subset.to)),
    };
  }
  return null;
}

/** Behind white space, a comment or an instruction, where one begins here. */
function afterMisc(text: string, at: number): number {
  if (/\s/.test(text.charAt(at))) return at + 1;
  return text.startsWith('<!--', at) || text.startsWith('<?', at) ? afterPiece(text, at) : at;
}

/** Behind a comment, an instruction or a literal that begins here; else behind one character. */
function afterPiece(text: string, at: number): number {
  if (text.startsWith('<!--', at)) return behind(text, '-->', at + 4);
  if (text.startsWith('<?', at)) return behind(text, '?>', at + 2);
  const character = text.charAt(at);
  return character === '"' || character === "'" ? behind(text, character, at + 1) : at + 1;
}

function behind(text: string, end: string, from: number): number {
  const found = text.indexOf(end, from);
  return found < 0 ? text.length : found + end.length;
}
