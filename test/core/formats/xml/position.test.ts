/**
 * Lines and columns, as an editor counts them.
 */
import { expect, it } from 'vitest';
import { locator } from '../../../../src/core/formats/xml/position.ts';

it.each([
  ['', 0, 1, 1],
  ['abc', 0, 1, 1],
  ['abc', 3, 1, 4],
  ['a\nb', 1, 1, 2],
  ['a\nb', 2, 2, 1],
  ['a\r\nb', 1, 1, 2],
  ['a\r\nb', 3, 2, 1],
  ['a\rb', 2, 2, 1],
  ['a\n\rb', 3, 3, 1],
  ['\n\n\n', 3, 4, 1],
  ['🔑a', 2, 1, 3],
  ['\ufeff<a>', 1, 1, 2],
  ['a\u2028b\u0085c', 4, 1, 5],
])('in %j the offset %i is line %i, column %i', (text, offset, line, column) => {
  expect(locator(text)(offset)).toEqual({ line, column });
});

it('is found for any offset in any order', () => {
  const text = 'ab\r\nc\n\ndef';
  const positionOf = locator(text);
  const found = [9, 0, 4, 6, 7, 2].map((offset) => Object.values(positionOf(offset)).join(':'));
  expect(found).toEqual(['4:3', '1:1', '2:1', '3:1', '4:1', '1:3']);
});
