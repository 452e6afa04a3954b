/**
 * A small cluster measured as the large one is, for what does not depend on the machine: `npm run scale` has the rest.
 */
import { expect, it } from 'vitest';
import { describeWith } from '../run/needs.ts';
import { buildFixture, configObjectLabel } from './fixture.ts';
import { parseOptions } from './options.ts';
import { type Figures, runScale } from './run.ts';
import { toTable } from './table.ts';

const sizes = { configMaps: 2000, configObjects: 200, namespaces: 50, assignments: 20 };

it('a fixture has the sizes that it was asked for, and is the same each time', () => {
  const build = () => [...buildFixture(sizes).configMaps()];
  const configMaps = build();
  const configObjects = configMaps.filter(({ labels }) => configObjectLabel in labels);
  expect([configMaps.length, configObjects.length]).toEqual([2000, 200]);
  expect(configObjects.every(({ data }) => 'core-site.xml' in data)).toBe(true);
  expect(new Set(configMaps.map(({ namespace, name }) => `${namespace}/${name}`)).size).toBe(2000);
  const names = buildFixture(sizes).namespaces.map(({ name }) => name);
  expect(new Set(names).size).toBe(50);
  expect(names.every((name) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 63)).toBe(true);
  expect(build()).toEqual(configMaps);
});

it('sizes that contradict one another, and flags that are no numbers, are refused', () => {
  expect(() => buildFixture({ ...sizes, configObjects: 2001 })).toThrow(RangeError);
  expect(() => parseOptions(['--config-objects', 'many'])).toThrow(RangeError);
  expect(() => parseOptions(['--rounds=-1'])).toThrow(RangeError);
  expect(parseOptions([])).toMatchObject({
    configMaps: 100_000,
    configObjects: 10_000,
    namespaces: 1000,
    assignments: 200,
  });
});

describeWith(['control plane'], 'the operator in a cluster of 2000 ConfigMaps', () => {
  it('repairs 200 config objects, then asks for nothing more, within bounded memory', async () => {
    const options = { ...sizes, concurrency: 8, rounds: 0, steadySeconds: 3, passSeconds: 10, nodeFlags: [] };
    const figures: Figures = await runScale(options, () => {});
    expect(figures.steadyRequests).toEqual([]);
    expect(figures.restarted.writes).toEqual([]);
    expect(figures.restarted.passes).toBe(1);
    expect(figures.memory.peakOfAll).toBeLessThan(200);
    expect(figures.restarted.peak).toBeLessThan(200);
    // How long a start takes depends on what else the machine does.
    expect(toTable(figures, options).missed.filter((one) => !one.includes('to ready'))).toEqual([]);
  }, 300_000);
});
