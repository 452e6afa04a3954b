/**
 * Which bodies are parsed: all that a review can be, and none that would take many times its size.
 */
import { describe, expect, it } from 'vitest';
import { countParts, findUid, mostParts, NotJson, parseJson } from '../../src/admission/json.ts';

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
  ])('that is %s is refused', (_, body) => {
    expect(() => parseJson(body)).toThrow(NotJson);
  });

  it('may be nested as deep as it has parts', () => {
    const deep = `${'{"f:a":['.repeat(500_000)}${']}'.repeat(500_000)}`;
    expect(parse(deep)).toHaveProperty('f:a');
    expect(countParts(Buffer.from(deep))).toBe(1_000_000);
  });

  it('is counted by its objects, lists and their members', () => {
    expect(countParts(Buffer.from('{"a":[1,{"b":"{,["}],"c":{}}'))).toBe(6);
    for (const part of ['1,', '[],', '{}']) {
      expect(countParts(Buffer.from(part.repeat(mostParts + 1)))).toBeGreaterThan(mostParts);
    }
  });

  it('may hold any number of them in its texts', () => {
    const text = JSON.stringify({ a: '[{"\\,'.repeat(500_000) });
    expect(parse(text)).toEqual(JSON.parse(text));
    expect(countParts(Buffer.from(text))).toBe(1);
  });
});

describe("a review's uid", () => {
  const uid = 'a5a2b3c4-0000-4000-8000-0123456789ab';
  const find = (review: unknown) => findUid(Buffer.from(JSON.stringify(review)));

  it('is found without parsing, wherever it stands in the request', () => {
    expect(find({ kind: 'AdmissionReview', request: { uid, object: {} } })).toBe(uid);
    expect(find({ request: { object: { a: [{}] }, uid }, kind: 'AdmissionReview' })).toBe(uid);
  });

  it('is never what something else in the review says', () => {
    const other = 'not-this';
    const object = { uid: other, request: { uid: other }, data: { a: `","uid":"${other}"`, 'request":{"uid': other } };
    expect(find({ uid: other, request: { object, name: 'uid', options: { uid: other }, uid } })).toBe(uid);
    expect(find({ uid: other, object: { uid: other }, response: { uid: other }, request: { object } })).toBeUndefined();
    expect(find([{ request: { uid: other } }])).toBeUndefined();
  });

  it.each([undefined, null, 1, '', 'x'.repeat(129), 'a"b', { uid }])('is none where it is %j', (wrong) => {
    expect(find({ request: { uid: wrong } })).toBeUndefined();
  });
});
