/**
 * The line with a mark under the place.
 */
import { describe, expect, it } from 'vitest';
import { toExcerpt } from '../../../src/core/plan/excerpt.ts';

describe('an excerpt', () => {
  it('shows the line and marks the column', () => {
    expect(toExcerpt('a\nbcd\ne', { line: 2, column: 3 })).toBe('bcd\n  ^');
  });

  it('counts lines as an editor does', () => {
    expect(toExcerpt('a\r\nb\rc\nd', { line: 4, column: 1 })).toBe('d\n^');
  });

  it('keeps tabs in front of the mark, so that it stands under its place', () => {
    expect(toExcerpt('\t\tab', { line: 1, column: 4 })).toBe('\t\tab\n\t\t ^');
  });

  it.each([
    ['characters that take two columns', '暗号<', '    ^'],
    ['pairs of surrogates', '😀<', '  ^'],
    ['marks that are set on the letter before', 'e\u0301<', ' ^'],
    ['what is not shown', '\u202e\u2028<', '  ^'],
  ])('stands under its place behind %s', (_, text, mark) => {
    expect(toExcerpt(text, { line: 1, column: text.length }).split('\n')[1]).toBe(mark);
  });

  it('shows what would turn the rest around, or is not seen, as a replacement character', () => {
    expect(toExcerpt('a\u202e\u200b\u2028b', { line: 1, column: 1 })).toBe('a\ufffd\ufffd\ufffdb\n^');
  });

  it('marks the place behind the last line', () => {
    expect(toExcerpt('', { line: 1, column: 1 })).toBe('\n^');
    expect(toExcerpt('ab\n', { line: 2, column: 1 })).toBe('\n^');
  });

  it('shows of a long line what stands around the place', () => {
    const long = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
    const [shown = '', mark = ''] = toExcerpt(long, { line: 1, column: 501 }).split('\n');
    expect(shown).toMatch(/^…a+Xb+…$/);
    expect(shown.length).toBeLessThan(110);
    expect(shown.charAt(mark.indexOf('^'))).toBe('X');
  });

  it.each([1, 30, 1000])('of a long line marks column %i', (column) => {
    const long = `${'a'.repeat(column - 1)}X${'b'.repeat(1000 - column)}`;
    const [shown = '', mark = ''] = toExcerpt(long, { line: 1, column }).split('\n');
    expect(shown.charAt(mark.indexOf('^'))).toBe('X');
  });

  it('shows what a terminal would obey as a replacement character', () => {
    expect(toExcerpt('a\u001b[31mb\ud800', { line: 1, column: 1 })).toBe('a\ufffd[31mb\ufffd\n^');
  });
});
