/**
 * A body to JSON, after a look at what it would cost: a few megabytes of brackets take a hundred times their size to parse.
 */
import { errorCodes } from 'fastify';

/** Kubernetes' objects are some ten deep. */
const deepest = 200;
/**
 * Of objects, lists and their members. A ConfigMap of as many keys as etcd takes, with who owns each, in a review as the new
 * and the old one, has half as many.
 */
const mostParts = 1_000_000;

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * `__proto__` comes out as a key like any other, as from JSON.parse.
 * @throws FastifyError with status 400; it doesn't quote the body.
 */
export function parseJson(body: Buffer): unknown {
  if (body.length === 0) throw new errorCodes.FST_ERR_CTP_EMPTY_JSON_BODY();
  if (!isModest(body)) throw new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY();
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY();
  }
}

/** Whether depth and number of parts are what a review may have; says nothing about what is no JSON. */
export function isModest(body: Buffer): boolean {
  let depth = 0;
  let parts = 0;
  for (let at = 0; at < body.length; at++) {
    switch (body[at]) {
      case quote:
        at = endOfString(body, at);
        break;
      case openBrace:
      case openBracket:
        depth += 1;
        parts += 1;
        if (depth > deepest) return false;
        break;
      case closeBrace:
      case closeBracket:
        depth -= 1;
        break;
      case comma:
        parts += 1;
    }
    if (parts > mostParts) return false;
  }
  return true;
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
