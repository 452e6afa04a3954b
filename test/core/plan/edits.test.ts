/**
 * Edits as data: computing them and applying them are two things.
 */
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../src/core/plan/edits.ts';

describe('applying edits', () => {
  it('gives the text itself for none', () => {
    expect(applyEdits('abc', [])).toBe('abc');
  });

  it('inserts, replaces and cuts, in whatever order they come', () => {
    const edits = [
      { offset: 6, length: 0, text: '!' },
      { offset: 2, length: 2, text: '' },
      { offset: 0, length: 1, text: 'xy' },
    ];
    expect(applyEdits('abcdef', edits)).toBe('xybef!');
    expect(applyEdits('abcdef', edits.toReversed())).toBe('xybef!');
  });

  it('puts an insertion before a cut that begins at the same place', () => {
    const edits = [
      { offset: 1, length: 1, text: '' },
      { offset: 1, length: 0, text: 'new' },
    ];
    expect(applyEdits('abc', edits)).toBe('anewc');
  });

  it('takes edits that touch for two', () => {
    const edits = [
      { offset: 0, length: 1, text: '1' },
      { offset: 1, length: 1, text: '2' },
    ];
    expect(applyEdits('ab', edits)).toBe('12');
  });

  it('leaves its input alone', () => {
    const edits = [
      { offset: 1, length: 0, text: 'b' },
      { offset: 0, length: 0, text: 'a' },
    ];
    applyEdits('x', edits);
    expect(edits.map(({ text }) => text)).toEqual(['b', 'a']);
  });

  it.each([
    ['overlap', 'abcd', [1, 2], [2, 1]],
    ['hold one another', 'abcd', [0, 4], [1, 1]],
    ['cut the same twice', 'abcd', [1, 1], [1, 1]],
    ['have an insertion inside a cut', 'abcd', [0, 3], [1, 0]],
    ['end behind the text', 'abcd', [3, 2], [0, 0]],
    ['begin behind the text', 'abcd', [5, 0], [0, 0]],
    ['begin before it', 'abcd', [-1, 1], [3, 0]],
    ['have a length below zero', 'abcd', [2, -1], [3, 0]],
  ])('refuses edits that %s', (_, text, ...spans) => {
    const edits = spans.map(([offset = 0, length = 0]) => ({ offset, length, text: 'x' }));
    expect(() => applyEdits(text, edits)).toThrow(RangeError);
  });
});
