/**
 * values.schema.json, by which Helm itself refuses values that would break something or do nothing. Draft 7 of JSON Schema: every Helm from 3.0 on
 * reads it.
 */
import { shapes } from './shapes.ts';
import type { Schema, Value } from './values.ts';

const types: Readonly<Record<string, string>> = { string: 'string', boolean: 'boolean' };

/** What a chart that has this one as a dependency may give it without having been asked. */
const fromParents = {
  global: { type: 'object', description: 'What a parent chart shares among its dependencies; nothing here reads it.' },
  enabled: { type: 'boolean', description: "A parent chart's condition for this dependency; nothing here reads it." },
};

export function buildSchema(values: readonly Value[]): Schema {
  const used = new Set<string>();
  const root = toObject(values, used);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'FlagValues of the chart sse-kms-operator',
    ...root,
    properties: { ...(root.properties as object), ...fromParents },
    definitions: Object.fromEntries(Object.entries(shapes).filter(([name]) => used.has(name))),
  };
}

function toObject(values: readonly Value[], used: Set<string>): Schema {
  const required = values.filter((value) => !canBeAbsent(value)).map(({ key }) => key);
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(values.map((value) => [value.key, toSchema(value, used)])),
  };
}

/** `null` takes a default away: harmless where that is empty, else it must be said what counts instead. */
function canBeAbsent({ default: value }: Value): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}

function toSchema(value: Value, used: Set<string>): Schema {
  const { shape, ...keywords } = value.annotation;
  const about = { title: value.path, ...(value.description && { description: value.description }) };
  if (value.children) return { ...about, ...toObject(value.children, used), ...keywords };
  if (typeof shape === 'string') {
    used.add(shape);
    for (const name of referencesOf(shapes[shape])) used.add(name);
    // Beside a $ref draft 7 ignores all else.
    return { ...about, allOf: [{ $ref: `#/definitions/${shape}` }], ...keywords, default: value.default };
  }
  const type = 'type' in keywords ? {} : toType(value.default);
  return { ...about, ...type, ...keywords, default: value.default };
}

function toType(value: unknown): Schema {
  if (Array.isArray(value)) return { type: 'array' };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  return { type: types[typeof value] ?? 'object' };
}

/** Names of the shapes within a shape. */
function referencesOf(schema: unknown): string[] {
  const direct = [...JSON.stringify(schema).matchAll(/"#\/definitions\/(\w+)"/g)].map(([, name = '']) => name);
  return direct.flatMap((name) => [name, ...referencesOf(shapes[name])]);
}
