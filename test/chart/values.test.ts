/**
 * One source for the values, their schema, the README's tables and the templates.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fillReadme } from '../../.config/chart/readme.ts';
import { buildSchema } from '../../.config/chart/schema.ts';
import { parseValues, type Value } from '../../.config/chart/values.ts';
import { chart } from './chart.ts';
import { readTemplates, usesOf } from './template-values.ts';

const text = readFileSync(join(chart, 'values.yaml'), 'utf8');
const values = parseValues(text);
const flatten = (all: readonly Value[]): Value[] => all.flatMap((value) => [value, ...flatten(value.children ?? [])]);
const leaves = flatten(values).filter(({ children }) => !children);

it('has the schema and the README that values.yaml makes; else run npm run generate', () => {
  const schema = readFileSync(join(chart, 'values.schema.json'), 'utf8');
  expect(JSON.parse(schema)).toEqual(JSON.parse(JSON.stringify(buildSchema(values))));
  const readme = readFileSync(join(chart, 'README.md'), 'utf8');
  expect(fillReadme(readme, values)).toBe(readme);
  for (const { path } of leaves) expect(readme).toContain(`| \`${path}\` |`);
});

it('accepts no unknown key wherever the chart knows which there are', () => {
  const open: string[] = [];
  const look = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, properties, additionalProperties } = node as Record<string, unknown>;
    if (type === 'object' && (properties === undefined) === (additionalProperties === false)) open.push(path);
    for (const [key, child] of Object.entries(node)) if (key !== 'default') look(child, `${path}/${key}`);
  };
  look(buildSchema(values), '');
  // What parent charts share has a form that only they know.
  expect(open.filter((path) => path !== '/properties/global')).toEqual([]);
});

it('uses every value in a template, and nothing that is not a value', () => {
  const uses = usesOf(readTemplates(chart));
  const readBy = (path: string) => uses.filter((use) => use === path || use.startsWith(`${path}.`));
  expect(leaves.map(({ path }) => path).filter((path) => readBy(path).length === 0)).toEqual([]);
  const read = new Set(leaves.flatMap(({ path }) => readBy(path)));
  // Neither what isn't there nor a whole object of values: `.Values.webhook.port`, never `with .Values.webhook`.
  expect(uses.filter((use) => !read.has(use))).toEqual([]);
});
