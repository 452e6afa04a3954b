/**
 * Where rendered texts go: one stream, or a folder in which either all files are new or none.
 */
import { lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Io } from '../command.ts';
import { Failure, UsageError } from '../errors.ts';
import { parseYaml } from '../inputs/yaml.ts';
import type { Rendered } from './rendered.ts';

/** @throws UsageError where bare files would run into one another */
export function toStream(rendered: readonly Rendered[], format: string): string {
  const bare = rendered.filter(({ source }) => source.dataKey !== undefined);
  if (bare.length > 0 && (rendered.length > 1 || format === 'json')) {
    throw new UsageError(
      `${bare[0]?.source.name} is no manifest, so that it can only be printed alone and as it is: give --output-dir`,
    );
  }
  return format === 'json' ? toJsonList(rendered) : joinDocuments(rendered.map(({ text }) => text));
}

function joinDocuments(texts: readonly string[]): string {
  let joined = '';
  for (const text of texts) {
    if (joined !== '') joined += `${joined.endsWith('\n') ? '' : '\n'}${/^\ufeff?---(\s|$)/.test(text) ? '' : '---\n'}`;
    joined += joined === '' ? text : text.replace(/^\ufeff/, '');
  }
  return joined;
}

/** One object as it is, several as a List, as `kubectl get -o json` prints them. */
function toJsonList(rendered: readonly Rendered[]): string {
  const documents = rendered.flatMap(({ text }) => {
    const parsed = parseYaml(text);
    return parsed.ok ? parsed.documents.map((document): unknown => document.toJS({ maxAliasCount: -1 })) : [];
  });
  const items = documents.filter((document) => document !== null);
  const shown = items.length === 1 ? items[0] : { apiVersion: 'v1', kind: 'List', items };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

/**
 * Writes all files beside their places first, and moves them there only then.
 * @throws UsageError where two inputs have the same place, Failure where the folder can't be written
 */
export async function writeFolder(rendered: readonly Rendered[], folder: string, io: Io): Promise<void> {
  const places = rendered.map(({ source, text }) => {
    const path = resolve(io.cwd, folder, source.target);
    return {
      source,
      text,
      path,
      beside: join(dirname(path), `.sse-kms-${process.pid}-${source.target.replaceAll(/[/\\]/g, '-')}`),
    };
  });
  for (const [index, { path, source }] of places.entries()) {
    const other = places.slice(0, index).find((before) => before.path === path);
    if (other === undefined) continue;
    throw new UsageError(
      `${other.source.name} and ${source.name} would both be written to ${path}: name the folder above both with -f`,
    );
  }
  try {
    for (const { path, beside, text } of places) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(beside, text);
    }
    // The rest fails before the first file is new, or not at all.
    for (const { path } of places) {
      const found = await lstat(path).catch(() => null);
      if (found?.isDirectory()) throw new Error(`${path} is a folder`);
    }
    for (const { path, beside } of places) await rename(beside, path);
  } catch (error) {
    await Promise.allSettled(places.map(({ beside }) => rm(beside, { force: true })));
    throw new Failure(`can't write to ${folder}: ${(error as Error).message}; choose another --output-dir`, {
      cause: error,
    });
  }
}
