import { globSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cruised, cruiseSource } from './cruise-source.ts';
import { rules } from './rules.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the import rules', () => {
  let cruised: Cruised;
  beforeAll(async () => {
    cruised = await cruiseSource(root);
  });

  it('hold in src', () => {
    expect(cruised.report).toBe('');
  });

  it('were held against every file and every import', () => {
    const written = globSync('src/**/*.ts', { cwd: root }).map((file): [string, string[]] => [file, specifiers(file)]);
    expect(written.length).toBeGreaterThan(0);
    const seen = written.map(([file]) => [file, normalize(cruised.imports.get(file) ?? [])]);
    expect(seen).toEqual(written.map(([file, names]) => [file, normalize(names)]));
  });

  /** Read from the text, by other means than the parser that is judged here. */
  function specifiers(file: string): string[] {
    const text = readFileSync(join(root, file), 'utf8');
    const statements = text.matchAll(
      /^(?:import|export|\})[^;'"]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
    );
    return [...statements].map(([, from, effect, dynamic]) => from ?? effect ?? dynamic ?? '');
  }

  function normalize(names: readonly string[]): string[] {
    return [...new Set(names.map((name) => name.replace(/^node:/, '')))].sort();
  }
});

/** The smallest tree that breaks each rule; the first file is the offender. */
const offences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'core-does-no-io': { 'src/core/plan/a.ts': "import 'node:fs';" },
  'core-knows-no-other-part': {
    'src/core/plan/a.ts': "import type { A } from '../../api/a.ts';",
    'src/api/a.ts': 'export type A = string;',
  },
  'api-knows-core-only': {
    'src/api/a.ts': "export * from '../cluster/b.ts';",
    'src/cluster/b.ts': 'export const b = 1;',
  },
  'ports-hold-types-only': {
    'src/ports/a.ts': "import type { B } from '../cluster/b.ts';",
    'src/cluster/b.ts': 'export type B = 1;',
  },
  'shells-meet-in-ports-and-nowhere-else': {
    'src/controller/a.ts': "await import('../cluster/b.ts');",
    'src/cluster/b.ts': 'export const b = 1;',
  },
  'http-serves-admission-alone': {
    'src/http/a.ts': "import '../cluster/b.ts';",
    'src/cluster/b.ts': 'export const b = 1;',
  },
  'cli-knows-the-core-and-the-cluster': {
    'src/cli/a.ts': "import { b } from '../certificates/b.ts';",
    'src/certificates/b.ts': 'export const b = 1;',
  },
  'only-main-runs-the-command-line': {
    'src/run/a.ts': "import { b } from '../cli/b.ts';",
    'src/cli/b.ts': 'export const b = 1;',
  },
  'nobody-imports-main': {
    // A part that no other rule knows.
    'src/later/a.ts': "import { c } from '../config/command-line.ts';",
    'src/config/command-line.ts': 'export const c = 1;',
  },
  'only-cluster-talks-to-kubernetes': {
    'src/controller/a.ts': "import { KubeConfig } from '@kubernetes/client-node';",
  },
  'only-kms-talks-to-aws': {
    'src/controller/a.ts': "import type { KMSClient } from '@aws-sdk/client-kms';",
  },
  'kms-is-loaded-where-it-is-asked': {
    'src/run/a.ts': "import { b } from '../kms/b.ts';",
    'src/kms/b.ts': 'export const b = 1;',
  },
  'only-http-serves-http': { 'src/main.ts': "import { fastify } from 'fastify';" },
  'only-metrics-knows-prometheus': { 'src/http/a.ts': "import { Counter } from 'prom-client';" },
  'only-the-second-reader-uses-fast-xml-parser': {
    'src/core/plan/a.ts': "import { XMLParser } from 'fast-xml-parser';",
  },
  'only-main-makes-a-logger': { 'src/cluster/a.ts': "import { pino } from 'pino';" },
  'src-needs-no-tests-or-tools': { 'src/main.ts': "import '../test/a.ts';", 'test/a.ts': 'export const a = 1;' },
  'src-needs-no-development-packages': { 'src/main.ts': "import fc from 'fast-check';" },
  'the-process-is-used-by-its-global-name': { 'src/cli/a.ts': "import { exit } from 'node:process';" },
  'no-circles': { 'src/core/a.ts': "import './b.ts';", 'src/core/b.ts': "import type {} from './a.ts';" },
  'every-import-resolves': { 'src/main.ts': "import './gone.ts';" },
};

describe('a tree that breaks a rule', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'architecture-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is there for every rule', () => {
    expect(Object.keys(offences).sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  it.each(Object.entries(offences))('is found: %s', async (rule, files) => {
    const tree = join(folder, rule);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(tree, file)), { recursive: true });
      await writeFile(join(tree, file), text);
    }
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
    await symlink(join(root, 'package.json'), join(tree, 'package.json'));
    const { violations } = await cruiseSource(tree);
    expect([...new Set(violations)]).toEqual([rule]);
  });

  it('is let alone where only the types of the logger are imported', async () => {
    const tree = join(folder, 'types');
    await mkdir(join(tree, 'src', 'cluster'), { recursive: true });
    await writeFile(join(tree, 'src', 'cluster', 'a.ts'), "import type { Logger } from 'pino';");
    await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
    await symlink(join(root, 'package.json'), join(tree, 'package.json'));
    expect((await cruiseSource(tree)).violations).toEqual([]);
  });
});
