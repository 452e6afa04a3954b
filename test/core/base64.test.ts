/**
 * `binaryData` to text and back.
 */
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../src/core/base64.ts';

const base64 = (bytes: readonly number[]) => Buffer.from(bytes).toString('base64');

describe('base64', () => {
  it.each(['', 'a', 'ab', 'abc', '<configuration/>\r\n', 'größe 財務 🔑', '\ufeff<a/>', '\u0000\ufffd'])(
    'of %j is decoded and encoded again, byte order mark and all',
    (text) => {
      const encoded = Buffer.from(text, 'utf8').toString('base64');
      expect(decodeBase64(encoded)).toBe(text);
      expect(encodeBase64(text)).toBe(encoded);
    },
  );

  it('of a whole MiB is decoded and encoded again', () => {
    const text = 'é€🔑x'.repeat(110_000);
    expect(decodeBase64(encodeBase64(text))).toBe(text);
    expect(encodeBase64(text)).toBe(Buffer.from(text, 'utf8').toString('base64'));
  });

  it.each([
    ['Latin-1', base64([0x66, 0xfc, 0x72])],
    ['UTF-16', base64([0xff, 0xfe, 0x3c, 0x00])],
    ['gzip', base64([0x1f, 0x8b, 0x08, 0x00])],
    ['a character cut short', base64([0xf0, 0x9f, 0x94])],
    ['an overlong form', base64([0xc0, 0xbc])],
    ['a surrogate', base64([0xed, 0xa0, 0x80])],
    ['beyond Unicode', base64([0xf4, 0x90, 0x80, 0x80])],
    ['no base64', 'a*b='],
    ['base64 cut short', 'YWJjZ'],
  ])('of %s is no text', (_, encoded) => {
    expect(decodeBase64(encoded)).toBeNull();
  });
});
