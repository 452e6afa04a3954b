/**
 * The plan for a ConfigMap or Secret: a plan for each config file in `data` and `binaryData`, and the JSON Patch that
 * applies them.
 */

import type { Assignment } from '../assignment/resolve.ts';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import { readDocument } from '../clients/s3a/document.ts';
import { type Around, alone, bySetting, findOtherStores, findSaid, type Said } from '../clients/s3a/other-stores.ts';
import { plan } from '../clients/s3a/plan.ts';
import { sourcePrefix } from '../clients/s3a/sort-elements.ts';
import { findWaysToAws, joinWays, type WaysToAws } from '../clients/s3a/ways-to-aws.ts';
import { planSpark } from '../clients/spark/plan.ts';
import { findSparkWaysToAws } from '../clients/spark/stores.ts';
import {
  type ConfigFile,
  ConfigFiles,
  type ConfigObjectContent,
  type FileRole,
  type FileRules,
  isBase64,
} from './config-files.ts';
import { toExcerpt } from './excerpt.ts';
import type { DesiredFile, Plan, Purpose } from './plan.ts';
import { buildRecentPlans } from './recent-plans.ts';
import { redact } from './redaction.ts';
import type { Note, Refused } from './report.ts';
import { maxBytes, mayExceed, utf8Length } from './size.ts';

export { ConfigFiles, type ConfigObjectContent, type ConfigObjectKind, type FileRules } from './config-files.ts';

export interface FilePlan {
  readonly field: 'data' | 'binaryData';
  readonly dataKey: string;
  readonly role: FileRole;
  /** The value is text in base64. */
  readonly base64: boolean;
  readonly plan: Plan;
}

export interface JsonPatchOperation {
  readonly op: 'replace';
  readonly path: string;
  readonly value: string;
}

/** The plan for an object as a whole. One refused file refuses the object. */
export type ConfigObjectPlan =
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
  /** The line with a mark under the place; null where the file isn't text, or is in a Secret and must not be shown. */
  readonly excerpt: string | null;
}

/**
 * Plans every config file of an object for an assignment. Of `enforcement` only Strict matters here: the caller decides
 * whether a change is made (Enforce, Strict) or reported (Audit).
 */
export function planConfigObject(
  content: ConfigObjectContent,
  assignment: Assignment,
  rules: FileRules,
  purpose: Purpose = 'write',
): ConfigObjectPlan {
  return planConfigFiles(new ConfigFiles(content, rules), assignment, purpose);
}

/** As `planConfigObject`, for a caller that has already searched for the config files. */
export function planConfigFiles(
  files: ConfigFiles,
  assignment: Assignment,
  purpose: Purpose = 'write',
): ConfigObjectPlan {
  const { content } = files;
  const desired: DesiredFile = {
    source: sourcePrefix + assignment.name,
    algorithm: assignment.algorithm,
    key: assignment.key,
    encryptionContext: assignment.encryptionContext ?? null,
    buckets: assignment.buckets,
    strict: assignment.enforcement === 'Strict',
    ...(content.kind === 'Secret' && { confidential: true }),
    ...(assignment.otherStores && { otherStores: assignment.otherStores }),
  };
  const planned = planEach(files, desired, assignment, purpose);
  const refusals = planned.flatMap((file) => toRefusal(content, file));
  if (refusals.length > 0) return { kind: 'refused', files: planned, refusals };
  const notes = planned.flatMap(({ dataKey, plan }) =>
    plan.kind === 'refused' ? [] : plan.notes.map((note) => ({ dataKey, ...note })),
  );
  const patch = planned.flatMap(toPatch);
  if (patch.length > 0 && isTooLarge(content, planned)) {
    const grown = planned
      .filter(({ plan }) => plan.kind === 'change')
      .map(({ dataKey }) => ({ dataKey, ...tooLarge(content), excerpt: null }));
    return { kind: 'refused', files: planned, refusals: grown };
  }
  return patch.length === 0
    ? { kind: 'unchanged', files: planned, notes }
    : { kind: 'change', files: planned, notes, patch };
}

function planEach(files: ConfigFiles, desired: DesiredFile, assignment: Assignment, purpose: Purpose): FilePlan[] {
  const { content } = files;
  const planned: FilePlan[] = [];
  let units = 0;
  const counting = files.list(desired.strict);
  const around = desired.otherStores === 'Leave' ? lookAround(counting) : null;
  for (const file of counting) {
    const filePlan = planEachFile(file, desired, assignment, around, purpose);
    units += filePlan.plan.kind === 'change' ? filePlan.plan.result.length : 0;
    planned.push(content.kind === 'Secret' ? { ...filePlan, plan: redact(filePlan.plan) } : filePlan);
    // The results alone are too large. Stop early: there may be ten thousand files, and each would grow by our block.
    if (units > maxBytes) break;
  }
  return planned;
}

/** Plans are pure, so a kept one equals a new one. Plans for Secrets are not kept. */
const recent = buildRecentPlans();

/** The planner for each role. */
const clients: Readonly<Record<FileRole, (...of: [string, DesiredFile, Around, Purpose]) => Plan>> = {
  core: (text, desired, around, purpose) => plan(text, desired, 'core', around, purpose),
  other: (text, desired, around, purpose) => plan(text, desired, 'other', around, purpose),
  spark: planSpark,
};

function planEachFile(
  { field, dataKey, role, base64, value }: ConfigFile,
  desired: DesiredFile,
  assignment: Assignment,
  around: Around | null,
  purpose: Purpose,
): FilePlan {
  const place = { field, dataKey, role, base64 };
  const text = base64 ? decodeBase64(value) : value;
  if (text === null) return { ...place, plan: notUtf8 };
  const make = () => clients[role](text, desired, around ?? alone, purpose);
  const isKept = !base64 && around === null;
  return { ...place, plan: isKept ? recent.plan({ text, role, assignment, purpose }, make) : make() };
}

/** What all files together say about the store: an endpoint in one file also counts for the others. */
function lookAround(files: readonly ConfigFile[]): Around {
  const ways: WaysToAws[] = [];
  const said: Said[] = [];
  let elsewhere = false;
  for (const { by, role, value, base64 } of files) {
    const text = (base64 ? decodeBase64(value) : value) ?? '';
    if (role === 'spark') ways.push(findSparkWaysToAws(text));
    const read = role === 'spark' ? null : readDocument(text);
    if (read?.ok !== true) continue;
    ways.push(findWaysToAws(read.document));
    for (const one of findSaid(read.document)) said.push(one);
    // The endpoint of core-site.xml also counts for other files that set none.
    elsewhere ||= by === 'core' && findOtherStores(read.document).some(({ bucket }) => bucket === null);
  }
  return { elsewhere, waysToAws: joinWays(ways), said: bySetting(said) };
}

function toRefusal(content: ConfigObjectContent, { field, dataKey, base64, plan }: FilePlan): FileRefusal[] {
  if (plan.kind !== 'refused') return [];
  const value = content[field]?.[dataKey] ?? '';
  const text = content.kind === 'Secret' ? null : base64 ? decodeBase64(value) : value;
  return [{ dataKey, ...plan, excerpt: text && toExcerpt(text, plan) }];
}

const notUtf8: Refused = {
  kind: 'refused',
  reason: 'UnsupportedEncoding',
  line: 1,
  column: 1,
  message: 'the file is not UTF-8: save it as UTF-8',
};

function tooLarge({ kind = 'ConfigMap' }: ConfigObjectContent): Refused {
  const message = `with the encryption properties the values of the ${kind} have more than ${maxBytes} bytes: split it`;
  return { kind: 'refused', reason: 'TooLarge', line: 1, column: 1, message };
}

/** Whether all values have too many bytes once the plans are applied. The API server counts them together, those in base64 decoded. */
function isTooLarge(content: ConfigObjectContent, planned: readonly FilePlan[]): boolean {
  const results = planned.flatMap(({ plan }) => (plan.kind === 'change' ? plan.result : []));
  const values = [content.data, content.binaryData].flatMap((field) => Object.values(field ?? {}));
  const units = [...results, ...values].reduce((sum, { length }) => sum + length, 0);
  return (
    mayExceed(units) && bytesOf(content) + planned.reduce((sum, one) => sum + growthOf(content, one), 0) > maxBytes
  );
}

function bytesOf(content: ConfigObjectContent): number {
  let bytes = 0;
  for (const field of ['data', 'binaryData'] as const) {
    const length = isBase64(content, field) ? decodedLength : utf8Length;
    for (const value of Object.values(content[field] ?? {})) bytes += length(value);
  }
  return bytes;
}

function growthOf(content: ConfigObjectContent, { field, dataKey, base64, plan }: FilePlan): number {
  if (plan.kind !== 'change') return 0;
  const before = content[field]?.[dataKey] ?? '';
  return utf8Length(plan.result) - (base64 ? decodedLength(before) : utf8Length(before));
}

function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

/** No `test` operation: the API server compares JSON bytes, in which its `<` is escaped, and would answer 500. */
function toPatch({ field, dataKey, base64, plan }: FilePlan): JsonPatchOperation[] {
  if (plan.kind !== 'change') return [];
  const path = `/${field}/${dataKey.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return [{ op: 'replace', path, value: base64 ? encodeBase64(plan.result) : plan.result }];
}
