/**
 * Bytes of UTF-8, counted without encoding, and how many are too many.
 */
import { expect, it } from 'vitest';
import { isTooLarge, maxBytes, utf8Length } from '../../src/core/size.ts';

it.each([
  '',
  'abc',
  '\u007f',
  '\u0080',
  'é',
  '\u07ff',
  '\u0800',
  '€',
  '\ufeff',
  '\uffff',
  '🔑',
  '\u{10ffff}',
  'a é € 🔑\r\n',
])('the length of %j is that of its encoding', (text) => {
  expect(utf8Length(text)).toBe(Buffer.byteLength(text, 'utf8'));
});

it.each([
  ['a', 1],
  ['é', 2],
  ['€', 3],
  ['🔑', 4],
])('a text of %j is too large from the first byte on that is too many', (character, bytes) => {
  const most = character.repeat(Math.floor(maxBytes / bytes)) + 'a'.repeat(maxBytes % bytes);
  expect(isTooLarge(most)).toBe(false);
  expect(isTooLarge(`${most}a`)).toBe(true);
});
