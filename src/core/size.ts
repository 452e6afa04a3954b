/**
 * How large a ConfigMap may be.
 */

/** The API server's limit for all values of a ConfigMap together, in bytes of UTF-8. */
export const maxBytes = 1024 * 1024;

/** No UTF-16 code unit takes more bytes in UTF-8. */
const maxBytesOfUnit = 3;

/** The bytes that a well-formed text takes in UTF-8, counted without encoding it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** Whether one text alone is more than a ConfigMap can hold. Most are so short that nothing has to be counted. */
export function isTooLarge(text: string): boolean {
  return text.length * maxBytesOfUnit > maxBytes && utf8Length(text) > maxBytes;
}
