/**
 * References and line ends in character data.
 */
import { describe, expect, it } from 'vitest';
import {
  normaliseAttribute,
  normaliseLineEnds,
  resolveReferences,
} from '../../../../src/core/formats/xml/references.ts';
import { SyntaxFault } from '../../../../src/core/formats/xml/token.ts';

const resolve = (raw: string) => resolveReferences(raw, 100, normaliseLineEnds);

/** Where, in a document in which the text begins at 100, the fault is found. */
function faultAt(raw: string): number {
  try {
    resolve(raw);
  } catch (error) {
    if (error instanceof SyntaxFault) return error.offset;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('line ends', () => {
  it('become LF each, CRLF one', () => {
    expect(normaliseLineEnds('a\r\nb\rc\nd\r\r\n')).toBe('a\nb\nc\nd\n\n');
  });

  it('become a blank each in attributes, as tabs do', () => {
    expect(normaliseAttribute('a\r\nb\rc\nd\te')).toBe('a b c d e');
  });
});

describe('references', () => {
  it.each([
    ['&amp;&lt;&gt;&apos;&quot;', '&<>\'"'],
    ['&#65;&#x41;&#x0000041;&#00065;', 'AAAA'],
    ['&#x1f511;&#x1F511;', '🔑🔑'],
    ['&#9;&#10;&#13;&#x20;', '\t\n\r '],
    ['&amp;amp;', '&amp;'],
    ['a&#x10FFFD;b', 'a\u{10fffd}b'],
    ['&#xD7FF;&#xE000;&#xFFFD;', '\ud7ff\ue000\ufffd'],
  ])('%s are resolved once', (raw, value) => expect(resolve(raw)).toBe(value));

  it('are not normalised, the text between them is', () => {
    expect(resolve('a\r\n&#13;\rb')).toBe('a\n\r\nb');
  });

  it.each([
    '&nbsp;',
    '&AMP;',
    '&constructor;',
    '&__proto__;',
    '&;',
    '& amp;',
    '&amp',
    '&#;',
    '&#x;',
    '&#X41;',
    '&#4a;',
    '&#xg;',
    '&#-1;',
    '&#65 ;',
    '&#0;',
    '&#8;',
    '&#11;',
    '&#x1F;',
    '&#xD800;',
    '&#xDFFF;',
    '&#xFFFE;',
    '&#xFFFF;',
    '&#x110000;',
    '&#99999999999999999999;',
  ])('%s are refused where they begin', (raw) => {
    expect(faultAt(raw)).toBe(100);
    expect(faultAt(`a&lt;b${raw}`)).toBe(106);
  });
});
