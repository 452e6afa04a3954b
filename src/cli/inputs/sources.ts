/**
 * The texts that a command reads: files, folders, and the standard input.
 */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Io } from '../command.ts';
import type { FileRules } from '../core.ts';
import { Failure, UsageError } from '../errors.ts';

export interface Source {
  /** As the user would name it: relative to where they are; `-` for the standard input. */
  readonly name: string;
  /** Where it goes below an output folder: relative to the folder or file that was named. */
  readonly target: string;
  readonly text: string;
  /** Of a bare file: what it would be called in a ConfigMap. Undefined for manifests. */
  readonly dataKey: string | undefined;
  /** Bare files with the same group are one config object, as `kubectl create configmap --from-file=FOLDER` makes it. */
  readonly group: string;
}

export interface SourceOptions {
  readonly files: FileRules;
  /** The data key of a bare file whose name doesn't say it, and of the standard input where that is one. */
  readonly as?: string | undefined;
  /** Only manifests: other files in folders are passed over, and named ones are read as manifests. */
  readonly manifestsOnly?: boolean;
}

const manifest = /\.(ya?ml|json)$/;
/** Of every ending, so that `.XML` gets the same answer. */
const ignored = new Set(['node_modules']);

/**
 * Reads what the paths name, in their order, and a folder's files in the order of their names, with those below it. `-` is the standard input.
 * @throws UsageError, or Failure where something can't be read
 */
export async function readSources(paths: readonly string[], options: SourceOptions, io: Io): Promise<Source[]> {
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError("the standard input ('-') is named twice");
  const { as, files } = options;
  if (as !== undefined && !files.byContent && toDataKey(as, options) !== as) {
    throw new UsageError(
      `--as ${as} is not a data key that is covered (--core-files, --hive-files, --other-files, --spark-files): give for example --as core-site.xml`,
    );
  }
  const sources: Source[] = [];
  let named = 0;
  for (const path of paths) {
    if (path === '-') {
      sources.push({
        name: '-',
        target: options.as ?? 'stdin.yaml',
        text: await io.stdin(),
        dataKey: options.as,
        group: '-',
      });
      if (options.as !== undefined) named++;
      continue;
    }
    const absolute = resolve(io.cwd, path);
    if (isFolder(absolute, path)) {
      for (const file of listFiles(absolute)) {
        const dataKey = manifest.test(file) ? undefined : toDataKey(file, options);
        if (!manifest.test(file) && dataKey === undefined) continue;
        sources.push(readSource(file, relative(absolute, file), dataKey, io));
      }
      continue;
    }
    const dataKey = options.manifestsOnly || manifest.test(path) ? undefined : (toDataKey(path, options) ?? options.as);
    if (dataKey === options.as && dataKey !== undefined) named++;
    if (dataKey === undefined && !options.manifestsOnly && !manifest.test(path)) {
      throw new UsageError(
        `${path} is neither a manifest (.yaml, .yml, .json) nor named as a data key that is covered: say what it is called in a ConfigMap with --as, for example --as core-site.xml`,
      );
    }
    sources.push(readSource(absolute, basename(path), dataKey, io));
  }
  if (options.as !== undefined && named !== 1)
    throw new UsageError(
      `--as ${options.as} is for one file whose own name does not say its data key, or for '-'; here are ${named} of them`,
    );
  return distinct(sources);
}

function isFolder(absolute: string, path: string): boolean {
  try {
    return statSync(absolute).isDirectory();
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): Failure {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'it does not exist' : code === 'EACCES' ? 'permission is denied' : message;
  return new Failure(`can't read ${path}: ${why}; name a file, a folder, or '-' for the standard input`, {
    cause: error,
  });
}

/** In the order of their names, by code units; nothing whose name begins with a dot. */
function listFiles(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw cannotRead(folder, error);
  }
  const shown = entries.filter(({ name }) => !name.startsWith('.') && !ignored.has(name));
  return shown
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return listFiles(path);
      // A link to a folder could lead back here.
      if (entry.isSymbolicLink()) return statSync(path, { throwIfNoEntry: false })?.isFile() ? [path] : [];
      return entry.isFile() ? [path] : [];
    });
}

function toDataKey(path: string, { files, manifestsOnly }: SourceOptions): string | undefined {
  if (manifestsOnly) return undefined;
  const name = basename(path);
  const { core, hive = [], other, spark = [] } = files;
  if ([...core, ...hive, ...spark].includes(name)) return name;
  const matches = other.some((key) => (key.startsWith('*') ? name.endsWith(key.slice(1)) : name === key));
  return matches ? name : undefined;
}

function readSource(absolute: string, target: string, dataKey: string | undefined, { cwd }: Io): Source {
  const name = relative(cwd, absolute);
  const shown = name === '' || name.startsWith('..') ? absolute : name;
  let bytes: Buffer;
  try {
    bytes = readFileSync(absolute);
  } catch (error) {
    throw cannotRead(shown, error);
  }
  return {
    name: shown,
    target,
    text: decode(bytes, shown),
    dataKey,
    group: dataKey === undefined ? shown : join(absolute, '..'),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer, name: string): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new Failure(`${name} is not UTF-8: save it as UTF-8`, { cause: error });
  }
}

/** A file that is named twice, once by its folder, is one file. */
function distinct(sources: readonly Source[]): Source[] {
  return [...new Map(sources.map((source) => [source.name, source])).values()];
}
