/**
 * Schemas for kubeconform, as strict as they can be, of what an API server says that its objects are.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Schema = Record<string, unknown>;

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** Where kubeconform finds the files in a folder, as its --schema-location. */
export const schemaLocation = (folder: string): string => join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json');

/** Writes a file for each kind in the answer at /openapi/v2. @returns how many */
export async function writeSchemas(openApi: string, folder: string): Promise<number> {
  const { definitions } = JSON.parse(openApi) as { definitions: Record<string, Schema> };
  const strict = Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, toStrict(schema)]));
  let count = 0;
  for (const [name, schema] of Object.entries(definitions)) {
    for (const kind of (schema['x-kubernetes-group-version-kind'] ?? []) as readonly Kind[]) {
      const used = Object.fromEntries([...usedBy(name, strict)].map((each) => [each, strict[each]]));
      const text = JSON.stringify({ $ref: `#/definitions/${name}`, definitions: used });
      await writeFile(join(folder, toFileName(kind)), text);
      count += 1;
    }
  }
  return count;
}

/** As kubeconform's template has it: of the group the first part alone. */
function toFileName({ group, version, kind }: Kind): string {
  const parts = [kind, ...(group === '' ? [] : [group.split('.', 1)[0]]), version];
  return `${parts.join('-').toLowerCase()}.json`;
}

function usedBy(name: string, definitions: Readonly<Record<string, unknown>>, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const references = JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g);
  for (const [, reference = ''] of references) usedBy(reference, definitions, found);
  return found;
}

/** Without what OpenAPI 2 can't say: that there are no other fields, and which texts may also be numbers. */
function toStrict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(toStrict);
  if (typeof node !== 'object' || node === null) return node;
  const schema: Schema = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, toStrict(value)]));
  const { format } = schema;
  const isQuantity = typeof schema.description === 'string' && schema.description.startsWith('Quantity is');
  if (schema.type === 'string' && (format === 'int-or-string' || isQuantity)) {
    const { format: _, ...rest } = schema;
    return { ...rest, type: ['string', 'number'] };
  }
  const open = 'additionalProperties' in schema || schema['x-kubernetes-preserve-unknown-fields'] === true;
  return schema.type === 'object' && 'properties' in schema && !open
    ? { ...schema, additionalProperties: false }
    : schema;
}
