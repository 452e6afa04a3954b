/**
 * Spark's defaults as java.util.Properties loads them; the expectations are its documentation's and its source's.
 */
import { describe, expect, it } from 'vitest';
import { readProperties } from '../../../src/core/spark/properties.ts';

const pairs = (text: string) => readProperties(text).map(({ name, value }) => [name, value]);

describe('a property', () => {
  it.each([
    ['a b', 'a', 'b'],
    ['a=b', 'a', 'b'],
    ['a:b', 'a', 'b'],
    [' \t\fa \t=\t b ', 'a', 'b '],
    ['a = = b', 'a', '= b'],
    ['a   b c', 'a', 'b c'],
    ['a', 'a', ''],
    ['=b', '', 'b'],
    ['a\\ b\\=c\\:d e', 'a b=c:d', 'e'],
    ['\\u0061\\t x\\n\\r\\f\\q', 'a\t', 'x\n\r\fq'],
    ['a b\\\n   c', 'a', 'bc'],
    ['a\\\r\n b\\\r c', 'abc', ''],
    ['a b\\\\', 'a', 'b\\'],
    ['a b\\', 'a', 'b'],
    ['a # b', 'a', '# b'],
    ['a\u00a0b c', 'a\u00a0b', 'c'],
  ])('%j is %j with %j', (text, name, value) => expect(pairs(text)).toEqual([[name, value]]));

  it('stands on a line of its own, among comments and empty ones', () => {
    const text = '# a b\\\n! c d\n\n   \n e f\r\rg h\r\ni j';
    expect(pairs(text)).toEqual([
      ['e', 'f'],
      ['g', 'h'],
      ['i', 'j'],
    ]);
    expect(readProperties(text).map(({ offset }) => text.slice(offset).trim().charAt(0))).toEqual(['e', 'g', 'i']);
  });

  it('takes time in proportion to the text, however it is made', () => {
    for (const text of [
      `a ${'\\'.repeat(1_000_000)}x`,
      'a\\\n'.repeat(300_000),
      'a b\n'.repeat(250_000),
      ' '.repeat(1_000_000),
    ]) {
      const startedAt = performance.now();
      readProperties(text);
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    }
  });
});
