/**
 * A list's JSON taken apart while it arrives: cut anywhere, it gives the same items and the same rest.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitItems } from '../../src/cluster/list-items.ts';

/** The text in pieces of these sizes, over and over. */
async function* inPieces(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let start = 0, i = 0; start < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

async function split(text: string, sizes: readonly number[] = [7]) {
  const items: unknown[] = [];
  const splitting = splitItems(inPieces(text, sizes));
  for (;;) {
    const next = await splitting.next();
    if (next.done) return { items, envelope: JSON.parse(next.value) as unknown };
    items.push(JSON.parse(next.value));
  }
}

const metadata = { resourceVersion: '5', continue: 'token' };

describe('the items of a list', () => {
  it.each<[string, unknown[]]>([
    ['none', []],
    ['one', [{ a: 1 }]],
    ['brackets and quotes in strings', [{ a: '"]}' }, { b: '\\"[{' }, { '}"]': '\\' }]],
    ['items within items', [{ items: [{ items: [1, 2] }] }, { items: [] }]],
    ['text of many bytes a character', [{ a: 'ä𝄞\u2028' }]],
  ])('are the same wherever the text is cut: %s', async (_, items) => {
    for (const space of [undefined, 2]) {
      const text = JSON.stringify({ kind: 'List', metadata, items, after: { items: [{ a: 1 }] } }, null, space);
      for (let size = 1; size < 20; size++) {
        expect(await split(text, [size])).toEqual({
          items,
          envelope: { kind: 'List', metadata, items: [], after: { items: [{ a: 1 }] } },
        });
      }
    }
  });

  it('are those of any list', async () => {
    const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' }));
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(object), object, sizes, async (items, other, pieces) => {
        const list = { metadata, other, items };
        const expected = JSON.parse(JSON.stringify(items));
        expect((await split(JSON.stringify(list), pieces)).items).toEqual(expected);
      }),
    );
  });

  it('are none where another member is an array', async () => {
    expect(await split('{"others":[{"a":1}],"items":[{"b":2}]}')).toEqual({
      items: [{ b: 2 }],
      envelope: { others: [{ a: 1 }], items: [] },
    });
  });

  it.each(['', '{"items":[{"a":1},', '{"items":[{"a":1}]', 'no JSON', '{"items":[{]}'])(
    'are never taken for a whole list where it is not: %s',
    async (text) => {
      await expect(split(text)).rejects.toThrow();
    },
  );
});
