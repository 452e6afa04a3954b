/**
 * npm run generate: writes what the chart has from src/api.
 */
import { writeFileSync } from 'node:fs';
import { buildCrdTemplate, crdTemplatePath } from './crd-template.ts';

writeFileSync(new URL(`../../${crdTemplatePath}`, import.meta.url), buildCrdTemplate());
