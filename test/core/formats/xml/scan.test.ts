/**
 * The scanner: what it accepts, the span of each token, and what it refuses and where. `¦` marks the place.
 */
import { describe, expect, it } from 'vitest';
import { maxDepth, scan } from '../../../../src/core/formats/xml/scan.ts';
import type { Token, XmlFault } from '../../../../src/core/formats/xml/token.ts';

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const fault = scan(text, (token) => tokens.push(token));
  if (fault !== null) throw new Error(`${fault.offset}: ${fault.message}`);
  return tokens;
}

/** Each token as its kind and its own text. */
function pieces(text: string): string[] {
  return tokensOf(text).map(({ kind, offset, end }) => `${kind} ${text.slice(offset, end)}`);
}

function faultOf(text: string): XmlFault {
  const fault = scan(text, () => {});
  if (fault === null) throw new Error('it was accepted');
  return fault;
}

/** Expects a refusal where the mark stands. */
function expectFault(marked: string, reason: XmlFault['reason'] = 'Malformed'): void {
  const offset = marked.indexOf('¦');
  const fault = faultOf(marked.replace('¦', ''));
  expect({ offset: fault.offset, reason: fault.reason }).toEqual({ offset, reason });
}

/** The text that a parser hands on between the tags. */
function textOf(document: string): string {
  return tokensOf(document)
    .map((token) => (token.kind === 'text' || token.kind === 'cdata' ? token.value : ''))
    .join('');
}

describe('tokens', () => {
  it('are the input, piece by piece', () => {
    expect(pieces('\ufeff<?xml version="1.0"?>\n<!-- c --><?p i?>\r\n<a b="c">x<d/><![CDATA[<y>]]></a >\n')).toEqual([
      'bom \ufeff',
      'declaration <?xml version="1.0"?>',
      'space \n',
      'comment <!-- c -->',
      'instruction <?p i?>',
      'space \r\n',
      'start <a b="c">',
      'text x',
      'start <d/>',
      'cdata <![CDATA[<y>]]>',
      'end </a >',
      'space \n',
    ]);
  });

  it('keep comments and instructions inside the root apart from its text', () => {
    expect(pieces('<a>x<!-- - a>y --><?z?></a>')).toEqual([
      'start <a>',
      'text x',
      'comment <!-- - a>y -->',
      'instruction <?z?>',
      'end </a>',
    ]);
  });

  it('tell a start tag by its whole name, its local name and its attributes, namespace declarations left out', () => {
    expect(tokensOf('<h:a xmlns:h="u" h:b=\'1\' c = "2" />')[0]).toEqual({
      kind: 'start',
      offset: 0,
      end: 35,
      name: 'h:a',
      local: 'a',
      selfClosing: true,
      attributes: [
        { prefix: 'h', local: 'b', value: '1' },
        { prefix: '', local: 'c', value: '2' },
      ],
    });
  });

  it('tell an end tag by its local name', () => {
    expect(tokensOf('<h:a xmlns:h="u"></h:a>').at(-1)).toEqual({ kind: 'end', offset: 17, end: 23, local: 'a' });
  });
});

describe('text', () => {
  it('has line ends normalised and references resolved', () => {
    expect(textOf('<a>1\r\n2\r3\n4&#13;5&amp;&lt;&gt;&apos;&quot;&#x1F511;</a>')).toBe('1\n2\n3\n4\r5&<>\'"🔑');
  });

  it('in CDATA has line ends normalised only', () => {
    expect(textOf('<a><![CDATA[&amp;\r\n<]]]]><![CDATA[>]]></a>')).toBe('&amp;\n<]]>');
  });

  it('may hold quotes, > and ]]', () => {
    expect(textOf('<a>"\'>]]</a>')).toBe('"\'>]]');
  });

  it.each([
    ['an undeclared entity', '<a>x¦&nbsp;</a>'],
    ['a lone &', '<a>x ¦& y</a>'],
    ['a lone & before a later reference', '<a>x ¦& y &amp; z</a>'],
    ['an & at the end', '<a>x¦&</a>'],
    ["']]>'", '<a>x¦]]></a>'],
    ["']]>' before a good reference", '<a>&amp;¦]]></a>'],
    ['a forbidden character by reference', '<a>¦&#x0;</a>'],
    ['an open CDATA section', '<a>¦<![CDATA[x]]</a>'],
    ['an open comment', '<a>¦<!-- x</a>'],
    ["'--' in a comment", '<a><!-- x ¦-- y --></a>'],
    ["'--->'", '<a><!-- x¦---></a>'],
    ['a comment of one hyphen', '<a><!--¦---></a>'],
    ['an open instruction', '<a>¦<?x y</a>'],
    ['an instruction without a target', '<a><?¦ x?></a>'],
    ['an instruction with a colon', '<a><?x¦:y?></a>'],
    ['an instruction named xml', '<a>¦<?xml version="1.0"?></a>'],
    ['an instruction named XmL', '<a>¦<?XmL?></a>'],
    ['a declaration', '<a>¦<!ELEMENT a ANY></a>'],
    ['a conditional section', '<a>¦<![INCLUDE[x]]></a>'],
    ['a DOCTYPE', '<a>¦<!DOCTYPE a></a>'],
  ])('with %s is refused where it stands', (_, marked) => expectFault(marked));
});

describe('outside the root', () => {
  it.each([
    ['text before it', '¦x<a/>'],
    ['text behind it', '<a/>\n¦x'],
    ['a reference', '¦&amp;<a/>'],
    ['a CDATA section', '¦<![CDATA[]]><a/>'],
    ['a second root', '<a/>¦<a/>'],
    ['a second root that is open', '<a></a>\n¦<b>'],
    ['an end tag', '<a/>¦</a>'],
    ['a DOCTYPE behind it', '<a/>¦<!DOCTYPE a>'],
    ['a second byte order mark', '\ufeff¦\ufeff<a/>'],
    ['a no-break space', '¦\u00a0<a/>'],
    ['nothing', '¦'],
    ['blanks only', ' \n¦'],
    ['a comment only', '<!-- a -->¦'],
  ])('%s is refused', (_, marked) => expectFault(marked));

  it('comments, instructions and blanks are no matter', () => {
    expect(pieces('\n<!--a--><a/> \t\r\n<?x?>').at(-1)).toBe('instruction <?x?>');
  });

  it('a DOCTYPE has a reason of its own', () => expectFault('<!--a-->¦<!DOCTYPE a><a/>', 'DoctypeNotAllowed'));
});

describe('a tag', () => {
  it.each([
    ['a blank before its name', '<¦ a/>'],
    ['no name', '<¦>'],
    ['a digit first', '<¦1a/>'],
    ['a hyphen first', '<¦-a/>'],
    ['a colon first', '<¦:a/>'],
    ['a colon last', '<a:¦/>'],
    ['two colons', '<a:b¦:c/>'],
    ['a quote in its name', '<a¦"/>'],
    ['another < in it', '<a ¦<b/>'],
    ['a lone slash', '<a ¦/ b="1">'],
    ['no end', '<a¦'],
    ['no end behind a slash', '<a¦/'],
    ['an attribute without a value', '<a b¦>'],
    ['an attribute with nothing behind =', '<a b=¦>'],
    ['an attribute without quotes', '<a b=¦c>'],
    ['an attribute that is not closed', '<a b=¦"c>'],
    ['a < in an attribute', '<a b="1 ¦< 2"/>'],
    ['a lone & in an attribute', '<a b="1 ¦& 2"/>'],
    ['attributes without a blank between', '<a b="1"¦c="2"/>'],
    ['a no-break space', '<a¦\u00a0b="1"/>'],
  ])('with %s is refused', (_, marked) => expectFault(marked));

  it.each([
    ['of another name', '<a>¦</b>'],
    ['in another case', '<a>¦</A>'],
    ['with another prefix for the same namespace', '<x:a xmlns:x="u" xmlns:y="u">¦</y:a>'],
    ['crossed with another', '<a><b>¦</a></b>'],
    ['with an attribute', '<a></a ¦b="1">'],
    ['with a blank before its name', '<a></¦ a>'],
    ['with a slash at its end', '<a></a¦/>'],
    ['without an end', '<a></a¦'],
  ])('at the end %s is refused', (_, marked) => expectFault(marked));

  it('that is never closed is refused where it opens, the innermost first', () => {
    expectFault('<a>¦<b><c/>');
    expectFault('¦<a><b></b>');
  });

  it('may be spread over lines, with blanks around = and before >', () => {
    expect(pieces('<a\r\n b\t=\n"1"\n></a\n>')).toEqual(['start <a\r\n b\t=\n"1"\n>', 'end </a\n>']);
  });
});

describe('an attribute', () => {
  const attributesOf = (raw: string) =>
    tokensOf(`<a b="${raw}"/>`).flatMap((t) => (t.kind === 'start' ? t.attributes : []));

  it('has each line end and tab as a blank, but not those by reference', () => {
    expect(attributesOf('1\r\n2\r3\n4\t5&#9;6&#10;7')).toEqual([{ prefix: '', local: 'b', value: '1 2 3 4 5\t6\n7' }]);
  });

  it('may hold >, the other quote and ]]>', () => {
    expect(attributesOf("> ' ]]>")).toEqual([{ prefix: '', local: 'b', value: "> ' ]]>" }]);
  });

  it.each([
    ['by the same name', '¦<a b="1" b="2"/>'],
    ['by the same namespace', '¦<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>'],
    ['as a declaration', '¦<a xmlns:x="u" xmlns:x="v"/>'],
  ])('that is repeated %s is refused', (_, marked) => expectFault(marked));
});

describe('characters', () => {
  it.each([
    ['a control character', '<a>x¦\u000b</a>'],
    ['NUL', '<a/>¦\u0000'],
    ['U+FFFE in a comment', '<!-- ¦\ufffe --><a/>'],
    ['U+FFFF in a name', '<a¦\uffff/>'],
    ['half a surrogate pair', '<a>¦\ud83d</a>'],
    ['the other half', '<a>¦\udd11</a>'],
    ['halves in the wrong order', '<a>¦\udd11\ud83d</a>'],
  ])('such as %s are refused wherever they stand', (_, marked) => expectFault(marked));

  it('such as DEL, C1 controls and any plane are accepted', () => {
    expect(textOf('<a>\u007f\u0085\u2028\u{10fffd}</a>')).toBe('\u007f\u0085\u2028\u{10fffd}');
  });

  it('are looked at before anything else', () => expectFault('<a>& ¦\u0000'));
});

describe('limits', () => {
  const nested = (depth: number) => '<a>'.repeat(depth) + '</a>'.repeat(depth);

  it('on depth are those of Hadoop', () => {
    expect(maxDepth).toBe(1000);
    expect(tokensOf(nested(1000))).toHaveLength(2000);
    expect(faultOf(nested(1001))).toMatchObject({ reason: 'Malformed', offset: 3000 });
  });

  it('on attributes are those of Hadoop', () => {
    const attributes = (count: number) => `<a ${Array.from({ length: count }, (_, n) => `a${n}=""`).join(' ')}/>`;
    expect(tokensOf(attributes(1000))).toHaveLength(1);
    expect(faultOf(attributes(1001)).reason).toBe('Malformed');
  });

  it('on the length of all attributes of an element together are those of Hadoop', () => {
    expect(tokensOf(`<a b="${'x'.repeat(500_000)}"/>`)).toHaveLength(1);
    expect(faultOf(`<a b="${'x'.repeat(524_289)}"/>`)).toMatchObject({ reason: 'Malformed', offset: 3 });
    const half = 'x'.repeat(300_000);
    expect(faultOf(`<a b="${half}" c="${half}"/>`).reason).toBe('Malformed');
    expect(tokensOf(`<a b="${half}"><d c="${half}"/></a>`)).toHaveLength(3);
  });
});
