/**
 * npm run generate: writes what the chart has from src/api, what it has from the comments of its own values, the table of metrics, and its icon.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCrdTemplate, crdTemplatePath } from '../src/api/crd-template.ts';
import { auditPagePath, buildAuditPage } from './audit-page.ts';
import { fillIcon } from './chart/icon.ts';
import { fillMetrics } from './chart/metrics.ts';
import { fillReadme } from './chart/readme.ts';
import { buildSchema } from './chart/schema.ts';
import { parseValues } from './chart/values.ts';

const root = join(import.meta.dirname, '..');
const chart = join(root, 'charts', 'sse-kms-operator');
const readmePath = join(chart, 'README.md');
const chartPath = join(chart, 'Chart.yaml');
const metricsPath = join(chart, 'docs', 'metrics.md');

writeFileSync(join(root, crdTemplatePath), buildCrdTemplate());
const values = parseValues(readFileSync(join(chart, 'values.yaml'), 'utf8'));
writeFileSync(join(chart, 'values.schema.json'), `${JSON.stringify(buildSchema(values), undefined, 2)}\n`);
writeFileSync(readmePath, fillReadme(readFileSync(readmePath, 'utf8'), values));
writeFileSync(metricsPath, fillMetrics(readFileSync(metricsPath, 'utf8')));
writeFileSync(chartPath, fillIcon(readFileSync(chartPath, 'utf8'), readFileSync(join(chart, 'icon.svg'), 'utf8')));
writeFileSync(join(root, auditPagePath), buildAuditPage());
