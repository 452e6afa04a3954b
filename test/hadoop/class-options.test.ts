/**
 * Options of S3A that name a class: each that a release's own jar mentions is noted, so that a new one can't be missed.
 */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findViolations } from '../../src/core/clients/s3a/checks.ts';
import { read } from '../core/read.ts';
import { describeWith } from '../run/needs.ts';
import { openScratch, type Scratch } from './documents.ts';
import { ensureJars, type HadoopVersion, hadoopVersions } from './jars.ts';

/** How the names of such options end. */
const ofClass =
  /\b(?:fs\.s3a|mapreduce\.outputcommitter\.factory)\.[a-z0-9.-]*(?:impl|class|classname|class\.name|factory|provider|signers|handlers|interceptors|binding|mapping|scheme\.s3a)(?![a-z0-9.-])/g;

/** Called so, and no class of Java's. */
const notClasses = new Set(['fs.s3a.create.storage.class']);

function findOptions(folder: string): string[] {
  const names = new Set<string>();
  for (const file of globSync('org/apache/hadoop/fs/s3a/**/*.class', { cwd: folder })) {
    for (const [name] of readFileSync(join(folder, file), 'latin1').matchAll(ofClass)) names.add(name);
  }
  return [...names].filter((name) => !notClasses.has(name)).sort();
}

function isNoted(name: string): boolean {
  const document = read(`<configuration><property name="${name}" value="com.example.Own"/></configuration>`);
  return findViolations(document, []).length > 0;
}

describeWith(['java', 'maven'], 'an option that names a class', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await openScratch();
  });
  afterAll(() => scratch.remove());

  async function unpack(version: HadoopVersion): Promise<string> {
    const folder = join(scratch.folder, version);
    const jar = join(await ensureJars(version), `hadoop-aws-${version}.jar`);
    await mkdir(folder);
    const { status, stderr } = spawnSync('jar', ['xf', jar, 'org'], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`jar xf ${jar}: ${stderr}`);
    return folder;
  }

  it.each(hadoopVersions)('is noted for every one of Hadoop %s', { timeout: 600_000 }, async (version) => {
    const options = findOptions(await unpack(version));
    expect(options).toContain('fs.s3a.s3.client.factory.impl');
    expect(options.filter((name) => !isNoted(name))).toEqual([]);
  });
});
