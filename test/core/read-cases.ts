/**
 * The cases: each folder under test/cases that holds an input. A person reads what goes in, under which assignment, and
 * what comes out; the files' bytes are exact, so .gitattributes keeps git from touching them.
 *
 * | file                 | what it says                                                                            |
 * | -------------------- | --------------------------------------------------------------------------------------- |
 * | input.xml            | a core-site.xml; under another name (hdfs-site.xml) a file that stands by itself        |
 * | input.base64         | instead: a core-site.xml in `binaryData`, where its bytes are no text                    |
 * | input.properties     | instead: Spark's properties; what comes out is then expected.properties                  |
 * | assignment.yaml      | the spec of a KmsKeyAssignment, as far as it differs from `defaultSpec`                 |
 * | expected.xml         | the file that the plan makes of it                                                      |
 * | expected.yaml        | instead: `unchanged: true`, or a refusal's reason, line and column                      |
 * | expected-strict.yaml | the refusal under Strict; without this file Strict does the same as Enforce             |
 * | notes.yaml           | the notes: kind, line and column of each; without this file there are none              |
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { load } from 'js-yaml';
import type {
  Assignment,
  BucketRule,
  EncryptionContext,
  Enforcement,
  Key,
  OtherStores,
} from '../../src/core/assignment/resolve.ts';
import type { ConfigObjectContent } from '../../src/core/plan/config-object.ts';
import type { Note, Refused } from '../../src/core/plan/report.ts';

export const casesFolder = join(import.meta.dirname, '..', 'cases');

export interface Case {
  /** The folder's path below test/cases: a topic, and a sentence of behaviour. */
  readonly name: string;
  readonly folder: string;
  readonly content: ConfigObjectContent;
  /** Spark's properties. */
  readonly isSpark: boolean;
  /** The file's text; null where its bytes are none. */
  readonly text: string | null;
  assignment(enforcement: Enforcement): Assignment;
  readonly expected: Expected;
}

export interface Expected {
  readonly outcome: Outcome | null;
  readonly strict: RefusalPlace | null;
  readonly notes: readonly NotePlace[];
}

export type RefusalPlace = Pick<Refused, 'reason' | 'line' | 'column'>;
export type NotePlace = Pick<Note, 'kind' | 'line' | 'column'>;
export type Outcome = { readonly unchanged: true } | RefusalPlace | { readonly result: string };

interface Spec {
  readonly algorithm: 'SSE-KMS' | 'DSSE-KMS';
  readonly key: Key;
  readonly encryptionContext?: EncryptionContext;
  readonly buckets: readonly BucketRule[];
  readonly otherStores?: OtherStores;
  /** Of whole ConfigMaps; a file is planned under Enforce and Strict. */
  readonly enforcement?: Enforcement;
}

/** Every case's assignment is called `finance` and says this where its own file doesn't say otherwise. */
export const defaultSpec: Spec = {
  algorithm: 'SSE-KMS',
  key: { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' },
  buckets: [],
};

export function readCases(): Case[] {
  return readdirSync(casesFolder, { recursive: true, encoding: 'utf8' })
    .filter(
      (path) =>
        !path.startsWith('config-maps/') && /^(?:input\.(?:xml|base64|properties)|\w+-site\.xml)$/.test(basename(path)),
    )
    .sort()
    .map((path) => readCase(join(casesFolder, path)));
}

function readCase(input: string): Case {
  const folder = join(input, '..');
  const file = basename(input);
  const spark = file === 'input.properties';
  const dataKey = spark ? 'spark.properties' : file.endsWith('-site.xml') ? file : 'core-site.xml';
  const spec = readSpec(folder);
  const encoded = file === 'input.base64' ? readExact(input).trim() : null;
  const bytes = encoded === null ? readFileSync(input) : Buffer.from(encoded, 'base64');
  return {
    name: relative(casesFolder, folder),
    folder,
    content: encoded === null ? { data: { [dataKey]: readExact(input) } } : { binaryData: { [dataKey]: encoded } },
    isSpark: spark,
    text: Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes) ? bytes.toString('utf8') : null,
    assignment: (enforcement) => ({ name: 'finance', target: { namespaces: ['finance'] }, ...spec, enforcement }),
    expected: readExpected(folder, spark ? 'expected.properties' : 'expected.xml'),
  };
}

const optional = ['encryptionContext', 'otherStores', 'enforcement'];

export function readSpec(folder: string): Spec {
  const own = (readYaml(join(folder, 'assignment.yaml')) ?? {}) as Partial<Spec>;
  for (const field of Object.keys(own)) {
    if (!optional.includes(field) && !Object.hasOwn(defaultSpec, field))
      throw new Error(`${folder}: assignment.yaml has an unknown field ${field}`);
  }
  return { ...defaultSpec, ...own };
}

function readExpected(folder: string, file: string): Expected {
  const path = join(folder, file);
  const outcome = existsSync(path) ? { result: readExact(path) } : readYaml(join(folder, 'expected.yaml'));
  const strict = readYaml(join(folder, 'expected-strict.yaml'));
  const notes = readYaml(join(folder, 'notes.yaml')) ?? [];
  return {
    outcome: outcome as Outcome | null,
    strict: strict as RefusalPlace | null,
    notes: notes as readonly NotePlace[],
  };
}

export function readYaml(path: string): unknown {
  return existsSync(path) ? load(readExact(path)) : null;
}

/** The text, whose bytes must be UTF-8: a byte order mark is kept. */
function readExact(path: string): string {
  const bytes = readFileSync(path);
  const text = bytes.toString('utf8');
  if (!Buffer.from(text, 'utf8').equals(bytes)) throw new Error(`${path} is not UTF-8`);
  return text;
}
