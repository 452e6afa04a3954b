/**
 * The whole product, the stand-in for S3 and KMS, and S3A of each version, for one suite: manifests go in by kubectl, and objects come out.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type HadoopVersion, hadoopVersions } from '../hadoop/jars.ts';
import { type Program, startProgram } from '../hadoop/wire/writer.ts';
import { type ProductSuite, useProduct } from '../product/use-product.ts';
import { type ObjectEncryption, type StandIn, startStandIn } from '../stand-in/start.ts';

export interface S3aSuite extends ProductSuite {
  standIn(): StandIn;
  /** The paths of the files that the stored ConfigMap holds, in a folder as a kubelet mounts them. */
  filesOf(namespace: string, name: string): Promise<string[]>;
  /** `ok`, or how it failed. */
  write(version: HadoopVersion, files: readonly string[], bucket: string, name: string, size?: number): Promise<string>;
  read(version: HadoopVersion, files: readonly string[], bucket: string, name: string): Promise<string>;
  rename(version: HadoopVersion, files: readonly string[], bucket: string, from: string, to: string): Promise<string>;
}

/** @param bucketsAndKeys as `startStandIn` takes them */
export function useS3a(bucketsAndKeys: readonly string[]): S3aSuite {
  const product = useProduct();
  const programs = new Map<HadoopVersion, Program>();
  let standIn: StandIn | undefined;
  let folders = 0;

  beforeAll(async () => {
    standIn = await startStandIn(bucketsAndKeys);
    for (const version of hadoopVersions)
      programs.set(version, await startProgram(version, 'Client', standIn.javaFlags));
  }, 600_000);
  afterAll(async () => {
    for (const program of programs.values()) await program.stop();
    await standIn?.stop();
  });

  const started = (): StandIn => {
    if (standIn === undefined) throw new Error('the stand-in is there for hooks and tests only');
    return standIn;
  };
  const ask = async (version: HadoopVersion, words: readonly string[]): Promise<string> => {
    const program = programs.get(version);
    if (program === undefined) throw new Error(`no S3A of Hadoop ${version} has been started`);
    return program.ask(words);
  };
  return {
    ...product,
    standIn: started,
    async filesOf(namespace, name) {
      const { data = {}, binaryData = {} } = await product.get('configmap', name, namespace);
      folders++;
      return writeFiles(join(started().folder, `${folders}-${name}`), { ...data, ...decode(binaryData) });
    },
    write: (version, files, bucket, name, size = 1) =>
      ask(version, ['write', bucket, `/${name}`, String(size), ...files]),
    read: (version, files, bucket, name) => ask(version, ['read', bucket, `/${name}`, '', ...files]),
    rename: (version, files, bucket, from, to) => ask(version, ['rename', bucket, `/${from}`, `/${to}`, ...files]),
  };
}

function decode(binaryData: Readonly<Record<string, string>>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(binaryData).map(([name, text]) => [name, Buffer.from(text, 'base64')]));
}

/** The paths of these files in a new folder, core-site.xml first, as Hadoop loads them. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): Promise<string[]> {
  await mkdir(folder);
  const names = Object.keys(files).sort((a, b) => Number(b === 'core-site.xml') - Number(a === 'core-site.xml'));
  for (const name of names) await writeFile(join(folder, name), files[name] as string | Buffer);
  return names.map((name) => join(folder, name));
}

/** In the words of the table: `aws:kms, first key`. Keys that nobody named are shown as they are. */
export function tellEncryption(head: ObjectEncryption | undefined, keys: Readonly<Record<string, string>>): string {
  if (head === undefined) return 'nothing stored';
  const name = Object.entries(keys).find(([, arn]) => arn === head.key)?.[0];
  return [head.algorithm ?? 'none', ...(head.key === undefined ? [] : [name ?? head.key])].join(', ');
}
