/**
 * The state machine of Hadoop's Configuration: what it takes over from a document, in 3.x and in 2.10.
 */
import { describe, expect, it } from 'vitest';
import {
  effectiveValues,
  javaTrim,
  type ParserVersion,
  type Property,
} from '../../../../src/core/clients/s3a/configuration.ts';
import { propertiesOf } from '../../../../src/core/clients/s3a/document.ts';
import { read } from '../../read.ts';

function propertiesFrom(inside: string, parserVersion: ParserVersion): Property[] {
  return propertiesOf(read(`<configuration>${inside}</configuration>`), parserVersion);
}

/** Each property as `name=value`, with `!` where it is final and `?` where it has no value; the same in both parser versions. */
function taken(inside: string): string[] {
  const hadoop3 = inWords(propertiesFrom(inside, 'hadoop-3'));
  expect(inWords(propertiesFrom(inside, 'hadoop-2'))).toEqual(hadoop3);
  return hadoop3;
}

function inWords(properties: readonly Property[]): string[] {
  return properties.map(({ name, value, final }) => `${name}${value === null ? '?' : `=${value}`}${final ? '!' : ''}`);
}

describe('a property', () => {
  it.each([
    ['<name>a</name><value>1</value>', ['a=1']],
    ['<value>1</value><name>a</name>', ['a=1']],
    ['<name>a</name>', ['a?']],
    ['<name>a</name><final>true</final>', ['a?!']],
    ['<value>1</value>', []],
    ['<name/><value>1</value>', []],
    ['<name> \n a\t</name><value> 1 </value>', ['a= 1 ']],
    ['<name>\u00a0a\ufeff</name>', ['\u00a0a\ufeff?']],
    ['<name> </name><value>1</value>', ['=1']],
    ['<name>a</name><name>b</name><name></name>', ['b?']],
    ['<name>a</name><value>1</value><value>2</value>', ['a=2']],
    ['<name>a</name><value>1</value><value/>', ['a=1']],
    ['<name>a</name><value>1</value><value> </value>', ['a= ']],
    ['<name>a</name><value><!-- 1 --></value>', ['a?']],
    ['<name>a</name><value></value>', ['a?']],
    ['<Name>a</Name><value>1</value>', []],
    ['<h:name xmlns:h="u">a</h:name><value>1</value>', ['a=1']],
    ['<b><c><name>a</name></c></b><value>1</value>', ['a=1']],
    ['<description>see <name>a</name></description>', ['a?']],
  ])('that holds %s is taken as %j', (inside, expected) => {
    expect(taken(`<property>${inside}</property>`)).toEqual(expected);
  });

  it.each([
    ['true', '!'],
    ['tr<!-- -->ue', '!'],
    ['<![CDATA[true]]>', '!'],
    ['&#116;rue', '!'],
    [' true', ''],
    ['true\n', ''],
    ['TRUE', ''],
    ['yes', ''],
    ['', ''],
  ])('with <final>%s</final> is final only where that is exactly true', (final, mark) => {
    expect(taken(`<property><name>a</name><final>${final}</final></property>`)).toEqual([`a?${mark}`]);
  });

  it('has its text joined over comments, CDATA, instructions, references and unknown elements', () => {
    const split = 'f<!-- x -->o<![CDATA[o]]><?y?>&#46;<b>b<c/></b>a<d>r</d>';
    expect(taken(`<property><name>${split}</name><value>${split}</value></property>`)).toEqual(['foo.bar=foo.bar']);
  });

  it('has text count from the last start of a collected element on, even behind its end', () => {
    expect(taken('<property>x<name>a<value>b</value>c</name>d</property>')).toEqual(['bc=b']);
    expect(taken('<property><name>a</name>b<value></value>c</property>')).toEqual(['a?']);
  });

  it('keeps the first of its sources, the attribute before the elements', () => {
    const inside =
      '<property source="s"><name>a</name><source>t</source></property><property name="b"/>' +
      '<property name="c"><source/><source>u</source></property>';
    expect(propertiesFrom(inside, 'hadoop-3').map(({ source }) => source)).toEqual(['s', null, '']);
  });
});

describe('the attribute form', () => {
  it.each([
    ['<property name="a" value="1" final="true"/>', ['a=1!']],
    ['<property name="a" value=""/>', ['a=']],
    ['<property name="a"/>', ['a?']],
    ['<property name=" a&#9;" value=" 1 "/>', [' a\t= 1 ']],
    ['<property name="" value="1"/>', ['=1']],
    ['<property value="1"/>', []],
    ['<property name="a" final=" true"/>', ['a?']],
    ['<property xmlns:h="u" h:name="a" h:value="1"/>', ['a=1']],
    ['<property xmlns:h="u" name="a" h:name="b"/>', ['b?']],
    ['<property name="a" value="1"><name>b</name></property>', ['b=1']],
    ['<property name="a" value="1"><value/></property>', ['a=1']],
    ['<property name="a" final="true"><final/></property>', ['a?']],
  ])('%s is taken as %j', (inside, expected) => expect(taken(inside)).toEqual(expected));
});

describe('nesting', () => {
  it('counts at any depth: in other elements, in a configuration', () => {
    expect(taken('<x><y><property name="a"/></y></x><configuration><property name="b"/></configuration>')).toEqual([
      'a?',
      'b?',
    ]);
  });

  it('of properties makes the outer one forget what came before, and repeat the inner one', () => {
    const inner = '<property><name>b</name><value>2</value></property>';
    expect(taken(`<property><name>a</name><value>1</value>${inner}</property>`)).toEqual(['b=2', 'b=2']);
    expect(taken(`<property>${inner}<name>a</name></property>`)).toEqual(['b=2', 'a=2']);
    expect(taken(`<property><name>a</name><property/></property>`)).toEqual([]);
  });

  it('outside any property is nothing', () => {
    expect(taken('<name>a</name><value>1</value><final>true</final><property/>')).toEqual([]);
  });
});

describe('<tag>', () => {
  const both = (inside: string) =>
    (['hadoop-3', 'hadoop-2'] as const).map((parserVersion) =>
      inWords(propertiesFrom(`<property>${inside}</property>`, parserVersion)),
    );

  it('is read apart by 3.x, and runs on in 2.10', () => {
    expect(both('<name>a<tag>b</tag></name>')).toEqual([['b?'], ['ab?']]);
    expect(both('<name>a<tag/></name>')).toEqual([[], ['a?']]);
    expect(both('<name>a</name><value>1<tag>2</tag>3</value>')).toEqual([['a=23'], ['a=123']]);
    expect(both('<name>a</name><final>true<tag/></final>')).toEqual([['a?'], ['a?!']]);
  });

  it('beside the others makes no difference', () => {
    expect(both('<name>a</name><tag>X,Y</tag><value>1</value>')).toEqual([['a=1'], ['a=1']]);
  });

  it('makes a difference from itself on only', () => {
    const [hadoop3, hadoop2] = both('<name>a</name><property><name>b<tag>c</tag></name></property>');
    expect([hadoop3, hadoop2]).toEqual([
      ['c?', 'c?'],
      ['bc?', 'bc?'],
    ]);
  });
});

describe('what a name ends up with', () => {
  const effective = (inside: string) => Object.fromEntries(effectiveValues(propertiesFrom(inside, 'hadoop-3')));
  const property = (value: string, final = '') => `<property name="a"${value}${final}/>`;
  const isFinal = ' final="true"';

  it.each([
    ['the last value', property(' value="1"') + property(' value="2"'), { a: '2' }],
    ['the value before one without', property(' value="1"') + property(''), { a: '1' }],
    ['the first final value', property(' value="1"', isFinal) + property(' value="2"', isFinal), { a: '1' }],
    ['a final value after others', property(' value="1"') + property(' value="2"', isFinal), { a: '2' }],
    ['nothing, frozen', property('', isFinal) + property(' value="2"'), {}],
    [
      'the value before it was frozen',
      property(' value="1"') + property('', isFinal) + property(' value="2"'),
      { a: '1' },
    ],
  ])('is %s', (_, inside, expected) => expect(effective(inside)).toEqual(expected));
});

describe("Java's trim", () => {
  it.each([
    ['  a b ', 'a b'],
    ['\u0000\u001f\t\r\n a\u0001', 'a'],
    ['\u00a0a\u00a0', '\u00a0a\u00a0'],
    ['\ufeffa\u2003', '\ufeffa\u2003'],
    [' \n', ''],
    ['', ''],
  ])('of %j is %j', (text, trimmed) => expect(javaTrim(text)).toBe(trimmed));
});
