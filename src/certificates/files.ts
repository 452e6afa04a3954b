/**
 * The files of a Secret of type kubernetes.io/tls, as a volume holds them: read at one moment, and looked at again and again.
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

/** One more than the kubelet could replace while three small files are read. */
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

/** What is not there is an answer; anything else is not. */
function orUndefined(error: unknown): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw error;
}

export interface FilesWatch {
  stop(): void;
}

/**
 * Calls `onChange` after the first look, and after each change of what the files hold. Looks every `everyMs`: notifications
 * of the file system don't come through every kind of volume, and three small files cost nothing.
 */
export function watchCertificateFiles(folder: string, everyMs: number, onChange: () => void): FilesWatch {
  let before: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  async function look(): Promise<void> {
    const seen = await readCertificateFiles(folder).then(toDigest, String);
    if (stopped) return;
    if (seen !== before) onChange();
    before = seen;
    timer = setTimeout(look, everyMs).unref();
  }
  void look();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** So that no key is kept a second time. */
function toDigest({ certificate, key, ca }: CertificateFiles): string {
  const texts = [certificate, key, ca].map((text) => text ?? null);
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64');
}
