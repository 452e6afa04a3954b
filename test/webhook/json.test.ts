/**
 * Which bodies are parsed: all that a review can be, and none that would take many times its size.
 */
import { describe, expect, it } from 'vitest';
import { isModest, parseJson } from '../../src/webhook/json.ts';

const parse = (text: string) => parseJson(Buffer.from(text));

describe('a body', () => {
  it.each([
    '{}',
    ' [1, "a", null, true, -1.5e3] ',
    '{"a":"\\"","b":"\\\\","c":"[[[[","d":"é𝄞\\ud834"}',
    '"only a text"',
    JSON.stringify({ '<&>': '\u2028"\\/\b\f\n\r\t' }),
  ])('is parsed as JSON is: %s', (text) => expect(parse(text)).toEqual(JSON.parse(text)));

  it('keeps __proto__ as a key like any other', () => {
    const parsed = parse('{"__proto__":{"a":1}}') as object;
    expect(Object.hasOwn(parsed, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });

  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['half of an object', Buffer.from('{"a":')],
    ['a text that does not end', Buffer.from('{"a\\"')],
    ['what is no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a byte order mark', Buffer.from('\ufeff{}')],
  ])('that is %s is refused with status 400', (_, body) => {
    expect(() => parseJson(body)).toThrow(expect.objectContaining({ statusCode: 400 }));
  });

  it('may be 200 deep, and no more', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(parse(nested(200))).toBeInstanceOf(Array);
    expect(() => parse(nested(201))).toThrow(expect.objectContaining({ statusCode: 400 }));
    expect(parse(`[${'[[]],'.repeat(300)}{}]`)).toHaveLength(301);
  });

  it('may have a million parts, and no more', () => {
    expect(isModest(Buffer.from(`[${'1,'.repeat(999_998)}1]`))).toBe(true);
    for (const part of ['1,', '[],', '{}']) expect(isModest(Buffer.from(part.repeat(1_000_001)))).toBe(false);
  });

  it('may hold any number of them in its texts', () => {
    const text = JSON.stringify({ a: '[{"\\,'.repeat(500_000) });
    expect(parse(text)).toEqual(JSON.parse(text));
  });
});
