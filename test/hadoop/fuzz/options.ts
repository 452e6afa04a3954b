/**
 * The fuzzer's command line.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type HadoopVersion, hadoopVersions } from '../jars.ts';

export interface Options {
  readonly seed: number;
  /** How long to go on; undefined where `documents` says how far. */
  readonly hours: number | undefined;
  readonly documents: number;
  /** One document, told by its number, instead of many. */
  readonly only: number | undefined;
  readonly versions: readonly HadoopVersion[];
  /** Where cases are written. */
  readonly found: string;
}

export const usage = `npm run fuzz -- [OPTION...]
  --seed N         which documents (default: by the clock; it is printed)
  --documents N    how many (default 20000)
  --hours H        go on for so long instead; fractions are fine
  --only K         replay the document of this number; CORPUS must name the folder that it named then
  --versions V,V   of ${hadoopVersions.join(', ')} (default: all)
  --found FOLDER   where failing documents are written as cases (default test/cases/found)`;

/** @throws TypeError with a sentence for the user */
export function parseOptions(words: readonly string[], now: number): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      seed: { type: 'string' },
      documents: { type: 'string' },
      hours: { type: 'string' },
      only: { type: 'string' },
      versions: { type: 'string' },
      found: { type: 'string' },
    },
  });
  const { seed, documents, hours, only, versions, found } = values;
  return {
    seed: seed === undefined ? now % 2 ** 31 : toNumber('seed', seed, true),
    documents: documents === undefined ? 20_000 : toNumber('documents', documents, true),
    hours: hours === undefined ? undefined : toNumber('hours', hours, false),
    only: only === undefined ? undefined : toNumber('only', only, true),
    versions: versions === undefined ? hadoopVersions : versions.split(',').map(toVersion),
    found: found ?? join(import.meta.dirname, '..', '..', 'cases', 'found'),
  };
}

function toNumber(name: string, text: string, whole: boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0 || (whole && !Number.isInteger(value)))
    throw new TypeError(`--${name} ${text} is not a ${whole ? 'whole ' : ''}number`);
  return value;
}

function toVersion(text: string): HadoopVersion {
  const version = hadoopVersions.find((known) => known === text);
  if (version === undefined) throw new TypeError(`--versions ${text}: known are ${hadoopVersions.join(', ')}`);
  return version;
}
