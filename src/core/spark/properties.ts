/**
 * A text as java.util.Properties loads it, which is how Spark reads its defaults.
 */

export interface JavaProperty {
  readonly name: string;
  readonly value: string;
  /** Where the line begins that it stands on. */
  readonly offset: number;
}

/** In the order of the text; the last of a name is the one that counts. */
export function readProperties(text: string): JavaProperty[] {
  return [...logicalLines(text)].map(({ line, offset }) => {
    const nameEnd = /^(?:[^\\=: \t\f]|\\.)*/s.exec(line)?.[0].length ?? 0;
    const separator = /^[ \t\f]*[=:]?[ \t\f]*/.exec(line.slice(nameEnd))?.[0].length ?? 0;
    return {
      name: resolveEscapes(line.slice(0, nameEnd)),
      value: resolveEscapes(line.slice(nameEnd + separator)),
      offset,
    };
  });
}

/** Lines that end in a backslash are joined with the next, whose blanks go; comments are not joined. */
function* logicalLines(text: string): Generator<{ readonly line: string; readonly offset: number }> {
  const lines = /([^\r\n]*)(?:\r\n|\r|\n|$)/y;
  let parts: string[] = [];
  let offset = 0;
  while (lines.lastIndex < text.length) {
    const start = lines.lastIndex;
    const line = (lines.exec(text)?.[1] ?? '').replace(/^[ \t\f]+/, '');
    if (parts.length === 0) {
      if (line === '' || line.startsWith('#') || line.startsWith('!')) continue;
      offset = start;
    }
    const goesOn = endsInBackslash(line);
    parts.push(goesOn ? line.slice(0, -1) : line);
    if (goesOn) continue;
    yield { line: parts.join(''), offset };
    parts = [];
  }
  if (parts.length > 0) yield { line: parts.join(''), offset };
}

/** One that is no other's escape. */
function endsInBackslash(line: string): boolean {
  let count = 0;
  while (line.charAt(line.length - 1 - count) === '\\') count += 1;
  return count % 2 === 1;
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function resolveEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string | undefined, character: string = '') =>
    code === undefined ? (escapes[character] ?? character) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
