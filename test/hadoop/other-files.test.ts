/**
 * The other Hadoop files of a namespace: planned beside a core-site.xml, and read by every version behind it.
 */

import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import type { Plan } from '../../src/core/plan/plan.ts';
import { describeWith } from '../run/needs.ts';
import { compareEncryption, compareOthers, unmanagedBuckets } from './compare.ts';
import { loadSubjects, openScratch, type Scratch } from './documents.ts';
import { bucketsOf, isEncryptionProperty, isLeftAlone } from './encryption-properties.ts';
import { type HadoopVersion, hadoopVersions } from './jars.ts';
import { isFailure, type Judge, type Mode, type Reading, startJudge } from './judge.ts';

const realLooking = join(import.meta.dirname, 'real-looking');
const names = ['hdfs-site.xml', 'hive-site.xml', 'yarn-site.xml', 'mapred-site.xml', 'metastore-site.xml'];
const hive = ['hive-site.xml', 'metastore-site.xml'];
const hadoopFiles = { core: ['core-site.xml'], hive, other: ['*-site.xml'] };
const ways: readonly Mode[] = ['written', 'writtenBare', 'shipped', 'shippedLate', 'writtenFirst'];

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const another = 'arn:aws:kms:eu-central-1:360379543683:key/0d2f3b1c-1111-4ba0-9230-95af6d01ca02';
const common = { name: 'finance', target: { namespaces: ['finance'] }, enforcement: 'Enforce' } as const;
const assignments: readonly Assignment[] = [
  { ...common, algorithm: 'SSE-KMS', key: { arn }, buckets: [] },
  {
    ...common,
    algorithm: 'SSE-KMS',
    key: { accountDefault: true },
    buckets: [
      { name: 'ledger', key: { arn } },
      { name: 'partner-drop', unmanaged: true },
      { name: 'b1', key: { arn: another } },
    ],
  },
  { ...common, algorithm: 'DSSE-KMS', key: { arn }, buckets: [{ name: 'logs.example.com', key: { arn: another } }] },
];

/** What is no Hadoop configuration. */
const leftAlone: Plan = { kind: 'unchanged', notes: [], holdsBlock: false };

interface OtherFile {
  readonly title: string;
  readonly dataKey: string;
  readonly assignment: Assignment;
  readonly way: Mode;
  readonly plan: Plan;
  /** Paths: core-site.xml after the plan, and the other file before and after it. */
  readonly core: string;
  readonly before: string;
  readonly after: string;
}

/** Each document under one of the names, beside one of the real-looking files, for one of the assignments. */
async function planAll(scratch: Scratch): Promise<OtherFile[]> {
  const read = (pattern: string) =>
    globSync(pattern, { cwd: realLooking })
      .sort()
      .map((file) => ({ name: basename(file), bytes: readFileSync(join(realLooking, file)) as Uint8Array }));
  const cores = read('*.core-site.xml');
  const others = [...read('*.{hdfs,hive,yarn,mapred}-site.xml'), ...loadSubjects()];
  const files = others.flatMap(({ name, bytes }, index) =>
    assignments.map(async (assignment, turn): Promise<OtherFile> => {
      const dataKey = names.find((known) => name.endsWith(known)) ?? (names[index % names.length] as string);
      const core = decode(cores[(index + turn) % cores.length]?.bytes as Uint8Array) as string;
      const text = decode(bytes);
      const own = text === null ? {} : { [dataKey]: text };
      const binaryData = text === null ? { [dataKey]: Buffer.from(bytes).toString('base64') } : {};
      const planned = planConfigObject(
        { data: { 'core-site.xml': core, ...own }, binaryData },
        assignment,
        hadoopFiles,
      );
      const plan = planned.files.find((file) => file.dataKey === dataKey)?.plan ?? leftAlone;
      const corePlan = planned.files.find((file) => file.dataKey === 'core-site.xml')?.plan as Plan;
      expect(corePlan.kind).toBe('change');
      return {
        title: `${name} as ${dataKey} ${turn}`,
        dataKey,
        assignment,
        way: ways[(index + turn) % ways.length] as Mode,
        plan,
        core: await scratch.write(corePlan.kind === 'change' ? corePlan.result : core),
        before: await scratch.write(text ?? bytes),
        after: await scratch.write(plan.kind === 'change' ? plan.result : (text ?? bytes)),
      };
    }),
  );
  return Promise.all(files);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // the decoder throws on nothing but bytes that are no UTF-8
  }
}

/** What is wrong with the file behind core-site.xml, as this version reads it; and its encryption properties before the plan. */
async function tryFile(file: OtherFile, judge: Judge): Promise<{ wrong: string[]; found: number }> {
  const { assignment, plan, title } = file;
  const unmanaged = unmanagedBuckets(assignment);
  const wrong: string[] = [];
  const note = (what: string) => (where: string, expected: string, got: string) =>
    wrong.push(`${title}: ${what} ${where}: expected ${expected}, got ${got}`);
  const own = { modes: ['asWritten'] as const, buckets: [] };
  const [before, alone] = await judge.judge([
    { ...own, files: [file.before] },
    { ...own, files: [file.after] },
  ]);
  const original = before?.asWritten;
  if (original === undefined || alone === undefined || isFailure(original)) return { wrong, found: 0 };
  compareOthers(original, alone.asWritten, assignment, note('property'));

  const found = bucketsOf([original]);
  const provable = plan.kind !== 'refused' && plan.notes.every(({ kind }) => kind !== 'notProvable');
  const named = [...found, ...assignment.buckets.map(({ name }) => name), 'any-bucket'];
  const buckets = [...new Set(named)].filter((name) => !unmanaged.has(name));
  const modes: readonly Mode[] = ['plain', file.way];
  const [behind, byItself] = await judge.judge([
    { modes, buckets, files: [file.core, file.after] },
    { modes, buckets, files: [file.after] },
  ]);
  for (const mode of provable ? modes : []) {
    if (behind !== undefined) compareEncryption(behind[mode], assignment, judge.version, note(mode));
    if (byItself === undefined || !mustEncrypt(file, original)) continue;
    compareEncryption(byItself[mode], assignment, judge.version, note(`${mode} by itself`));
  }
  return { wrong, found: Object.keys(original.properties ?? {}).filter(isEncryptionProperty).length };
}

/** Hive's files always; others where they said anything about encryption, so that none says less than before. */
function mustEncrypt({ dataKey, plan, assignment }: OtherFile, { properties = {} }: Reading): boolean {
  const unmanaged = unmanagedBuckets(assignment);
  const said = Object.keys(properties).some((name) => isEncryptionProperty(name) && !isLeftAlone(name, unmanaged));
  return hive.includes(dataKey) || (said && plan !== leftAlone);
}

describeWith(['java', 'maven'], 'a Hadoop file other than core-site.xml', () => {
  let scratch: Scratch;
  let files: readonly OtherFile[] = [];

  beforeAll(async () => {
    scratch = await openScratch();
    files = await planAll(scratch);
  }, 120_000);
  afterAll(() => scratch?.remove());

  it('is changed where it says anything about encryption or is of Hive, and stays as it is where not', () => {
    const kinds = (wanted: boolean) =>
      new Set(files.filter(({ dataKey }) => hive.includes(dataKey) === wanted).map(({ plan }) => plan.kind));
    expect(kinds(false)).toEqual(new Set(['change', 'unchanged', 'refused']));
    expect(kinds(true)).toContain('change');
  });

  it.each(hadoopVersions)(
    'encrypts as assigned in Hadoop %s, behind core-site.xml and by itself, and keeps all else',
    {
      timeout: 600_000,
    },
    async (version: HadoopVersion) => {
      const judge = await startJudge(version, scratch.folder);
      try {
        const planned = files.filter(({ plan }) => plan.kind !== 'refused');
        const tried = await Promise.all(planned.map((file) => tryFile(file, judge)));
        expect(tried.flatMap(({ wrong }) => wrong)).toEqual([]);
        expect(tried.filter(({ found }) => found > 0).length).toBeGreaterThan(500);
        console.log(
          `${planned.length} of ${files.length} files behind a core-site.xml in Hadoop ${version}: as assigned`,
        );
      } finally {
        await judge.stop();
      }
    },
  );
});
