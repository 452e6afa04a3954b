import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isScalar, parseDocument } from 'yaml';
import { rewriteScalar, type WrittenScalar } from '../../src/cli/render/scalar.ts';
import { applyEdits } from '../../src/core/plan/edits.ts';

/** The manifest with another value at `data.file`. */
function rewrite(text: string, value: string): string {
  const node = parseDocument(text, { version: '1.1' }).getIn(['data', 'file'], true);
  if (!isScalar(node)) throw new Error('there is no value');
  const inFlow = /[{[]/.test(text.slice(0, node.range?.[0]));
  const edited = applyEdits(text, [
    rewriteScalar(text, node as WrittenScalar, value, { mapIndent: inFlow ? undefined : 2 }),
  ]);
  expect(parseDocument(edited, { version: '1.1' }).getIn(['data', 'file'])).toBe(value);
  return edited;
}

describe('a value in a literal block', () => {
  const manifest = 'data:\n  # before\n  file: | # a comment\n      a\n\n      b\n\n\n  # behind\n  next: x\n';

  it('stays one, and only the lines that differ are new', () => {
    expect(rewrite(manifest, 'a\nnew\n\nb\n')).toBe(manifest.replace('      a\n', '      a\n      new\n'));
    expect(rewrite(manifest, 'a\n')).toBe(manifest.replace('\n      b\n', ''));
  });

  it('says in its header how it ends, and keeps the blank lines behind it', () => {
    expect(rewrite(manifest, 'a\n\nb')).toBe(manifest.replace('| #', '|- #'));
    expect(rewrite(manifest, 'a\n\n\n')).toBe(
      'data:\n  # before\n  file: |+ # a comment\n      a\n\n\n  # behind\n  next: x\n',
    );
  });

  it('says in its header how deep it is where the first line has blanks of its own', () => {
    expect(rewrite(manifest, '  a\n\nb\n')).toContain('  file: |4 # a comment\n        a\n\n      b\n');
  });

  it('keeps the line ends of the file', () => {
    expect(rewrite('data:\r\n  file: |\r\n    a\r\n    b\r\n', 'a\nc\nb\n')).toBe(
      'data:\r\n  file: |\r\n    a\r\n    c\r\n    b\r\n',
    );
  });

  it('may end the file without a line end', () => {
    expect(rewrite('data:\n  file: |\n    a', 'a\nb\n')).toBe('data:\n  file: |\n    a\n    b');
    expect(rewrite('data:\n  file: |\n    a', 'b\n')).toBe('data:\n  file: |\n    b');
  });

  it('becomes a quoted text where it holds what a block cannot', () => {
    expect(rewrite(manifest, 'a\r\nb\u0085\n')).toContain('file: "a\\r\\nb\\u0085\\n" # a comment\n');
  });
});

describe('a value', () => {
  it('in double quotes stays in one line, escaped as it was', () => {
    expect(rewrite('data:\n  file: "a" # x\n', '<b>\n')).toBe('data:\n  file: "<b>\\n" # x\n');
    expect(rewrite('{"data": {"file": "\\u003ca"}}', '<b>')).toBe('{"data": {"file": "\\u003cb\\u003e"}}');
  });

  it('in single quotes stays so while it has one line, then becomes a block', () => {
    expect(rewrite("data:\n  file: 'a'\n", "it's")).toBe("data:\n  file: 'it''s'\n");
    expect(rewrite("data:\n  file: 'a' # x\n  b: c\n", 'a\nb\n')).toBe('data:\n  file: | # x\n    a\n    b\n  b: c\n');
  });

  it('in a folded block stays folded', () => {
    expect(rewrite('data:\n  file: >\n    a\n    b\n  next: x\n', 'a\nb\n')).toContain('  file: >\n    a\n\n    b\n');
  });

  it('of base64 stays as it is written', () => {
    expect(rewrite('data:\n  file: YQ==\n', 'YmI=')).toBe('data:\n  file: YmI=\n');
  });
});

it('every value comes back from every form, and all around it stays', () => {
  const forms = ['|\n    a\n', '|-\n    a\n', '|+\n    a\n\n', '>\n    a\n', '"a"\n', "'a'\n", 'a\n', '|2\n      a\n'];
  const line = fc.constantFrom(
    '',
    ' ',
    'a',
    ' b',
    'c ',
    '\t',
    '#',
    '- x: y',
    '<n>&amp;"\'\\</n>',
    '\u00e9\ud83d\ude00',
    'x\r',
    '---',
    '\u2028',
  );
  const value = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(fc.constantFrom(...forms), value, value, (form, before, after) => {
      const text = `# head\ndata:\n  first: 1\n  file: ${form}  last: 2 # tail\n`;
      const once = rewrite(text, before);
      const twice = rewrite(once, after);
      const strip = (manifest: string) => [
        manifest.slice(0, manifest.indexOf('file:')),
        manifest.slice(manifest.indexOf('last:')),
      ];
      expect(strip(twice)).toEqual(strip(text));
    }),
    { numRuns: 2000 },
  );
});
