/**
 * The files that are explained, in the order in which a client loads them, and those that they include.
 */
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { Io } from '../command.ts';
import { Failure, UsageError } from '../errors.ts';
import type { ConfigurationSource, FindIncluded, Included } from './core.ts';

/** @throws UsageError, or Failure where a file can't be read */
export async function readFiles(paths: readonly string[], io: Io): Promise<ConfigurationSource[]> {
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError("the standard input ('-') is named twice");
  const sources: ConfigurationSource[] = [];
  for (const path of paths) {
    const text = path === '-' ? await io.stdin() : readText(path, resolve(io.cwd, path));
    sources.push({ name: path, text, format: toFormat(path, text) });
  }
  return sources;
}

/** By the name; by the first character where the name doesn't tell: only XML begins with `<`. */
function toFormat(path: string, text: string): ConfigurationSource['format'] {
  if (/\.xml$/i.test(path)) return 'hadoop';
  if (/\.(?:conf|properties)$/i.test(path)) return 'spark';
  if (/\.(?:ya?ml|json)$/i.test(path)) {
    throw new UsageError(
      `${path} is a manifest: give the file as it stands under its data key (kubectl get configmap NAME -o jsonpath='{.data.core-site\\.xml}'), or NAMESPACE/NAME for an object in the cluster`,
    );
  }
  return /^\ufeff?\s*</.test(text) ? 'hadoop' : 'spark';
}

function readText(path: string, absolute: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(absolute);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'it does not exist'
        : code === 'EISDIR'
          ? 'it is a folder: name its files in the order in which they are loaded'
          : message;
    throw new Failure(`can't read ${path}: ${why}`, { cause: error });
  }
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new Failure(`${path} is not UTF-8, and may be read otherwise by Hadoop: save it as UTF-8`, { cause: error });
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** As Hadoop finds a file without a class path: beside the one that includes it. What an URL leads to isn't looked at. */
export function buildFindIncluded({ cwd }: Io): FindIncluded {
  return (href, from): Included => {
    if (/^[a-z][a-z\d+.-]+:/i.test(href)) return 'unknown';
    const path = from === '-' ? resolve(cwd, href) : resolve(dirname(resolve(cwd, from)), href);
    const shown = relative(cwd, path);
    // As the user would name it.
    const name = shown.startsWith('..') ? path : shown;
    try {
      return { name, text: utf8.decode(readFileSync(path)) };
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unknown';
    }
  };
}
