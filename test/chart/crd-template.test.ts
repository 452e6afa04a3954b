/**
 * What is committed of the chart is what the schema makes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { buildCrdTemplate, crdTemplatePath } from '../../src/api/crd-template.ts';
import { root } from './chart.ts';

it('has the definition that the schema makes; else run npm run generate', () => {
  expect(readFileSync(join(root, crdTemplatePath), 'utf8')).toBe(buildCrdTemplate());
});
