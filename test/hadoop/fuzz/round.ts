/**
 * Some thousand trials at once: all of them are planned, then each version reads them, two versions at a time.
 */
import { copyFileSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Promised } from '../bench.ts';
import { hasCause } from '../causes.ts';
import type { HadoopVersion } from '../jars.ts';
import { isFailure, type Judge, type Reading, startJudge } from '../judge.ts';
import { hasHiddenCause } from './hidden.ts';
import { type PlanFile, planBytes } from './plan-file.ts';
import { type Reader, readTrial } from './reading.ts';
import type { Subject } from './subject.ts';
import { checkPlan, planSubject, type Report, type Trial } from './trial.ts';

export interface Finding {
  readonly subject: Subject;
  readonly promise: Promised;
  /** The version that tells; undefined where none had to be asked. */
  readonly version: HadoopVersion | undefined;
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

export interface Tally {
  documents: number;
  readings: number;
  readonly outcomes: Map<string, number>;
  readonly findings: Finding[];
}

export function startTally(): Tally {
  return { documents: 0, readings: 0, outcomes: new Map(), findings: [] };
}

/** JVMs at a time: a core for each, and one of them free for the rest now and then. */
const lanes = 2;
/** Questions that wait in a JVM's pipe. */
const slice = 400;

const included = ['../documents/*.inc', './included/*.inc'].flatMap((pattern) =>
  globSync(fileURLToPath(new URL(pattern, import.meta.url))),
);

export async function runRound(
  subjects: readonly Subject[],
  versions: readonly HadoopVersion[],
  tally: Tally,
  say: (state: string) => void,
  planFile: PlanFile = planBytes,
): Promise<void> {
  const trials: Trial[] = [];
  for (const [index, subject] of subjects.entries()) {
    if (index % 100 === 0) {
      say(`${index} of ${subjects.length} planned`);
      await setImmediate();
    }
    trials.push(plan(subject, tally, planFile));
  }
  const files = await openFolder();
  const readings = new Map<Trial, Reading[]>();
  try {
    const waiting = [...versions];
    const lane = async (): Promise<void> => {
      for (let version = waiting.shift(); version !== undefined; version = waiting.shift()) {
        await readAll(version, trials, files, tally, readings, say);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    await files.remove();
  }
  for (const trial of trials) checkCause(trial, readings.get(trial) ?? [], versions.length, tally);
}

function plan(subject: Subject, tally: Tally, planFile: PlanFile): Trial {
  const trial = planSubject(subject, planFile);
  tally.documents++;
  const outcome = trial.plan.kind === 'refused' ? trial.plan.reason : trial.plan.kind;
  tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1);
  checkPlan(trial, planFile, reportTo(tally, subject, undefined));
  return trial;
}

async function readAll(
  version: HadoopVersion,
  trials: readonly Trial[],
  files: Folder,
  tally: Tally,
  readings: Map<Trial, Reading[]>,
  say: (state: string) => void,
): Promise<void> {
  const judge = await startJudge(version, files.folder);
  try {
    const reader = toReader(judge, files, tally);
    for (let at = 0; at < trials.length; at += slice) {
      say(`${at} of ${trials.length} read by Hadoop ${version}`);
      await Promise.all(
        trials.slice(at, at + slice).map(async (trial) => {
          const before = await readTrial(trial, reader, reportTo(tally, trial.subject, version));
          if (trial.plan.kind === 'refused' && !isFailure(before)) push(readings, trial, before);
        }),
      );
    }
  } finally {
    await judge.stop();
  }
}

export function toReader(judge: Judge, files: Folder, tally: Pick<Tally, 'readings'>): Reader {
  return {
    version: judge.version,
    write: files.write,
    async ask(question) {
      tally.readings += question.modes.length;
      const [verdict] = await judge.judge([question]);
      if (verdict === undefined) throw new Error('no verdict');
      return verdict;
    },
  };
}

function checkCause(trial: Trial, readings: readonly Reading[], versions: number, tally: Tally): void {
  const { plan, subject } = trial;
  if (plan.kind !== 'refused' || !causeIsMissing(trial, readings.length === versions ? readings : [])) return;
  const report = reportTo(tally, subject, undefined);
  report('refuses nothing without the cause it names', `${plan.line}:${plan.column}`, 'a change', plan.reason);
}

/** Malformed is looked at version by version. `readings`: none where a version can't read the file. */
export function causeIsMissing({ plan, subject, text }: Trial, readings: readonly Reading[]): boolean {
  if (plan.kind !== 'refused' || plan.reason === 'Malformed') return false;
  return !hasCause(plan.reason, subject.bytes, readings) && !hasHiddenCause(plan.reason, text ?? '');
}

function reportTo(tally: Tally, subject: Subject, version: HadoopVersion | undefined): Report {
  return (promise, where, expected, got) => {
    tally.findings.push({ subject, promise, version, where, expected, got });
  };
}

function push(readings: Map<Trial, Reading[]>, trial: Trial, reading: Reading): void {
  const known = readings.get(trial);
  if (known === undefined) readings.set(trial, [reading]);
  else known.push(reading);
}

export interface Folder {
  readonly folder: string;
  write(content: string | Uint8Array): Promise<string>;
  remove(): Promise<void>;
}

/** A folder for documents, where the files that some of them include are at hand. */
export async function openFolder(): Promise<Folder> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const clear = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', clear); // where a signal ends us
  for (const file of included) copyFileSync(file, join(folder, basename(file)));
  const written = new Map<string | Uint8Array, Promise<string>>();
  const writeNew = async (content: string | Uint8Array): Promise<string> => {
    const path = join(folder, `${written.size}.xml`);
    await writeFile(path, content);
    return path;
  };
  return {
    folder,
    write(content) {
      const path = written.get(content) ?? writeNew(content);
      written.set(content, path);
      return path;
    },
    async remove() {
      process.off('exit', clear);
      await Promise.allSettled(written.values());
      await rm(folder, { recursive: true, force: true });
    },
  };
}
