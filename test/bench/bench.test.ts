import { describe, expect, it } from 'vitest';
import { plan } from '../../src/core/clients/s3a/plan.ts';
import { oneKey, outcomeOf } from './desired.ts';
import { loadDocuments } from './documents.ts';
import { compare, median } from './measure.ts';
import { withSections } from './page.ts';
import { millionElements, shapes } from './shapes.ts';

describe('what is measured', () => {
  it.each(loadDocuments().map(({ name, text }) => [name, text]))('%s is changed, and right afterwards', (_, text) => {
    const planned = plan(text, oneKey, 'core');
    expect(planned.kind).toBe('change');
    expect(planned.kind === 'change' && plan(planned.result, oneKey, 'core').kind).toBe('unchanged');
  });

  it.each(shapes)('$name: twice the size is twice as long, and comes out as it says', ({ build, outcome }) => {
    const [once, twice] = [build(100_000), build(200_000)];
    expect(twice.length / once.length).toBeGreaterThan(1.7);
    expect(twice.length / once.length).toBeLessThan(2.3);
    expect([once, twice].map(outcomeOf)).toEqual([outcome, outcome]);
  });

  it('a million elements are more than fits', () => {
    expect(outcomeOf(millionElements.build(2_000_000))).toBe(millionElements.outcome);
  });
});

describe('a comparison', () => {
  it('takes the middle of the rounds', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
    expect(() => median([])).toThrow(RangeError);
  });

  it('does both by turns, equally often', () => {
    const turns: string[] = [];
    const work = (name: string) => () => {
      if (turns.at(-1) !== name) turns.push(name);
      for (let start = process.cpuUsage().user; process.cpuUsage().user < start + 200; );
    };
    const { ratio, first, second } = compare(work('a'), work('b'), { rounds: 3, slice: 1 });
    expect(turns).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    expect(Math.min(first, second, ratio)).toBeGreaterThan(0);
  });
});

describe('the page', () => {
  const page = 'before\n<!-- bench plan -->\nold\n<!-- end of bench plan -->\nafter\n';

  it('gets a section anew, between its marks', () => {
    const lines = ['new', 'table'];
    expect(withSections(page, [{ name: 'plan', lines }])).toBe(page.replace('old', 'new\ntable'));
  });

  it('must have the marks', () => {
    expect(() => withSections(page, [{ name: 'scale', lines: [] }])).toThrow('<!-- bench scale -->');
  });
});
