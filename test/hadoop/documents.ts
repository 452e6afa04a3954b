/**
 * Every document that a promise is tried on: hand-made attempts to get past the key, constructs, the cases of the
 * plan's own tests, and, where CORPUS names a folder, real files.
 */
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConstructs, type Document } from './constructs.ts';
import type { Subject } from './promise.ts';

const attempts = fileURLToPath(new URL('./documents/', import.meta.url));
const cases = fileURLToPath(new URL('../cases/', import.meta.url));

export function loadSubjects(): Subject[] {
  const corpus = process.env.CORPUS;
  return [
    ...readFolder(attempts, 'attempts', '*.xml').map((document) => ({ ...document, thorough: true })),
    ...buildConstructs().map((document) => ({ ...document, thorough: false })),
    ...readFolder(cases, 'cases', '**/{input,*-site}.xml').map((document) => ({ ...document, thorough: false })),
    ...(corpus === undefined ? [] : readFolder(corpus, 'corpus', '*.xml')).map((document) => ({
      ...document,
      thorough: false,
    })),
  ];
}

function readFolder(folder: string, title: string, files: string): Document[] {
  return globSync(files, { cwd: folder })
    .sort()
    .map((file) => ({ name: `${title}/${file}`, bytes: readFileSync(join(folder, file)) }));
}

/** A folder for documents, where the files that some of them include are at hand. */
export interface Scratch {
  readonly folder: string;
  /** The path of a file with this content. */
  write(content: string | Uint8Array): Promise<string>;
  remove(): Promise<void>;
}

export async function openScratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), 'hadoop-judge-'));
  for (const aid of globSync(join(attempts, '*.{inc,dtd,txt}'))) {
    await writeFile(join(folder, basename(aid)), await readFile(aid));
  }
  const texts = new Map<string, Promise<string>>();
  let count = 0;
  const writeNew = async (content: string | Uint8Array): Promise<string> => {
    count++;
    const path = join(folder, `${count}.xml`);
    await writeFile(path, content);
    return path;
  };
  return {
    folder,
    write(content) {
      if (typeof content !== 'string') return writeNew(content);
      const path = texts.get(content) ?? writeNew(content);
      texts.set(content, path);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
