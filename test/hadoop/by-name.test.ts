/**
 * Files that engines load by their names: planned as one ConfigMap, then read by the engines themselves.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { type ConfigObjectPlan, planConfigObject } from '../../src/core/plan/config-object.ts';
import { defaultFiles } from '../../src/core/plan/default-files.ts';
import { describeWith } from '../run/needs.ts';
import { compareEncryption, unmanagedBuckets } from './compare.ts';
import { loadSubjects, openScratch, type Scratch } from './documents.ts';
import { bucketsOf, expectedEncryption } from './encryption-properties.ts';
import { type Engine, type EngineQuestion, type Engines, enginesIn, findReaders, startEngines } from './engines.ts';
import { type Folders, openFolders } from './folders.ts';
import { type EngineRelease, engineReleases, type HadoopVersion } from './jars.ts';
import { type Failure, isFailure, type Reading, startJudge } from './judge.ts';

/** Each is read by an engine of some release (loaded-names.test.ts finds the names). */
const names = [
  ...['core-default.xml', 'hadoop-site.xml', 'hdfs-default.xml', 'hdfs-site.xml', 'hdfs-rbf-default.xml'],
  ...['hdfs-rbf-site.xml', 'mapred-default.xml', 'mapred-site.xml', 'yarn-default.xml', 'yarn-site.xml'],
  ...['resource-types.xml', 'node-resources.xml', 'distcp-default.xml', 'distcp-site.xml', 'hive-site.xml'],
  ...['hivemetastore-site.xml', 'hiveserver2-site.xml', 'metastore-site.xml', '__spark_hadoop_conf__.xml'],
  ...['hbase-default.xml', 'hbase-site.xml', 'tez-site.xml', 'ozone-default.xml', 'ozone-site.xml'],
];

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const another = 'arn:aws:kms:eu-central-1:360379543683:key/0d2f3b1c-1111-4ba0-9230-95af6d01ca02';
const common = { name: 'finance', target: { namespaces: ['finance'] } } as const;
const assignments: readonly Assignment[] = [
  { ...common, enforcement: 'Enforce', algorithm: 'SSE-KMS', key: { arn }, buckets: [] },
  {
    ...common,
    enforcement: 'Strict',
    algorithm: 'SSE-KMS',
    key: { accountDefault: true },
    buckets: [
      { name: 'ledger', key: { arn } },
      { name: 'partner-drop', unmanaged: true },
      { name: 'b1', key: { arn: another } },
    ],
  },
  { ...common, enforcement: 'Enforce', algorithm: 'DSSE-KMS', key: { arn }, buckets: [] },
];

const bad = 'arn:aws:kms:us-west-2:111111111111:key/bad';
const final = '<final>true</final>';

/** What somebody can write into any of the files to get another encryption, or the settings that are there to be kept. */
const texts: Readonly<Record<string, string>> = {
  settings: setting('fs.s3a.server-side-encryption-algorithm', 'AES256'),
  newSettings: setting('fs.s3a.encryption.algorithm', 'SSE-KMS') + setting('fs.s3a.encryption.key', bad),
  finals: [
    setting('fs.s3a.encryption.algorithm', 'AES256', final),
    setting('fs.s3a.server-side-encryption-algorithm', 'AES256', final),
    setting('fs.s3a.encryption.key', bad, final),
  ].join(''),
  frozen: ['fs.s3a.encryption.algorithm', 'fs.s3a.server-side-encryption-algorithm', 'fs.s3a.encryption.key']
    .map((name) => `<property><name>${name}</name>${final}</property>`)
    .join(''),
  buckets: [
    setting('fs.s3a.bucket.b1.server-side-encryption-algorithm', 'AES256'),
    setting('fs.s3a.bucket.b1.encryption.algorithm', 'AES256', final),
    setting('fs.s3a.bucket.ledger.fs.s3a.encryption.key', bad),
    setting('fs.s3a.bucket.any-bucket.fs.s3a.server-side-encryption-algorithm', ' '),
  ].join(''),
  noFallback: setting('hadoop.security.credential.clear-text-fallback', 'false'),
  nothing: setting('fs.s3a.endpoint.region', 'eu-west-1'),
};
const hostile = Object.entries(texts).map(([title, properties]) => ({
  title,
  text: `<configuration>${setting('hbase.defaults.for.version.skip', 'true')}${properties}</configuration>\n`,
}));
const ownBuckets = ['b1', 'ledger', 'any-bucket'];

function setting(name: string, value: string, more = ''): string {
  return `<property><name>${name}</name><value>${value}</value>${more}</property>`;
}

interface Case {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  /** Of the files' settings. */
  readonly buckets: readonly string[];
  /** Whether all engines are asked, or one. */
  readonly thorough: boolean;
}

/** Each hostile text under each name, alone and beside a core-site.xml; and all names at once. */
function buildHostile(readable: readonly string[], core: string): Case[] {
  return hostile.flatMap(({ title, text }) => {
    const all = Object.fromEntries(readable.map((name) => [name, text]));
    const each = readable.flatMap((name) => [
      { title: `${title} as ${name}`, files: { [name]: text } },
      { title: `${title} as ${name} beside core-site.xml`, files: { 'core-site.xml': core, [name]: text } },
    ]);
    const together = [
      { title: `${title} under all names`, files: all },
      { title: `${title} under all names beside core-site.xml`, files: { 'core-site.xml': core, ...all } },
    ];
    return [
      ...each.map((built) => ({ ...built, buckets: ownBuckets, thorough: false })),
      ...together.map((built) => ({ ...built, buckets: ownBuckets, thorough: true })),
    ];
  });
}

interface Document {
  readonly name: string;
  readonly text: string;
  readonly buckets: readonly string[];
}

/** Each document under one of the names, alone and beside a core-site.xml. */
function buildMany(documents: readonly Document[], readable: readonly string[], cores: readonly string[]): Case[] {
  return documents.flatMap(({ name, text, buckets }, index) => {
    const [alone, beside] = [index, index + 1].map((turn) => readable[turn % readable.length] as string) as [
      string,
      string,
    ];
    const core = cores[index % cores.length] as string;
    return [
      { title: `${name} as ${alone}`, files: { [alone]: text }, buckets, thorough: false },
      {
        title: `${name} as ${beside} beside core-site.xml`,
        files: { 'core-site.xml': core, [beside]: text },
        buckets,
        thorough: false,
      },
    ];
  });
}

type Readers = Readonly<Record<EngineQuestion['place'], ReadonlyMap<string, readonly Engine[]>>>;

/** Asks the engines what they read before the plan and after it. */
function buildTrial(engines: Engines, readers: Readers, folders: Folders) {
  const { release } = engines;
  const counts = { configMaps: 0, refused: 0, readings: 0, unread: 0, encrypted: 0 };
  const wrong: string[] = [];

  async function tryCase({ title, files, buckets, thorough }: Case, index: number): Promise<void> {
    const assignment = assignments[index % assignments.length] as Assignment;
    counts.configMaps++;
    const planned = planConfigObject({ data: files }, assignment, defaultFiles);
    if (planned.kind === 'refused') {
      counts.refused++;
      return;
    }
    const unmanaged = unmanagedBuckets(assignment);
    const named = [...buckets, ...assignment.buckets.map(({ name }) => name), 'any-bucket'];
    const managed = [...new Set(named)].filter((name) => !unmanaged.has(name));
    const before = await folders.write(files);
    const after = await folders.write({ ...files, ...resultsOf(planned) });
    for (const { engine, place, s3a } of questionsFor(Object.keys(files), thorough, index)) {
      const [was, is] = await Promise.all(
        [before, after].map((folder) => engines.ask({ engine, place, s3a, buckets: managed, folder })),
      );
      counts.readings += 2;
      const note = (bucket: string, expected: string, got: string) =>
        wrong.push(
          `${title} for ${assignment.algorithm}, ${engine} (folder ${place}): ${bucket} ${expected}, got ${got}`,
        );
      const isRead = planned.files.some(({ dataKey }) => readers[place].get(dataKey)?.includes(engine));
      compare(was as Reading | Failure, is as Reading | Failure, planned, isRead, assignment, release.hadoop, note);
    }
  }

  /** One of the engines that read the file, by turns; all of them where that is asked for. */
  function questionsFor(files: readonly string[], thorough: boolean, index: number) {
    const own = files.filter((name) => name !== 'core-site.xml');
    const reading = enginesIn(release).filter((engine) =>
      own.some((name) => readers.first.get(name)?.includes(engine)),
    );
    const asked = thorough ? reading : [reading[index % reading.length] as Engine];
    return asked.map((engine) => ({
      engine,
      place: index % 4 === 3 ? ('last' as const) : ('first' as const),
      s3a: index % 2 === 0 ? ('before' as const) : ('after' as const),
    }));
  }

  return { tryCase, counts, wrong };

  function compare(
    was: Reading | Failure,
    is: Reading | Failure,
    planned: ConfigObjectPlan,
    isRead: boolean,
    assignment: Assignment,
    version: HadoopVersion,
    note: (bucket: string, expected: string, got: string) => void,
  ): void {
    if (isFailure(was)) {
      counts.unread++; // the engine doesn't start, with the plan or without
      return;
    }
    if (isFailure(is)) {
      note('', 'readable', is.error);
      return;
    }
    const provable = planned.kind !== 'refused' && planned.notes.every(({ kind }) => kind !== 'notProvable');
    if (provable && isRead) compareEncryption(is, assignment, version, note);
    for (const [bucket, had] of Object.entries(was.buckets)) {
      if ('error' in had || had.method === 'NONE') continue;
      counts.encrypted++;
      const expected = expectedEncryption(assignment, bucket, version);
      const has = is.buckets[bucket] ?? { error: 'not asked for' };
      if ('error' in expected || (!provable && !('error' in has) && has.method !== 'NONE')) continue;
      if ('error' in has || has.method === 'NONE') note(bucket, `less than ${had.method}`, JSON.stringify(has));
    }
  }
}

function resultsOf({ files }: ConfigObjectPlan): Record<string, string> {
  return Object.fromEntries(
    files.flatMap(({ dataKey, plan }) => (plan.kind === 'change' ? [[dataKey, plan.result]] : [])),
  );
}

/** Each document is for one of the releases; those that load classes anew for each folder get half as many. */
function shareOf(release: EngineRelease, documents: readonly Document[]): Document[] {
  const turn = engineReleases.indexOf(release);
  const share = release.pom === null ? engineReleases.length : 2 * engineReleases.length;
  return documents.filter((_, index) => index % share === turn);
}

/** What a ConfigMap's `data` can hold, and the buckets that it has settings for. */
async function readDocuments(scratch: Scratch): Promise<Document[]> {
  const judge = await startJudge('3.5.0', scratch.folder);
  try {
    const texts = loadSubjects().flatMap(({ name, bytes }) => {
      const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      return Buffer.from(text).equals(Buffer.from(bytes)) ? [{ name, text }] : [];
    });
    return await Promise.all(
      texts.map(async ({ name, text }) => {
        const files = [await scratch.write(text)];
        const [verdict] = await judge.judge([{ modes: ['asWritten'], buckets: [], files }]);
        const reading = verdict?.asWritten ?? { error: 'no answer' };
        return { name, text, buckets: isFailure(reading) ? [] : bucketsOf([reading]) };
      }),
    );
  } finally {
    await judge.stop();
  }
}

describeWith(['java', 'maven'], 'a file that an engine loads by its name', () => {
  let scratch: Scratch;
  let folders: Folders;
  let documents: readonly Document[] = [];
  const realLooking = join(import.meta.dirname, 'real-looking');
  const cores = globSync('*.core-site.xml', { cwd: realLooking })
    .sort()
    .map((file) => readFileSync(join(realLooking, file), 'utf8'));

  beforeAll(async () => {
    scratch = await openScratch();
    folders = openFolders(scratch.folder);
    documents = await readDocuments(scratch);
  }, 600_000);
  afterAll(() => scratch?.remove());

  it.each(engineReleases)(
    'encrypts as assigned and with nothing less than before, as $title reads it',
    { timeout: 600_000 },
    async (release: EngineRelease) => {
      const engines = await startEngines(release, scratch.folder);
      try {
        const known = ['core-site.xml', ...names];
        const readers = {
          first: await findReaders(engines, known, folders, 'first'),
          last: await findReaders(engines, known, folders, 'last'),
        };
        const readable = names.filter((name) => readers.first.has(name));
        const { tryCase, counts, wrong } = buildTrial(engines, readers, folders);
        const cases = [
          ...buildHostile(readable, cores[0] as string),
          ...buildMany(shareOf(release, documents), readable, cores),
        ];
        for (const [index, one] of cases.entries()) await tryCase(one, index);
        console.log(`${release.title}: ${JSON.stringify(counts)}, ${wrong.length} wrong`);
        expect(wrong).toEqual([]);
        expect(counts.encrypted).toBeGreaterThan(100);
        expect(counts.readings - counts.unread).toBeGreaterThan(500);
      } finally {
        await engines.stop();
      }
    },
  );
});
