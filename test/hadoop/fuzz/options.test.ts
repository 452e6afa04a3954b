import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

describe("the fuzzer's command line", () => {
  it('takes 20,000 documents of the moment for all versions where nothing is said', () => {
    const options = parseOptions([], 1_234_567);
    expect(options).toMatchObject({ seed: 1_234_567, documents: 20_000, hours: undefined, only: undefined });
    expect(options.versions).toHaveLength(4);
    expect(options.found).toMatch(/test\/cases\/found$/);
  });

  it('replays one document for some versions', () => {
    const words = ['--seed', '7', '--only', '3', '--versions', '3.5.0,2.10.2', '--found', '/x'];
    expect(parseOptions(words, 0)).toMatchObject({ seed: 7, only: 3, versions: ['3.5.0', '2.10.2'], found: '/x' });
  });

  it.each([
    ['--seed', 'x'],
    ['--hours', '-1'],
    ['--only', '1.5'],
    ['--versions', '3.6'],
    ['--documents', ''],
    ['--no-such-option', '1'],
  ])('refuses %s %j', (...words) => {
    expect(() => parseOptions(words, 0)).toThrow(TypeError);
  });
});
