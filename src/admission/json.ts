/**
 * Parses a body as JSON, and estimates the cost first: a few megabytes of brackets take a hundred times their size to parse.
 *
 * Deep nesting does no harm: V8's JSON.parse doesn't recurse, and the code here reads known fields only.
 */

/**
 * The largest number of objects, lists and their elements. etcd takes 1.5 MiB; owner references have the most parts for their
 * bytes, 7 for 19 bytes, and an UPDATE carries the object twice: 1.2 million.
 */
export const mostParts = 1_500_000;

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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
    text = utf8.decode(body);
  } catch {
    throw new NotJson('the body is not UTF-8');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new NotJson('the body is not JSON');
  }
}

/** Counts objects, lists and their elements, and stops a little over `mostParts`. For a body that isn't JSON the number means nothing. */
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
 * The text at `request.uid` of a body that is too costly to parse. API servers write the uid before the object, so little is
 * read. The user's object is nested deeper, so it can't be mistaken for the uid.
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
