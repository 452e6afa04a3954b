/**
 * The names of files that engines load: each that their jars know is covered, or known not to hold settings.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ConfigFiles } from '../../src/core/plan/config-object.ts';
import { defaultFiles } from '../../src/core/plan/default-files.ts';
import { describeWith } from '../run/needs.ts';
import { openScratch, type Scratch } from './documents.ts';
import { enginesIn, findReaders, startEngines } from './engines.ts';
import { type Folders, openFolders } from './folders.ts';
import { type EngineRelease, engineReleases, ensureEngines } from './jars.ts';

/** Names that the jars know and no S3A client reads settings from, and why. */
const noSettings: Readonly<Record<string, string>> = {
  '.xml': 'the end of names of jobs, and of formats',
  '*.xml': 'a job that LocalJobRunner writes for itself',
  '_conf.xml': 'the configuration of a finished job, in its history',
  '*_conf.xml': 'the same',
  '*_*_conf.xml': 'the same',
  'job.xml': "a job's configuration, which its client writes into its staging folder",
  'hadoop-*.xml': 'what `mapred job -jt NAME` names on its command line',
  'capacity-scheduler.xml': "the ResourceManager's queues, in a configuration of their own",
  'fair-scheduler.xml': "the ResourceManager's queues, no configuration",
  'dynamic-resources.xml': "the ResourceManager's resources, in a configuration of their own",
  'mapred-queues.xml': 'access to queues, no configuration',
  'ssl-client.xml': 'stores of certificates, in a configuration of their own',
  'ssl-server.xml': 'the same',
  'fairscheduler.xml': "Spark's pools, no configuration",
  'ivy.xml': 'what spark-submit fetches',
  '*-*-*.xml': 'the same',
  '****ivy-*.xml': 'the same',
  'resolved-*-*-*.xml': 'the same',
  'ozone-default-generated.xml': "Ozone's own, of the time when it is built",
  'org.xml': 'the beginning of packages, `org.xml.sax`',
};

/** In the jars as ends of names that are put together. */
const ends: Readonly<Record<string, string>> = { '-default.xml': 'hdds-default.xml' };

function isCovered(name: string): boolean {
  const properties = '<property><name>fs.s3a.endpoint.region</name><value>eu-west-1</value></property>';
  const data = { [ends[name] ?? name]: `<configuration>${properties}</configuration>` };
  return new ConfigFiles({ data }, defaultFiles).some(true);
}

/** Name → the classes that know it; Hadoop's own are told with Hadoop. */
async function searchNames(release: EngineRelease): Promise<ReadonlyMap<string, string>> {
  const { classes, folders } = await ensureEngines(release);
  const own = release.pom === null ? folders : folders.slice(-1);
  const { stdout } = await promisify(execFile)('java', ['-XX:+UseSerialGC', '-cp', classes, 'LoadedNames', ...own]);
  return new Map(stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t') as [string, string]])));
}

describeWith(['java', 'maven'], 'the names of files that engines load', () => {
  let scratch: Scratch;
  let folders: Folders;
  const found = new Map<EngineRelease, ReadonlyMap<string, string>>();
  beforeAll(async () => {
    scratch = await openScratch();
    folders = openFolders(scratch.folder);
    for (const release of engineReleases) found.set(release, await searchNames(release));
  }, 600_000);
  afterAll(() => scratch?.remove());

  it.each(engineReleases)('are covered by default, as far as the jars of $title know them', (release) => {
    const names = [...(found.get(release) ?? [])];
    console.log(`${names.length} names in the jars of ${release.title}: ${names.map(([name]) => name).join(' ')}`);
    const missed = names.filter(([name]) => !isCovered(name) && !Object.hasOwn(noSettings, name));
    expect(missed.map(([name, classes]) => `${name} of ${classes}`)).toEqual([]);
    expect(names.length).toBeGreaterThan(4);
  });

  it.each(engineReleases)(
    'are covered where an engine of $title takes settings from them',
    { timeout: 600_000 },
    async (release) => {
      const known = [...found.values()].flatMap((names) => [...names.keys()]);
      const names = [...new Set([...known, ...Object.values(ends)])].filter((name) => !name.includes('*'));
      const engines = await startEngines(release, scratch.folder);
      try {
        const readers = await findReaders(engines, names, folders, 'first');
        for (const [name, by] of readers) console.log(`${release.title} reads ${name}: ${by.join(', ')}`);
        expect([...readers.keys()].filter((name) => !isCovered(name))).toEqual([]);
        expect(readers.get('core-site.xml')).toEqual(enginesIn(release));
      } finally {
        await engines.stop();
      }
    },
  );
});
