/**
 * Bytes of UTF-8, counted without encoding.
 */
import { expect, it } from 'vitest';
import { utf8Length } from '../../../src/core/plan/size.ts';

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
