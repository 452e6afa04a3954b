import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plan as planXml } from '../../src/core/clients/s3a/plan.ts';
import { admission } from './admission.ts';
import { oneKey, outcomeOf } from './desired.ts';
import { loadDocuments } from './documents.ts';
import { compare, median } from './measure.ts';
import { withSection } from './page.ts';
import { plan } from './plan.ts';
import { server } from './server.ts';
import { millionElements, shapes } from './shapes.ts';

describe('what is measured', () => {
  it.each(loadDocuments().map(({ name, text }) => [name, text]))('%s is changed, and right afterwards', (_, text) => {
    const planned = planXml(text, oneKey, 'core');
    expect(planned.kind).toBe('change');
    expect(planned.kind === 'change' && planXml(planned.result, oneKey, 'core').kind).toBe('unchanged');
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
    expect(withSection(page, 'plan', ['new', 'table'])).toBe(page.replace('old', 'new\ntable'));
  });

  it('must have the marks', () => {
    expect(() => withSection(page, 'scale', [])).toThrow('<!-- bench scale -->');
  });

  it.each([plan, server, admission])('of this product has a measured section for $name', ({ name }) => {
    const written = readFileSync('charts/sse-kms-operator/docs/performance.md', 'utf8');
    expect(withSection(written, name, ['anew'])).not.toBe(written);
    expect(written).toMatch(new RegExp(`<!-- bench ${name} -->\nMeasured .*\n\n\\| `));
  });
});
