/**
 * Reads a text as java.util.Properties loads it from a Reader, with the place of each entry, so that whole entries can be cut
 * and every other character stays.
 */

export interface PropertiesEntry {
  readonly kind: 'entry';
  readonly name: string;
  readonly value: string;
  /** Where the name begins. */
  readonly offset: number;
  /** The bounds of the whole lines of the entry, the last line end included. */
  readonly start: number;
  readonly end: number;
  /** The text between name and value, and the value before escapes are resolved; lines are joined. */
  readonly separator: string;
  readonly written: string;
}

export interface PropertiesComment {
  readonly kind: 'comment';
  /** From the `#` or `!` on, without the line end. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The entries and comments in the order of the text; the rest of the text is blank. Of entries with the same name the last counts. */
export type PropertiesRead =
  | { readonly ok: true; readonly items: readonly (PropertiesEntry | PropertiesComment)[] }
  /** An entry holds `\u` without four hexadecimal digits behind it: java.util.Properties throws. */
  | { readonly ok: false; readonly offset: number };

/** A line that is being joined from several. */
interface Open {
  readonly parts: string[];
  readonly start: number;
  readonly offset: number;
}

/** Reads the entries and comments of a text. */
export function readProperties(text: string): PropertiesRead {
  const items: (PropertiesEntry | PropertiesComment)[] = [];
  const lines = /([ \t\f]*)([^\r\n]*)(?:\r\n|\r|\n|$)/y;
  let open: Open | null = null;
  let malformed: number | null = null;
  const close = (line: Open, end: number) => {
    const entry = toEntry(line, end);
    if (entry === null) malformed ??= line.offset;
    else items.push(entry);
  };

  while (lines.lastIndex < text.length && malformed === null) {
    const start = lines.lastIndex;
    const [, blanks = '', content = ''] = lines.exec(text) ?? [];
    const end = lines.lastIndex;
    const begun: boolean = open !== null && isBegun(open);
    if (!begun && content === '') {
      open = null;
    } else if (!begun && /^[#!]/.test(content)) {
      items.push({ kind: 'comment', text: content, start, end });
      open = null;
    } else {
      const goesOn = endsInBackslash(content);
      const part = goesOn ? content.slice(0, -1) : content;
      if (open === null) open = { parts: [part], start, offset: start + blanks.length };
      else if (begun) open.parts.push(part);
      else open = { parts: [part], start: open.start, offset: start + blanks.length };
      if (!goesOn) {
        close(open, end);
        open = null;
      }
    }
  }
  // A backslash ends the text: the lines joined so far are an entry, even an empty one, unless CRLF ends the text.
  if (open !== null && (isBegun(open) || !text.endsWith('\r\n'))) close(open, text.length);
  return malformed === null ? { ok: true, items } : { ok: false, offset: malformed };
}

/** While the joined line is empty, a comment or a blank line may still follow in its place. */
function isBegun({ parts }: Open): boolean {
  return parts[0] !== '';
}

/** True where the last backslash isn't escaped itself. */
function endsInBackslash(line: string): boolean {
  let count = 0;
  while (line.charAt(line.length - 1 - count) === '\\') count += 1;
  return count % 2 === 1;
}

function toEntry({ parts, start, offset }: Open, end: number): PropertiesEntry | null {
  const line = parts.join('');
  let nameEnd = 0;
  while (nameEnd < line.length && !isSeparator(line.charCodeAt(nameEnd)))
    nameEnd += line.charCodeAt(nameEnd) === backslash ? 2 : 1;
  const separator = /^[ \t\f]*[=:]?[ \t\f]*/.exec(line.slice(nameEnd))?.[0] ?? '';
  const written = line.slice(nameEnd + separator.length);
  const name = resolveEscapes(line.slice(0, nameEnd));
  const value = resolveEscapes(written);
  if (name === null || value === null) return null;
  return { kind: 'entry', name, value, offset, start, end, separator, written };
}

const [backslash, equals, colon, blank, tab, formFeed] = [0x5c, 0x3d, 0x3a, 0x20, 0x09, 0x0c];

function isSeparator(code: number): boolean {
  return code === blank || code === equals || code === colon || code === tab || code === formFeed;
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** Null where a `\u` is malformed. */
function resolveEscapes(text: string): string | null {
  if (!text.includes('\\')) return text;
  let malformed = false;
  const resolved = text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, character = '') => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (character === 'u') malformed = true;
    return escapes[character] ?? character;
  });
  return malformed ? null : resolved;
}
