/**
 * What the plan needs of a document: its outermost properties with their spans, its includes, a stray fallback.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DocumentBuilder, readDocument } from '../../../../src/core/clients/s3a/document.ts';
import { scan } from '../../../../src/core/formats/xml/scan.ts';
import { read } from '../../read.ts';

const root = (inside: string) => `<configuration>${inside}</configuration>`;

describe('the elements', () => {
  const spans = (text: string) => read(text).elements.map(({ offset, end }) => text.slice(offset, end));

  it('are the outermost properties, whole, in order, at any depth', () => {
    const text = root(
      '<property name="a"/>x<g><property><name>b</name></property ></g><h:property xmlns:h="u"><h:name>c</h:name></h:property>',
    );
    expect(spans(text)).toEqual([
      '<property name="a"/>',
      '<property><name>b</name></property >',
      '<h:property xmlns:h="u"><h:name>c</h:name></h:property>',
    ]);
    expect(read(text).elements.map(({ inRoot }) => inRoot)).toEqual([true, false, true]);
  });

  it('hold what is nested in them', () => {
    const text = root('<property><name>a</name><g><property name="b"/></g></property>');
    expect(spans(text)).toEqual(['<property><name>a</name><g><property name="b"/></g></property>']);
    expect(read(text).elements[0]?.properties.map(({ name }) => name)).toEqual(['b', 'b']);
  });

  it('without a name are there all the same, with nothing taken over', () => {
    expect(read(root('<property/>')).elements[0]?.properties).toEqual([]);
  });

  it('tell where their first child begins', () => {
    expect(read('<c><property> <!-- x --><name>a</name></property></c>').elements[0]?.firstChild).toBe(24);
    expect(read('<c><property name="a"/><property>x</property></c>').elements.map((e) => e.firstChild)).toEqual([
      null,
      null,
    ]);
  });

  it('tell whether they hold an include or a fallback', () => {
    const text = root(
      '<property><name>a<include href="x"/></name></property>' +
        '<include><property><name>b<fallback/></name></property><property name="c"/></include>',
    );
    expect(read(text).elements.map(({ inseparable }) => inseparable)).toEqual([true, true, false]);
  });
});

describe('a usual property', () => {
  const texts = ['', ' a b\n', 'true', 'fs.s3a.x'];
  const element = (name: string) => fc.constantFrom(...texts.map((text) => `<${name}>${text}</${name}>\n`));
  const optional = (name: string) => fc.oneof(fc.constant(''), element(name));
  const usual = fc
    .tuple(element('name'), element('value'), ...['final', 'source', 'description'].map(optional))
    .map((elements) => `<property>\n${elements.join('')}</property>\n`);
  const odd = fc.constantFrom(
    '<tag>t</tag>',
    '<name>&#97;</name>',
    '<property name="b"/>',
    '<value/>',
    '<h:name xmlns:h="u">c</h:name>',
    '<include href="x"/>',
    '<fallback/>',
    '<!-- c -->',
    '<![CDATA[x]]>',
    '&amp;',
    '\r\n',
    ']',
    ']]>',
    '<',
    '&',
    'x',
  );
  /** Three of ten have something odd at some place. */
  const property = fc.tuple(usual, odd, fc.nat(), fc.integer({ min: 0, max: 9 })).map(([text, what, place, dice]) => {
    const at = place % text.length;
    return dice < 3 ? text.slice(0, at) + what + text.slice(at) : text;
  });
  const otherRoot = fc.constantFrom('name', 'property', 'h:configuration xmlns:h="u"', 'c');
  const documents = fc
    .tuple(
      fc.oneof({ weight: 3, arbitrary: fc.constant('configuration') }, { weight: 1, arbitrary: otherRoot }),
      fc.array(property, { minLength: 1, maxLength: 4 }),
    )
    .map(([name, properties]) => `\ufeff<${name}>${properties.join('')}</${name.split(' ')[0]}>`);

  it('is read as it is token by token, and so is what is almost one', () => {
    let taken = 0;
    fc.assert(
      fc.property(documents, (document) => {
        const builder = new DocumentBuilder();
        const fault = scan(document, (token) => builder.take(token));
        const byTokens = fault === null ? { ok: true, document: builder.document() } : { ok: false, fault };
        expect(readDocument(document)).toEqual(byTokens);
        if (fault === null) taken += builder.document().elements.length;
      }),
      { numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});

describe('nested properties', () => {
  const nested = (count: number, name: string) =>
    root(`${'<property><name>'.repeat(count)}${name}${'</name>y</property>'.repeat(count)}`);

  it('that repeat much text are refused, since that text would fill the memory', () => {
    const document = `<!-- -->${nested(450, 'b'.repeat(900_000))}`;
    expect(readDocument(document)).toMatchObject({
      ok: false,
      fault: { reason: 'TooLarge', offset: '<!-- --><configuration>'.length },
    });
  });

  it('that repeat little are read', () => {
    expect(read(nested(450, 'b')).elements[0]?.properties).toHaveLength(450);
  });
});

describe('the root', () => {
  it('is the first element, whatever its name', () => {
    expect(read('<!-- x --><h:foo xmlns:h="u"/>').root).toMatchObject({ offset: 10, name: 'h:foo', local: 'foo' });
  });

  it('that is a property itself is an element, but not one in the root', () => {
    expect(read('<property name="a"/>').elements).toMatchObject([{ offset: 0, inRoot: false }]);
  });
});

describe('a fallback', () => {
  const strayAt = (inside: string) => read(root(inside)).strayFallback?.offset;

  it.each([
    ['in the root', '<fallback/>', 15],
    ['with a prefix', '<x:fallback xmlns:x="u"/>', 15],
    ['in a property', '<property><fallback/></property>', 25],
    ['behind its include', '<include href="x"/><fallback/>', 34],
    ['behind an include that had one', '<include><fallback/></include><fallback/>', 45],
  ])('%s is stray', (_, inside, offset) => expect(strayAt(inside)).toBe(offset));

  it.each([
    ['in an include', '<include href="x"><fallback/></include>'],
    ['deep in an include', '<include><x><fallback/></x></include>'],
    ['in an include in an include', '<include><include/><fallback/></include>'],
    ['in other case', '<Fallback/>'],
  ])('%s is not', (_, inside) => expect(strayAt(inside)).toBeUndefined());
});
