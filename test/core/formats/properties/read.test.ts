/**
 * Properties as java.util.Properties loads them: both readers, on what its documentation and its source say. The fuzzer in
 * test/spark asks java.util.Properties itself.
 */
import { describe, expect, it } from 'vitest';
import { readProperties } from '../../../../src/core/formats/properties/read.ts';
import { readAgain } from '../../../../src/core/formats/properties/read-again.ts';

function pairs(text: string): (readonly [string, string])[] | null {
  const read = readProperties(text);
  const first = read.ok ? read.items.flatMap((item) => (item.kind === 'entry' ? [[item.name, item.value]] : [])) : null;
  expect(readAgain(text)).toEqual(first);
  return first as [string, string][] | null;
}

function entries(text: string) {
  const read = readProperties(text);
  return read.ok ? read.items.filter((item) => item.kind === 'entry') : [];
}

describe('a property', () => {
  it.each<[string, ...(readonly [string, string])[]]>([
    ...['k=v', 'k:v', 'k v', 'k\tv', 'k\fv', 'k = v', '\f\tk=v'].map(
      (text) => [text, ['k', 'v']] as [string, [string, string]],
    ),
    ['k:=v', ['k', '=v']],
    ['k==v', ['k', '=v']],
    ['k  :  = v', ['k', '= v']],
    ['k', ['k', '']],
    ['k=', ['k', '']],
    ['k\\', ['k', '']],
    ['=v', ['', 'v']],
    ['\\ =v', [' ', 'v']],
    ['k=v  ', ['k', 'v  ']],
    ['k\\=x=v', ['k=x', 'v']],
    ['k\\u003dx=v', ['k=x', 'v']],
    ['k\\ x=v', ['k x', 'v']],
    ['k\\\tx=v', ['k\tx', 'v']],
    ['\\#k=v', ['#k', 'v']],
    ['k#a=v', ['k#a', 'v']],
    ['   #k=v\n\t!k=v'],
    ['#c\\\nk=v', ['k', 'v']],
    ['  \\\n#k=v'],
    ['\\\nk=v', ['k', 'v']],
    ['\\\n\nk=v', ['k', 'v']],
    ['k=a\\\n   b', ['k', 'ab']],
    ['k=a\\\rb', ['k', 'ab']],
    ['k=a\\\r\nb', ['k', 'ab']],
    ['k=a\\\n#b', ['k', 'a#b']],
    ['k=a\\\n\n b=c', ['k', 'a'], ['b', 'c']],
    ['k=a\\\r\n\r\nb=c', ['k', 'a'], ['b', 'c']],
    ['k=a\\\n \\\n b', ['k', 'ab']],
    ['k=a\\\\\nb=c', ['k', 'a\\'], ['b', 'c']],
    ['k=a\\u005c\nb=c', ['k', 'a\\'], ['b', 'c']],
    ['k=a\\\\\\\nb', ['k', 'a\\b']],
    ['ke\\\n  y\\\n  = v', ['key', 'v']],
    ['k\\\n = v', ['k', 'v']],
    ['k=v\\', ['k', 'v']],
    ['\\', ['', '']],
    ['\\\n', ['', '']],
    ['\\\r\n'],
    ['\\\n  '],
    ['\\\n\\', ['', '']],
    ['k=a\\\n   \n#b', ['k', 'a']],
    ['k=a\rb=c', ['k', 'a'], ['b', 'c']],
    ['k=a\n\rb=c', ['k', 'a'], ['b', 'c']],
    ['k=a\fb', ['k', 'a\fb']],
    ['k=\\u00\\\n41', ['k', 'A']],
    ['k=\\U0041', ['k', 'U0041']],
    ['k=\\u000ab=c', ['k', '\nb=c']],
    ['k\\u0020=v', ['k ', 'v']],
    ['k=\\b\\a\\x\\0\\"', ['k', 'bax0"']],
    ['k=\\t\\n\\r\\f', ['k', '\t\n\r\f']],
    ['k=\\ud83d', ['k', '\ud83d']],
    ['k\0\u000b\u001c\u00a0\u0085\u2028=v', ['k\0\u000b\u001c\u00a0\u0085\u2028', 'v']],
    ['\ufeffk=v', ['\ufeffk', 'v']],
    ['\ufeff#c', ['\ufeff#c', '']],
    ['é=€😀', ['é', '€😀']],
    ['k=1\nk', ['k', '1'], ['k', '']],
    ['k=1\n\\u006b:2', ['k', '1'], ['k', '2']],
    [''],
  ])('%j', (text, ...expected) => expect(pairs(text)).toEqual(expected));

  it.each(['k=\\u00', 'k=\\u00g0', 'k=\\uu0041', '\\u=v', 'a=b\nk=\\u123', 'k=\\u12\\u0041'])(
    'with a malformed escape is told apart: %j',
    (text) => expect(pairs(text)).toBeNull(),
  );

  it('may hold one in a comment', () => expect(pairs('#\\u00\nk=v')).toEqual([['k', 'v']]));

  it('has the place of all of its lines', () => {
    const text = '# c\n\n  a\\\n   b = c\\\n\n\\\nd=e\r\nf';
    expect(entries(text).map(({ start, end }) => text.slice(start, end))).toEqual([
      '  a\\\n   b = c\\\n\n',
      '\\\nd=e\r\n',
      'f',
    ]);
    expect(entries(text).map(({ offset }) => text.slice(offset, offset + 1))).toEqual(['a', 'd', 'f']);
  });

  it.each(['a\\\n', 'a b\n', ' ', '\\', '\\\n', '#\n', '\\u0061'])('is read in one go, however long: %j', (piece) => {
    const text = piece.repeat(1_000_000 / piece.length);
    expect(pairs(text)).not.toBeUndefined();
  });
});
