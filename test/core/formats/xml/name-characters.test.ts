/**
 * Name characters: those of XML 1.0 up to its fourth edition, as Hadoop's parser has them.
 */
import { describe, expect, it } from 'vitest';
import { isNameContinue, isNameStart } from '../../../../src/core/formats/xml/name-characters.ts';
import { scan } from '../../../../src/core/formats/xml/scan.ts';

const startsName = (character: string) => scan(`<${character}/>`, () => {}) === null;
const continuesName = (character: string) => scan(`<a${character}/>`, () => {}) === null;

describe('a name', () => {
  it.each(['a', 'Z', '_', 'é', 'ß', 'Ω', 'я', 'א', '中', '가', '\u9fa5', 'あ', '〇'])(
    'may begin with %s',
    (character) => {
      expect(startsName(character)).toBe(true);
      expect(continuesName(character)).toBe(true);
    },
  );

  it.each(['0', '9', '-', '.', '·', '\u0301', '々', 'ー', '٠'])('may go on, but not begin, with %s', (character) => {
    expect(startsName(character)).toBe(false);
    expect(continuesName(character)).toBe(true);
  });

  it.each(['×', '÷', '\u037e', '\u2000', '€', '゠', '\u0132', '\ufb01', '\u3400', '\u9fa6', '\ua000'])(
    'may not hold %s',
    (character) => {
      expect(continuesName(character)).toBe(false);
    },
  );

  it('may hold any pair of surrogates', () => {
    expect(startsName('🔑')).toBe(true);
    expect(continuesName('𐀀')).toBe(true);
  });

  it('never ends a text that has ended', () => {
    expect(isNameStart(Number.NaN)).toBe(false);
    expect(isNameContinue(Number.NaN)).toBe(false);
  });
});
