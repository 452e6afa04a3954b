/**
 * A zod schema as one of Kubernetes' structural schemas, without losing what it says about unknown fields and nulls.
 *
 * The API server drops unknown fields and nulls in silence, and only then validates: a mistyped `enforcement: Strict`
 * would become the default. So where the zod schema is strict, both are kept, counted, and refused with a sentence.
 */
import { z } from 'zod';

export interface Schema {
  [keyword: string]: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | false;
}

interface Validation {
  readonly rule: string;
  readonly message: string;
}

/** What says most comes first, children last: people read the file that comes of it. */
const order = ['description', 'type', 'format', 'enum', 'default', 'nullable', 'required', 'maxItems', 'maxProperties'];
const children = ['properties', 'items', 'additionalProperties'];

export function toStructural(schema: z.ZodType): Schema {
  return convert(z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', reused: 'inline' }) as Schema);
}

function convert({ properties, items, additionalProperties, ...rest }: Schema): Schema {
  let node: Schema = rest.type === 'integer' ? toInt64(rest) : rest;
  if (items !== undefined) node = { ...node, items: convert(items) };
  if (properties !== undefined) node = { ...node, properties: mapValues(properties, convert) };
  if (additionalProperties === false) return sorted(refuseUnknown(node));
  if (additionalProperties === undefined) return sorted(node);
  return sorted(refuseNullValues(node, convert(additionalProperties)));
}

/**
 * `dyn` shows the object as it was sent: all of its fields, nulls too, where `has` sees the known ones with a value.
 * A required field needs no help: without its null it is missing.
 */
function refuseUnknown({ properties = {}, ...node }: Schema): Schema {
  const names = Object.keys(properties);
  const present = names.map((name) => `has(self.${name})`).join(', ');
  const visibleNulls = names.map((name) => {
    const property = properties[name] as Schema;
    return [name, node.required?.includes(name) ? property : sorted({ ...property, nullable: true })];
  });
  const knownFields = {
    rule: `dyn(self).size() == [${present}].filter(present, present).size()`,
    message: `only ${names.join(', ')} can be written here, and none of them may be null`,
  };
  const unknownKept = { ...node, 'x-kubernetes-preserve-unknown-fields': true };
  return withRule({ ...unknownKept, properties: Object.fromEntries(visibleNulls) }, knownFields);
}

/** In YAML `team:` is a null. In a map of texts the API server would drop it, and the selector would select more. */
function refuseNullValues(node: Schema, values: Schema): Schema {
  return withRule(
    { ...node, additionalProperties: sorted({ ...values, nullable: true }) },
    { rule: 'self.all(key, dyn(self[key]) != null)', message: 'a value is null; write "" for an empty one' },
  );
}

function withRule(node: Schema, validation: Validation): Schema {
  const others = (node['x-kubernetes-validations'] ?? []) as Validation[];
  return { ...node, 'x-kubernetes-validations': [validation, ...others] };
}

/** zod states the range of JavaScript's safe integers, which is no rule of ours. */
function toInt64({ minimum, maximum, ...rest }: Schema): Schema {
  const bounds = Object.entries({ minimum, maximum }).filter(([, bound]) => Number.isSafeInteger(bound));
  const stated = bounds.filter(([, bound]) => Math.abs(bound as number) !== Number.MAX_SAFE_INTEGER);
  return { ...rest, format: 'int64', ...Object.fromEntries(stated) };
}

function mapValues<A, B>(record: Record<string, A>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function sorted(node: Schema): Schema {
  const place = (keyword: string) => {
    if (children.includes(keyword)) return order.length + 1 + children.indexOf(keyword);
    return order.includes(keyword) ? order.indexOf(keyword) : order.length;
  };
  return Object.fromEntries(Object.entries(node).sort(([a], [b]) => place(a) - place(b)));
}
