/**
 * A second reader of properties, which shares no code with the first. It goes by the rules of LineReader and load0 in
 * java.util.Properties (JDK 17), with one position in the text; the first reader takes lines apart by patterns. A result
 * counts only where both agree.
 */

export type Pair = readonly [name: string, value: string];

/** Null where an escape is malformed. */
export function readAgain(text: string): Pair[] | null {
  const pairs: Pair[] = [];
  let at = 0;
  for (let line = nextLine(); line !== null; line = nextLine()) {
    const pair = split(line);
    if (pair === null) return null;
    pairs.push(pair);
  }
  return pairs;

  /** The next logical line, null at the end. */
  function nextLine(): string | null {
    let line = '';
    for (;;) {
      while (isBlank(text.charCodeAt(at))) at++;
      if (at >= text.length) return line === '' ? null : line;
      // Behind a backslash alone, too, the next line may be a comment or blank.
      if (line === '' && isLineEnd(text.charCodeAt(at))) {
        at++;
        continue;
      }
      if (line === '' && isComment(text.charCodeAt(at))) {
        while (at < text.length && !isLineEnd(text.charCodeAt(at))) at++;
        continue;
      }
      const from = at;
      let escaped = false;
      for (; at < text.length && !isLineEnd(text.charCodeAt(at)); at++) {
        escaped = !escaped && text.charCodeAt(at) === backslash;
      }
      line += text.slice(from, escaped ? at - 1 : at);
      if (at >= text.length) return line;
      const end = text.charCodeAt(at++);
      if (!escaped || at >= text.length) return line;
      if (end === carriageReturn && text.charCodeAt(at) === lineFeed) at++;
    }
  }
}

const [lineFeed, carriageReturn, backslash, equals, colon] = [0x0a, 0x0d, 0x5c, 0x3d, 0x3a];

function isLineEnd(code: number): boolean {
  return code === lineFeed || code === carriageReturn;
}

/** Blank, tab, form feed. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0c;
}

/** `#` or `!`. */
function isComment(code: number): boolean {
  return code === 0x23 || code === 0x21;
}

function split(line: string): Pair | null {
  let escaped = false;
  let nameEnd = 0;
  for (; nameEnd < line.length; nameEnd++) {
    const code = line.charCodeAt(nameEnd);
    if (!escaped && (code === equals || code === colon || isBlank(code))) break;
    escaped = !escaped && code === backslash;
  }
  let valueStart = nameEnd;
  for (let signs = 0; valueStart < line.length; valueStart++) {
    const code = line.charCodeAt(valueStart);
    if (isBlank(code)) continue;
    if ((code === equals || code === colon) && signs++ === 0) continue;
    break;
  }
  const name = resolve(line.slice(0, nameEnd));
  const value = resolve(line.slice(valueStart));
  return name === null || value === null ? null : [name, value];
}

function resolve(written: string): string | null {
  if (!written.includes('\\')) return written;
  let text = '';
  for (let at = 0; at < written.length; at++) {
    const c = written.charAt(at);
    if (c !== '\\') {
      text += c;
      continue;
    }
    const next = written.charAt(++at);
    if (next === 'u') {
      let code = 0;
      for (let digit = 1; digit <= 4; digit++) {
        const worth = '0123456789abcdef'.indexOf(written.charAt(at + digit).toLowerCase() || 'none');
        if (worth < 0) return null;
        code = code * 16 + worth;
      }
      text += String.fromCharCode(code);
      at += 4;
    } else text += next === 't' ? '\t' : next === 'n' ? '\n' : next === 'r' ? '\r' : next === 'f' ? '\f' : next;
  }
  return text;
}
