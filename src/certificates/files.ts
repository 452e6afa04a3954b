/**
 * The files of a mounted Secret of type kubernetes.io/tls: reads all of one version, and watches them for changes.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The texts of `tls.crt`, `tls.key` and `ca.crt`; undefined where there is no such file. */
export interface CertificateFiles {
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly ca: string | undefined;
}

/** A Secret is no larger. */
const mostBytes = 1024 * 1024;

/** More versions than the kubelet can write while three small files are read. */
const mostReads = 5;

/**
 * Reads all three of one version: the kubelet puts a new version into a folder of its own and then turns the link `..data`
 * to it, so the link is followed once. Without that link the folder itself is read.
 * @throws Error where a file is there and can't be read
 */
export async function readCertificateFiles(folder: string): Promise<CertificateFiles> {
  const findVersion = () => realpath(join(folder, '..data')).catch(orUndefined);
  for (let reads = 1; reads <= mostReads; reads++) {
    const version = await findVersion();
    const read = (name: string) => readSmallFile(join(version ?? folder, name));
    const [certificate, key, ca] = await Promise.all([read('tls.crt'), read('tls.key'), read('ca.crt')]);
    if ((await findVersion()) === version) return { certificate, key, ca };
  }
  throw new Error('the files were replaced again and again while they were read');
}

async function readSmallFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw new Error(`${path} has more than ${mostBytes} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    return orUndefined(error);
  }
}

/** Undefined for a file that doesn't exist. Throws any other error. */
function orUndefined(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}

export interface FilesWatch {
  stop(): void;
}

/**
 * Calls `onChange` after the first read, and after each change of the contents. Reads every `everyMs` milliseconds: file system
 * notifications don't work on every kind of volume, and reading three small files costs little.
 */
export function watchCertificateFiles(folder: string, everyMs: number, onChange: () => void): FilesWatch {
  let before: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  async function poll(): Promise<void> {
    const seen = await readCertificateFiles(folder).then(toDigest, String);
    if (stopped) return;
    if (seen !== before) onChange();
    before = seen;
    timer = setTimeout(poll, everyMs).unref();
  }
  void poll();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** A digest, so that no second copy of the key is kept. */
function toDigest({ certificate, key, ca }: CertificateFiles): string {
  const texts = [certificate, key, ca].map((text) => text ?? null);
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64');
}
