/**
 * The command line as the process has it, in a folder of its own, with streams that can be read afterwards.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Io } from '../../src/cli/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { runCommandLine } from '../../src/cli/run.ts';

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  /** Unless given, the standard input is a terminal. */
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly terminal?: boolean;
}

export interface Folder {
  readonly path: string;
  /** Words are separated by blanks. */
  run(line: string | readonly string[], surroundings?: Surroundings): Promise<Ended>;
  read(file: string): string;
  /** Every file below it, in order. */
  list(): string[];
}

/** A folder with these files; it goes with the test. */
export function makeFolder(files: Readonly<Record<string, string | Buffer>>): Folder {
  const path = mkdtempSync(join(tmpdir(), 'cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  return {
    path,
    run: (line, surroundings) => runIn(path, typeof line === 'string' ? line.split(' ') : line, surroundings),
    read: (file) => readFileSync(join(path, file), 'utf8'),
    list: () =>
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
        .sort(),
  };
}

async function runIn(cwd: string, words: readonly string[], surroundings: Surroundings = {}): Promise<Ended> {
  const { stdin, env = {}, terminal = false } = surroundings;
  let [out, err] = ['', ''];
  const io: Io = {
    stdin: async () => stdin ?? '',
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isTerminal: { in: stdin === undefined, out: terminal, err: terminal },
    env,
    cwd,
  };
  const code = await runCommandLine(words, commands, '1.2.3', io);
  return { code, out, err };
}

export const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';

/** For namespace finance. */
export const assignment = toAssignment('finance', `namespaces: [finance]\n  key: {arn: "${arn}"}`);

export function toAssignment(name: string, spec: string): string {
  return `apiVersion: ssekms.io/v1alpha1\nkind: KmsKeyAssignment\nmetadata:\n  name: ${name}\nspec:\n  ${spec}\n`;
}

export const plainFile = `<?xml version="1.0"?>
<configuration>
  <property>
    <name>fs.defaultFS</name>
    <value>s3a://warehouse</value>
  </property>
</configuration>
`;

/** Refused in line 3, column 3. */
export const refusedFile = `<?xml version="1.0"?>
<configuration>
  <property>
    <name>fs.s3a.encryption.algorithm</name>
    <value>SSE-C</value>
  </property>
</configuration>
`;

/** In block style; `head` stands before the data. */
export function configMap(name: string, values: Readonly<Record<string, string>>, namespace = 'finance'): string {
  const data = Object.entries(values).map(([key, text]) => `  ${key}: |\n${text.replace(/^(?=.)/gm, '    ')}`);
  const place = namespace === '' ? '' : `  namespace: ${namespace}\n`;
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${place}data:\n${data.join('')}`;
}
