/**
 * Where edits go: whole lines where an element stands alone on them, new lines in the file's own form. `⏎` is a line end
 * in what follows, whichever the file has.
 */
import { describe, expect, it } from 'vitest';
import type { PropertyElement } from '../../../../src/core/clients/s3a/document.ts';
import { cutElements, layOutBlock } from '../../../../src/core/clients/s3a/layout.ts';
import { applyEdits, type Edit } from '../../../../src/core/plan/edits.ts';
import { read } from '../../read.ts';

const lineEnds = [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const;

/** `<x/>` stands for a property to cut, `<y/>` for one that stays. */
const spell = (text: string) =>
  text.replaceAll('<x/>', '<property name="x"/>').replaceAll('<y/>', '<property name="y"/>');
const isCut = ({ properties }: PropertyElement) => properties[0]?.name === 'x';

function cutsOf(text: string): Edit[] {
  return cutElements(text, read(text).elements.filter(isCut));
}

describe.each(lineEnds)('cutting, in a file with %s', (_, lineEnd) => {
  const cut = (inside: string) => {
    const text = `<c>${spell(inside)}</c>`.replaceAll('⏎', lineEnd);
    return applyEdits(text, cutsOf(text)).slice(3, -4).replaceAll(lineEnd, '⏎');
  };

  it.each([
    ['⏎  <x/>⏎', '⏎'],
    ['⏎  <x/> \t⏎', '⏎'],
    ['⏎<x/>⏎', '⏎'],
    ['⏎  <x/>⏎  <x/>⏎', '⏎'],
    ['⏎  <x/>⏎⏎ ⏎  <x/>⏎', '⏎'],
    ['⏎⏎  <x/>⏎⏎', '⏎⏎⏎'],
    ['<x/>', ''],
    ['<x/><x/>', ''],
    ['<x/>⏎', '⏎'],
    ['⏎  <x/>', '⏎  '],
    ['⏎  <x/> <!-- a -->⏎', '⏎   <!-- a -->⏎'],
    ['⏎  <!-- a --> <x/>⏎', '⏎  <!-- a --> ⏎'],
    ['⏎  <x/> text⏎', '⏎   text⏎'],
  ])('makes %s into %s', (before, after) => expect(cut(before)).toBe(spell(after)));

  it.each([
    ['⏎  <y/>⏎  <x/>⏎  <y/>⏎', '⏎  <y/>⏎  <y/>⏎'],
    ['⏎  <y/> <x/>⏎', '⏎  <y/> ⏎'],
    ['⏎  <x/> <y/>⏎', '⏎   <y/>⏎'],
    ['⏎  <x/>⏎  <!-- a -->⏎  <x/>⏎', '⏎  <!-- a -->⏎'],
    ['⏎  <x/>⏎  <x/> <y/>⏎', '⏎   <y/>⏎'],
    ['⏎  <g>⏎    <x/>⏎  </g>⏎', '⏎  <g>⏎  </g>⏎'],
  ])('leaves the neighbours in %s', (before, after) => expect(cut(before)).toBe(spell(after)));
});

describe('inserting', () => {
  const wanted = [{ name: 'n', value: 'a<b&c>d' }];
  const insert = (text: string) => {
    const spelt = spell(text);
    const cuts = cutsOf(spelt);
    const { block, put } = layOutBlock(spelt, read(spelt), cuts, wanted, 'S');
    const result = applyEdits(spelt, [put(block), ...cuts]);
    // Whatever else is put there stands at the same place.
    expect(applyEdits(spelt, [put('<other/>'), ...cuts])).toBe(result.replace(block, '<other/>'));
    return result;
  };
  const block = (outer: string, inner: string, lineEnd = '\n') =>
    [
      `${outer}<property>`,
      `${inner}<name>n</name>`,
      `${inner}<value>a&lt;b&amp;c&gt;d</value>`,
      `${inner}<final>true</final>`,
      `${inner}<source>S</source>`,
      `${outer}</property>`,
    ]
      .map((line) => line + lineEnd)
      .join('');

  it.each([
    ['<c/>', `<c>\n${block('  ', '    ')}</c>`],
    ['<h:c xmlns:h="u" />', `<h:c xmlns:h="u" >\n${block('  ', '    ')}</h:c>`],
    ['<c></c>', `<c>\n${block('  ', '    ')}</c>`],
    ['<c>\n</c>', `<c>\n${block('  ', '    ')}</c>`],
    ['<c> \t\n</c>', `<c> \t\n${block('  ', '    ')}</c>`],
    ['<c><y/></c>', spell(`<c>\n${block('  ', '    ')}<y/></c>`)],
    ['<c> <!-- a -->\n</c>', `<c>\n${block('  ', '    ')} <!-- a -->\n</c>`],
  ])('into %j gives lines of their own', (before, after) => expect(insert(before)).toBe(after));

  it.each([
    ['the indentation', '<c>\n    <y/>\n</c>', '    ', '      '],
    ['tabs', '<c>\n\t<y/>\n</c>', '\t', '\t\t'],
    ['no indentation', '<c>\n<y/>\n</c>', '', '  '],
    ['the inner indentation', '<c>\n <property>\n     <name>y</name>\n </property>\n</c>', ' ', '     '],
    ['the first that begins its line', '<c><y/>\n\n   <y/>\n</c>', '   ', '     '],
    ['those directly in the root', '<c>\n<g>\n      <y/>\n</g>\n    <y/>\n</c>', '    ', '      '],
  ])('follows %s', (_, text, outer, inner) => expect(insert(text)).toContain(block(outer, inner)));

  it.each(lineEnds)('follows the first line end: %s', (_, lineEnd) => {
    expect(insert(`<!-- a -->${lineEnd}<c><y/>\n</c>`)).toContain(`<c>${lineEnd}${block('  ', '    ', lineEnd)}`);
  });

  it('follows the form of what is cut, and stands where that stood', () => {
    expect(insert('<c>\n\t<x/>\n\t<y/>\n</c>')).toBe(spell(`<c>\n${block('\t', '\t\t')}\t<y/>\n</c>`));
    expect(insert('<c><x/>\n  <y/>\n</c>')).toBe(spell(`<c>\n${block('  ', '    ')}  <y/>\n</c>`));
    expect(insert('<c><x/></c>')).toBe(`<c>\n${block('  ', '    ')}</c>`);
  });
});
