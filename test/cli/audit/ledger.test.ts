import { describe, expect, it } from 'vitest';
import { outcomes, totalOf } from '../../../src/cli/audit/outcomes.ts';
import { toJson } from '../../../src/cli/audit/to-json.ts';
import { toTable } from '../../../src/cli/audit/to-table.ts';
import { reportOf } from './report-of.ts';
import { buildSample } from './sample.ts';

const sample = buildSample({ namespaces: 50, configMaps: 2000 });
const whole = reportOf({ ...sample, configMaps: sample.configMaps() });
const bounded = reportOf({ ...sample, configMaps: sample.configMaps(), limits: { perNamespace: 4, inAll: 60 } });

describe('a report with limits', () => {
  it('counts what it holds no row of', () => {
    expect(bounded.totals).toEqual(whole.totals);
    expect(bounded.namespaces).toEqual(whole.namespaces);
    expect(bounded.objects.length + bounded.objectsLeftOut).toBe(whole.objects.length);
    expect(bounded.objects.length).toBeLessThanOrEqual(60);
    expect(whole.objectsLeftOut).toBe(0);
  });

  it('keeps the gravest of each namespace, and hides no namespace behind another', () => {
    const troubled = new Set(whole.objects.map(({ namespace }) => namespace));
    expect(new Set(bounded.objects.map(({ namespace }) => namespace)).size).toBe(Math.min(troubled.size, 60));
    for (const namespace of troubled) {
      const all = whole.objects.filter((object) => object.namespace === namespace);
      const kept = bounded.objects.filter((object) => object.namespace === namespace);
      expect(kept[0]?.outcome).toBe(all[0]?.outcome);
    }
  });

  it('sorts namespaces and objects by the gravest outcome', () => {
    const ranks = whole.objects.map(({ outcome }) => outcomes.indexOf(outcome));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
    expect(whole.namespaces[0]?.counts.refused).toBeGreaterThan(0);
  });
});

describe('the sums of a report', () => {
  it('agree with one another', () => {
    const byNamespace = whole.namespaces.reduce((sum, { counts }) => sum + totalOf(counts), 0);
    expect(byNamespace).toBe(totalOf(whole.totals));
    const { conflicted = 0, unassigned = 0, ...applied } = whole.totals;
    const byAssignment = whole.assignments.reduce((sum, { counts }) => sum + totalOf(counts), 0);
    // In conflict, an object counts for both.
    expect(byAssignment).toBe(totalOf(applied) + 2 * conflicted);
    expect(unassigned).toBeGreaterThan(0);
    const now = whole.keys.reduce((sum, { filesNow }) => sum + filesNow, 0);
    expect(whole.keys.reduce((sum, { filesAfter }) => sum + filesAfter, 0)).toBe(now);
  });
});

describe('the report as JSON', () => {
  it('is the report, each row on a line of its own', () => {
    const text = [...toJson(whole)].join('');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(whole)));
    const line = text.split('\n').find((one) => one.includes(`"name":"${whole.objects[0]?.name}"`)) ?? '';
    expect(JSON.parse(line.trim().replace(/,$/, ''))).toEqual(whole.objects[0]);
  });

  it('is JSON where every list is empty', () => {
    const empty = reportOf({ namespaces: [], assignments: [] });
    expect(JSON.parse([...toJson(empty)].join(''))).toMatchObject({ objects: [], namespaces: [], totals: {} });
  });
});

describe('the report as a table', () => {
  const table = (most: number) => toTable(whole, { most, paint: (_, text) => text });

  it('says for each assignment what would change', () => {
    const ledger = whole.assignments.find(({ name }) => name === 'ledger');
    const line =
      table(30)
        .split('\n')
        .find((one) => one.startsWith('ledger ')) ?? '';
    expect(line.split(/ {2,}/).slice(3, 6)).toEqual(
      [ledger?.namespaces, totalOf(ledger?.counts ?? {}), ledger?.counts.change ?? 0].map(String),
    );
  });

  it('has so many rows of each table at most, and says how many more there are', () => {
    expect(table(3)).toMatch(/and \d+ more; -o json or -o html shows them/);
    expect(table(3).split('\n').length).toBeLessThan(45);
  });
});
