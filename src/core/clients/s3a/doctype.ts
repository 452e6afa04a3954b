/**
 * Finds a document's DOCTYPE, and whether it may add content to the document. The scanner refuses every DOCTYPE; here it helps
 * to tell files of other programs, many of which have one, from Hadoop's files.
 */

export interface Doctype {
  readonly offset: number;
  readonly end: number;
  /** It refers to a file (SYSTEM, PUBLIC) that may declare entities and defaults. Files of known publishers don't count. */
  readonly external: boolean;
  /** It declares entities or defaults itself, or may by a parameter entity. */
  readonly declares: boolean;
}

/** Matches the address at the end of a DOCTYPE: on the host of a known publisher, the file can't be from the same ConfigMap. */
const published =
  /["']https?:\/\/(?:[\w-]+\.)*(?:(?:apache|mybatis|springframework|hibernate|jboss|eclipse|w3)\.org|(?:sun|oracle)\.com|hibernate\.sourceforge\.net)\/[^"']*["']\s*$/;

/** The DOCTYPE before the root; null where there is none, or where it isn't closed. `from` is the end of the XML declaration. */
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

/** The end of the white space, comment or instruction that begins at `at`; `at` where none begins. */
function afterMisc(text: string, at: number): number {
  if (/\s/.test(text.charAt(at))) return at + 1;
  return text.startsWith('<!--', at) || text.startsWith('<?', at) ? afterPiece(text, at) : at;
}

/** The end of the comment, instruction or literal that begins at `at`; else the next character. */
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
