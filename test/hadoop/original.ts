/**
 * A document before anything is planned: what every version reads in it, and what our own reader does.
 */
import { effectiveValues } from '../../src/core/clients/s3a/configuration.ts';
import { propertiesOf, readDocument } from '../../src/core/clients/s3a/document.ts';
import type { Bench } from './bench.ts';
import type { Document } from './constructs.ts';
import { bucketsOf } from './encryption-properties.ts';
import type { HadoopVersion } from './jars.ts';
import { isFailure, type Reading } from './judge.ts';

export interface Original {
  readonly document: Document;
  readonly path: string;
  /** Null where the bytes are no UTF-8. */
  readonly text: string | null;
  /** Every property as the file names it, for each version; undefined where one of them can't read the file. */
  readonly readings: ReadonlyMap<HadoopVersion, Reading> | undefined;
  /** What the first version that can't read it says. */
  readonly failure: string;
  /** Other files decide how it is read. */
  readonly includes: boolean;
  /** The buckets that it has encryption settings for. */
  readonly buckets: readonly string[];
}

/** A bucket that no document and no assignment names. */
export const plainBucket = 'any-bucket';

export async function readOriginal(document: Document, bench: Bench): Promise<Original> {
  const path = await bench.scratch.write(document.bytes);
  const verdicts = await bench.ask({ modes: ['plain', 'asWritten'], buckets: [plainBucket], files: [path] });
  const failure = verdicts.flatMap(([, { plain, asWritten }]) => [plain, asWritten].filter(isFailure))[0];
  const readings =
    failure === undefined
      ? new Map(verdicts.map(([version, { asWritten }]) => [version, asWritten as Reading]))
      : undefined;
  return {
    document,
    path,
    text: decode(document.bytes),
    readings,
    failure: failure?.error ?? '',
    includes: /<(?:[^\s:<>]+:)?include/.test(Buffer.from(document.bytes).toString('latin1')),
    buckets: bucketsOf([...(readings?.values() ?? [])]),
  };
}

/** The scanner and the state machine alone, where one file decides what is read. */
export function compareReading({ document, text, readings, includes }: Original, bench: Bench): void {
  if (text === null || includes) return;
  const read = readDocument(text);
  if (!read.ok || read.document.strayFallback !== null) return;
  for (const version of bench.versions) {
    const properties = propertiesOf(read.document, version.startsWith('2.') ? 'hadoop-2' : 'hadoop-3');
    const finals = properties.filter(({ final }) => final).map(({ name }) => name);
    const got = canonical(effectiveValues(properties), finals);
    const reading = readings?.get(version);
    const expected =
      reading === undefined
        ? 'unreadable'
        : canonical(new Map(Object.entries(reading.properties ?? {})), reading.finals ?? []);
    if (got !== expected)
      bench.report({
        promise: 'reads a file as Hadoop reads it',
        document: document.name,
        where: version,
        expected,
        got,
      });
  }
}

function canonical(values: ReadonlyMap<string, string>, finals: readonly string[]): string {
  return JSON.stringify([[...values].sort(([a], [b]) => (a < b ? -1 : 1)), [...new Set(finals)].sort()]);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // the decoder throws on nothing but bytes that are no UTF-8
  }
}
