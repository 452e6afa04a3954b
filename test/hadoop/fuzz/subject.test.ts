import { describe, expect, it } from 'vitest';
import { planBytes } from './plan-file.ts';
import { Random } from './random.ts';
import { loadStock } from './stock.ts';
import { buildSubject } from './subject.ts';

const stock = loadStock(undefined);
const many = Array.from({ length: 1500 }, (_, index) => buildSubject(1, index, stock));

describe("the fuzzer's documents", () => {
  it('are the same for the same seed and number', () => {
    const again = loadStock(undefined);
    expect([7, 3, 11].map((index) => buildSubject(1, index, again))).toEqual([7, 3, 11].map((index) => many[index]));
  });

  it('are others for another seed or number', () => {
    const bytes = many.map((subject) => Buffer.from(subject.bytes).toString('latin1'));
    const others = bytes.map((_, index) => Buffer.from(buildSubject(2, index, stock).bytes).toString('latin1'));
    expect(new Set(bytes).size).toBeGreaterThan(0.9 * bytes.length);
    expect(new Set([...bytes, ...others]).size).toBeGreaterThan(1.8 * bytes.length);
  });

  it('are planned more often than not, and refused for every reason that a small file can give', () => {
    const outcomes = new Map<string, number>();
    for (const { bytes, assignment, dataKey } of many) {
      const plan = planBytes(bytes, assignment, dataKey);
      const outcome = plan.kind === 'refused' ? plan.reason : plan.kind;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect((outcomes.get('change') ?? 0) + (outcomes.get('unchanged') ?? 0)).toBeGreaterThan(many.length / 2);
    expect([...outcomes.keys()].sort()).toEqual([
      ...['CannotBeCut', 'ClearTextFallbackOff', 'DoctypeNotAllowed', 'FallbackDisablesProperties', 'Malformed'],
      ...['NotProvable', 'OtherEncryptionInUse', 'RootNotConfiguration', 'UnsupportedEncoding', 'change', 'unchanged'],
    ]);
  });
});

describe('random choices', () => {
  it('reach everything that is offered, each about as often as its weight says', () => {
    const random = new Random(1, 0);
    const picked = Array.from({ length: 4000 }, () =>
      random.pickWeighted([
        [3, 'a'],
        [1, 'b'],
      ] as const),
    );
    const share = picked.filter((item) => item === 'a').length / picked.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
    expect(new Set(Array.from({ length: 200 }, () => random.below(6)))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });
});
