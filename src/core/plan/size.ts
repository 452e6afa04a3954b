/**
 * How large a ConfigMap may be.
 */

/** The API server's limit for all values of a ConfigMap together, in bytes of UTF-8. */
export const maxBytes = 1024 * 1024;

/** The bytes that a well-formed text takes in UTF-8, counted without encoding it. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0x80) bytes += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
