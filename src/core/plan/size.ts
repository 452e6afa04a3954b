/**
 * How large a ConfigMap may be.
 */

/** The API server's limit for all values of a ConfigMap together, in bytes of UTF-8. */
export const maxBytes = 1024 * 1024;

/** Whether a text has more bytes than a ConfigMap may hold. Most texts are so short that nothing needs to be counted. */
export function isTooLong(text: string): boolean {
  return mayExceed(text.length) && utf8Length(text) > maxBytes;
}

/** Whether texts of so many UTF-16 code units may have more bytes: a unit takes three at most. */
export function mayExceed(units: number): boolean {
  return units * 3 > maxBytes;
}

const encoder = new TextEncoder();

/**
 * The bytes that a well-formed text takes in UTF-8. A short one is counted in place: the encoder makes a buffer for each call, and
 * an object may have sixty thousand values. A long one is encoded, which is three times as fast.
 */
export function utf8Length(text: string): number {
  if (text.length > 200) return encoder.encode(text).length;
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
