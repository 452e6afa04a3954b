/**
 * The plan for a ConfigMap: each Hadoop file in its `data` and `binaryData`, and the JSON Patch that carries it out.
 */
import type { Assignment } from './assignment.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { sourcePrefix } from './hadoop/members.ts';
import { type Desired, type FileRole, type Note, type Plan, plan, type Refused } from './plan.ts';
import { maxBytes, utf8Length } from './size.ts';

/** Which data keys hold Hadoop files. */
export interface HadoopFiles {
  /** Files that get our properties, for example `core-site.xml`. */
  readonly core: readonly string[];
  /** Files out of which the family is cut, for example `hdfs-site.xml`. */
  readonly other: readonly string[];
}

/** As much of a ConfigMap as the plan needs. Only own keys count, so `__proto__` is a data key like any other. */
export interface ConfigMapContent {
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Values in base64, as the API has them. */
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
}

export interface FilePlan {
  readonly field: 'data' | 'binaryData';
  readonly dataKey: string;
  readonly role: FileRole;
  readonly plan: Plan;
}

export interface JsonPatchOperation {
  readonly op: 'replace';
  readonly path: string;
  readonly value: string;
}

/** What a ConfigMap needs as a whole; one refused file refuses the ConfigMap. */
export type ConfigMapPlan =
  | { readonly kind: 'unchanged'; readonly files: readonly FilePlan[]; readonly notes: readonly FileNote[] }
  | {
      readonly kind: 'change';
      readonly files: readonly FilePlan[];
      readonly notes: readonly FileNote[];
      readonly patch: readonly JsonPatchOperation[];
    }
  | { readonly kind: 'refused'; readonly files: readonly FilePlan[]; readonly refusals: readonly FileRefusal[] };

export interface FileNote extends Note {
  readonly dataKey: string;
}

export interface FileRefusal extends Refused {
  readonly dataKey: string;
}

interface CarriedFile {
  readonly field: 'data' | 'binaryData';
  readonly dataKey: string;
  readonly role: FileRole;
  readonly value: string;
}

/** True where the ConfigMap holds at least one of the Hadoop files: a *carrier*. */
export function isCarrier(content: ConfigMapContent, files: HadoopFiles): boolean {
  return findFiles(content, files).length > 0;
}

/** True where both hold the same Hadoop files with the same values. */
export function carriesSame(a: ConfigMapContent, b: ConfigMapContent, files: HadoopFiles): boolean {
  const ofB = findFiles(b, files);
  const ofA = findFiles(a, files);
  return (
    ofA.length === ofB.length &&
    ofA.every(({ field, dataKey, value }, index) => {
      const other = ofB[index];
      return other?.field === field && other.dataKey === dataKey && other.value === value;
    })
  );
}

/**
 * Plans every Hadoop file of a ConfigMap for an assignment. `enforcement` decides strictness only: whether a change is
 * made (Enforce, Strict) or reported (Audit) is the caller's business.
 */
export function planConfigMap(content: ConfigMapContent, assignment: Assignment, files: HadoopFiles): ConfigMapPlan {
  const desired: Desired = {
    source: sourcePrefix + assignment.name,
    algorithm: assignment.algorithm,
    key: assignment.key,
    encryptionContext: assignment.encryptionContext ?? null,
    buckets: assignment.buckets,
    strict: assignment.enforcement === 'Strict',
  };
  const planned = findFiles(content, files).map((file) => planFile(file, desired));
  const refusals = planned.flatMap(({ dataKey, plan }) => (plan.kind === 'refused' ? [{ dataKey, ...plan }] : []));
  if (refusals.length > 0) return { kind: 'refused', files: planned, refusals };
  const notes = planned.flatMap(({ dataKey, plan }) =>
    plan.kind === 'refused' ? [] : plan.notes.map((note) => ({ dataKey, ...note })),
  );
  const patch = planned.flatMap(toPatch);
  if (patch.length > 0 && isTooLarge(content, planned)) {
    const grown = planned.filter(({ plan }) => plan.kind === 'change').map(({ dataKey }) => ({ dataKey, ...tooLarge }));
    return { kind: 'refused', files: planned, refusals: grown };
  }
  return patch.length === 0
    ? { kind: 'unchanged', files: planned, notes }
    : { kind: 'change', files: planned, notes, patch };
}

function findFiles(content: ConfigMapContent, files: HadoopFiles): CarriedFile[] {
  const found: CarriedFile[] = [];
  for (const field of ['data', 'binaryData'] as const) {
    const values = content[field] ?? {};
    for (const role of ['core', 'other'] as const) {
      for (const dataKey of files[role]) {
        const value = Object.hasOwn(values, dataKey) ? values[dataKey] : undefined;
        if (value !== undefined) found.push({ field, dataKey, role, value });
      }
    }
  }
  return found;
}

function planFile(file: CarriedFile, desired: Desired): FilePlan {
  const { field, dataKey, role } = file;
  const text = field === 'data' ? file.value : decodeBase64(file.value);
  return { field, dataKey, role, plan: text === null ? notUtf8 : plan(text, desired, role) };
}

const notUtf8: Refused = {
  kind: 'refused',
  reason: 'UnsupportedEncoding',
  line: 1,
  column: 1,
  message: 'the file is not UTF-8: save it as UTF-8',
};

const tooLarge: Refused = {
  kind: 'refused',
  reason: 'TooLarge',
  line: 1,
  column: 1,
  message: `with the encryption properties the values of the ConfigMap have more than ${maxBytes} bytes: split it`,
};

/** The API server counts all values together, those of `binaryData` decoded. */
function isTooLarge({ data = {}, binaryData = {} }: ConfigMapContent, planned: readonly FilePlan[]): boolean {
  let bytes = 0;
  for (const value of Object.values(data)) bytes += utf8Length(value);
  for (const value of Object.values(binaryData)) bytes += decodedLength(value);
  for (const { field, dataKey, plan } of planned) {
    if (plan.kind !== 'change') continue;
    const before = field === 'data' ? utf8Length(data[dataKey] ?? '') : decodedLength(binaryData[dataKey] ?? '');
    bytes += utf8Length(plan.result) - before;
  }
  return bytes > maxBytes;
}

function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** No `test` operation: the API server compares JSON bytes, in which its `<` is escaped, and would answer 500. */
function toPatch({ field, dataKey, plan }: FilePlan): JsonPatchOperation[] {
  if (plan.kind !== 'change') return [];
  const path = `/${field}/${dataKey.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [{ op: 'replace', path, value: field === 'data' ? plan.result : encodeBase64(plan.result) }];
}
