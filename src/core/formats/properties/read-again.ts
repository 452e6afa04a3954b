/**
 * A second reader of properties, which shares no code with the first. It reads character by character, as the loops of
 * java.util.Properties do; the first reader works line by line. A result counts only where both agree.
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
    const line: string[] = [];
    let skipBlanks = true;
    let joined = false;
    let escaped = false;
    for (;;) {
      if (at >= text.length) return line.length === 0 ? null : line.slice(0, escaped ? -1 : undefined).join('');
      const c = text.charAt(at++);
      const lineEnd = c === '\n' || c === '\r';
      if (skipBlanks) {
        if (isBlank(c) || (lineEnd && !joined)) continue;
        skipBlanks = joined = false;
      }
      if (line.length === 0 && (c === '#' || c === '!')) {
        while (at < text.length && text.charAt(at) !== '\n' && text.charAt(at) !== '\r') at++;
        skipBlanks = true;
      } else if (!lineEnd) {
        line.push(c);
        escaped = c === '\\' && !escaped;
      } else if (line.length === 0) {
        skipBlanks = true;
      } else if (!escaped || at >= text.length) {
        return line.slice(0, escaped ? -1 : undefined).join('');
      } else {
        line.pop();
        escaped = false;
        skipBlanks = joined = true;
        if (c === '\r' && text.charAt(at) === '\n') at++;
      }
    }
  }
}

function isBlank(c: string): boolean {
  return c === ' ' || c === '\t' || c === '\f';
}

function split(line: string): Pair | null {
  let escaped = false;
  let nameEnd = 0;
  for (; nameEnd < line.length; nameEnd++) {
    const c = line.charAt(nameEnd);
    if (!escaped && (c === '=' || c === ':' || isBlank(c))) break;
    escaped = c === '\\' && !escaped;
  }
  let valueStart = nameEnd;
  for (let signs = 0; valueStart < line.length; valueStart++) {
    const c = line.charAt(valueStart);
    if (isBlank(c)) continue;
    if ((c === '=' || c === ':') && signs++ === 0) continue;
    break;
  }
  const name = resolve(line.slice(0, nameEnd));
  const value = resolve(line.slice(valueStart));
  return name === null || value === null ? null : [name, value];
}

function resolve(written: string): string | null {
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
