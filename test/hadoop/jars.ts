/**
 * Hadoop's own jars in the cache folder, fetched by Maven once, and the judge compiled beside them.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from '../controlplane/lock.ts';
import { type Say, sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { cacheFolder } from '../run/cache-folder.mjs';

/** The last of each parser version: 2.10; legacy names only; the last 3.4; the last that is released. */
export const hadoopVersions = ['2.10.2', '3.3.1', '3.4.3', '3.5.0'] as const;
export type HadoopVersion = (typeof hadoopVersions)[number];

const sources = fileURLToPath(new URL('./judge/', import.meta.url));

/** What reads configuration files, as files and as a folder of an engine, and what searches jars for their names. */
const programs = [
  ...['Judge.java', 'Engine.java', 'Engines.java', 'LoadedNames.java'],
  ...['Writer.java', 'Renamer.java', 'Client.java', 'OtherKey.java'],
];

/** Compiled against the oldest version, whose classes the oldest bytecode can name. */
const compiledAgainst: HadoopVersion = '2.10.2';

/** Hadoop's other engines and those of others, each behind the Hadoop that it is judged with. */
export const engineReleases = [
  ...hadoopVersions.map((hadoop) => ({ title: `Hadoop ${hadoop}`, hadoop, pom: null })),
  { title: 'Hive 3.1.3', hadoop: '3.3.1', pom: 'hive-3.1.3' },
  { title: 'Hive 4.0.1', hadoop: '3.4.3', pom: 'hive-4.0.1' },
  { title: 'Spark 4.1.0, HBase 2.6.3, Tez 0.10.5 and Ozone 2.1.0', hadoop: '3.5.0', pom: 'others' },
] as const;
export type EngineRelease = (typeof engineReleases)[number];

/** The class path of a judge of this version, fetched and compiled first where need be, by one process at a time. */
export async function ensureJudge(version: HadoopVersion, say: Say = sayOnStderr): Promise<string> {
  if (!existsSync(classFolder()) || !existsSync(jarFolder(version))) {
    await whileLocked(() => prepare(version, say), say);
  }
  return [classFolder(), join(jarFolder(version), '*')].join(':');
}

/** The judge's classes, and the folders of jars that an engine has on its class path, Hadoop's first. */
export async function ensureEngines(
  { hadoop, pom }: EngineRelease,
  say: Say = sayOnStderr,
): Promise<{ classes: string; folders: string[] }> {
  const others = [jarsOf('engines', hadoop), ...(pom === null ? [] : [jarsOf(pom)])];
  const folders = [jarFolder(hadoop), ...others.map(({ folder }) => folder)];
  if (![classFolder(), ...folders].every(existsSync)) {
    const fetch = async (): Promise<void> => {
      await prepare(hadoop, say);
      for (const jars of others) await fetchInto(jars, say);
    };
    await whileLocked(fetch, say);
  }
  return { classes: classFolder(), folders };
}

/** The folder that holds the jars of this version, fetched first where need be. */
export async function ensureJars(version: HadoopVersion, say: Say = sayOnStderr): Promise<string> {
  if (!existsSync(jarFolder(version))) await whileLocked(() => fetchJars(version, say), say);
  return jarFolder(version);
}

/** The folder with what S3A of Hadoop 3.4 and later needs besides to copy objects in parts. */
export async function ensureAsyncClient(say: Say = sayOnStderr): Promise<string> {
  const jars = { ...jarsOf('async-client'), megabytes: 10 };
  if (!existsSync(jars.folder)) await whileLocked(() => fetchInto(jars, say), say);
  return jars.folder;
}

/** One process at a time prepares. */
export function whileLocked(prepare: () => Promise<void>, say: Say): Promise<void> {
  return withLock(join(cacheFolder(), 'hadoop', 'preparing'), prepare, once(say));
}

/** A name for what is made of a source, so that another checkout with another one doesn't disturb. */
export function digestOf(...paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest('hex').slice(0, 10);
}

function jarFolder(version: HadoopVersion): string {
  return join(cacheFolder(), 'hadoop', `${version}-${digest(`pom-${version}.xml`)}`);
}

export interface Jars {
  readonly title: string;
  readonly folder: string;
  readonly pom: string;
  /** Further words for Maven. */
  readonly words: readonly string[];
  /** Of all the jars, roughly; default 30. */
  readonly megabytes?: number;
}

/** What a pom names, for this version of Hadoop where the pom leaves it open. */
function jarsOf(pom: string, hadoop?: HadoopVersion): Jars {
  const name = hadoop === undefined ? pom : `${pom}-${hadoop}`;
  return {
    title: name,
    folder: join(cacheFolder(), 'hadoop', `${name}-${digest(`pom-${pom}.xml`)}`),
    pom: join(sources, `pom-${pom}.xml`),
    words: hadoop === undefined ? [] : [`-Dhadoop.version=${hadoop}`],
  };
}

function classFolder(): string {
  return join(cacheFolder(), 'hadoop', `judge-${digest(...programs)}`);
}

function digest(...files: readonly string[]): string {
  return digestOf(...files.map((file) => join(sources, file)));
}

async function prepare(version: HadoopVersion, say: Say): Promise<void> {
  await fetchJars(version, say);
  if (existsSync(classFolder())) return;
  await fetchJars(compiledAgainst, say);
  await fill(classFolder(), (folder) =>
    run('javac', [
      ...['--release', '8', '-Xlint:-options', '-cp', join(jarFolder(compiledAgainst), '*')],
      ...['-d', folder, ...programs.map((program) => join(sources, program))],
    ]),
  );
}

async function fetchJars(version: HadoopVersion, say: Say): Promise<void> {
  const pom = join(sources, `pom-${version}.xml`);
  await fetchInto({ title: `Hadoop ${version}`, folder: jarFolder(version), pom, words: [] }, say);
}

/** The jars that a pom names, in a folder; the caller holds the lock. */
export async function fetchInto({ title, folder, pom, words, megabytes = 30 }: Jars, say: Say): Promise<void> {
  if (existsSync(folder)) return;
  await withProgress(say, `fetching the jars of ${title} with Maven (some ${megabytes} MB)`, (state) =>
    fill(folder, async (partial) => {
      let fetched = 0;
      const repository = join(cacheFolder(), 'hadoop', 'repository');
      const where = ['-B', '-f', pom, `-Dmaven.repo.local=${repository}`, ...words];
      await run('mvn', [...where, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`], (line) => {
        if (!line.includes('Downloaded from')) return;
        fetched++;
        state(`${fetched} files, the last ${line.replace(/^.*\/(\S+) (\(.*\))$/, '$1 $2')}`);
      });
    }),
  );
}

/** A folder is there whole or not at all. */
export async function fill(folder: string, write: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(join(cacheFolder(), 'hadoop'), { recursive: true });
  const partial = await mkdtemp(`${folder}.partial-`);
  try {
    await write(partial);
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

export function run(
  command: string,
  args: readonly string[],
  onLine: (line: string) => void = () => {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    const hear = (text: string): void => {
      said += text;
      for (const line of text.split('\n')) onLine(line.trim());
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code}:\n${said.slice(-4000)}`));
    });
  });
}

function once(say: Say): (owner: string) => void {
  let said = false;
  return (owner) => {
    if (!said) say(`waiting for another process (${owner}) that fetches Hadoop's jars`);
    said = true;
  };
}
