/**
 * A body to JSON, after a look at what it would cost: a few megabytes of brackets take a hundred times their size to parse.
 *
 * How deep it is nested doesn't matter: V8's JSON.parse keeps no stack, and nothing here follows a field that it doesn't know.
 */

/**
 * Of objects, lists and their members. etcd takes 1.5 MiB; most parts for their bytes have owner references, 7 for 19 bytes,
 * and an UPDATE carries the object twice: 1.2 million.
 */
export const mostParts = 1_500_000;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** A body that is no JSON. The message says why, and never quotes it. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/**
 * `__proto__` comes out as a key like any other, as from JSON.parse.
 * @throws NotJson
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw new NotJson('the body is empty');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw new NotJson('the body is not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new NotJson('the body is not JSON');
  }
}

/** Counts no further than a little over `mostParts`; says nothing about what is no JSON. */
export function countParts(body: Buffer): number {
  let parts = 0;
  for (let at = 0; at < body.length && parts <= mostParts; at++) {
    switch (body[at]) {
      case quote:
        at = endOfString(body, at);
        break;
      case openBrace:
      case openBracket:
      case comma:
        parts += 1;
    }
  }
  return parts;
}

/**
 * The text at `request.uid` of a body that is not to be parsed. API servers put it before the object, so that little is read;
 * what a user's object says is deeper down.
 */
export function findUid(body: Buffer): string | undefined {
  let depth = 0;
  let inRequest = false;
  for (let at = 0; at < body.length; at++) {
    switch (body[at]) {
      case openBrace:
      case openBracket:
        depth += 1;
        break;
      case closeBrace:
      case closeBracket:
        depth -= 1;
        break;
      case quote: {
        const start = at;
        at = endOfString(body, at);
        if (depth > 2 || body[at + 1] !== colon) break;
        const key = body.toString('latin1', start + 1, at);
        if (depth === 1) inRequest = key === 'request';
        if (depth === 2 && inRequest && key === 'uid') {
          return /^[-\w]{1,128}(?=")/.exec(body.toString('latin1', at + 3, at + 3 + 129))?.[0];
        }
      }
    }
  }
  return undefined;
}

/** Where the string's closing quote is, or the end. Most of a review is one long string. */
function endOfString(body: Buffer, start: number): number {
  for (let end = body.indexOf(quote, start + 1); end !== -1; end = body.indexOf(quote, end + 1)) {
    let slashes = 0;
    while (body[end - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
  return body.length;
}
