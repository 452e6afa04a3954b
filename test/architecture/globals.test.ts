/**
 * What import rules can't see: globals that reach the process, the clock or the world.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parseFileSync, parseSync } from '@swc/core';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const files = globSync('src/**/*.ts', { cwd: root }).sort();

/** A syntax tree's node, as far as this looks. */
type Node = Readonly<Record<string, unknown>>;

const parser = { syntax: 'typescript', target: 'es2024' } as const;

function usesIn(file: string): string[] {
  return uses(parseFileSync(join(root, file), parser) as unknown as Node);
}

/** Every plain name that is called, constructed or read from, and with what is read: `fetch`, `Date`, `process.env`. */
function uses(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(uses);
  if (typeof node !== 'object' || node === null) return [];
  const { type, object, property, callee, ...rest } = node as Node;
  const own: string[] = [];
  if (type === 'MemberExpression') own.push(`${nameOf(object)}.${nameOf(property)}`, nameOf(object));
  if (type === 'VariableDeclarator') own.push(...destructured(rest));
  if (type === 'CallExpression' || type === 'NewExpression') own.push(nameOf(callee));
  return [...own, ...[object, property, callee].flatMap(uses), ...Object.values(rest).flatMap(uses)];
}

/** What `const { env } = process` reads. */
function destructured({ id, init }: Node): string[] {
  const properties = ((id as Node).properties ?? []) as readonly Node[];
  return properties.map(({ key }) => `${nameOf(init)}.${nameOf(key)}`);
}

function nameOf(node: unknown): string {
  const { type, value, expression } = (node ?? {}) as Node;
  if (type === 'Computed')
    return (expression as Node).type === 'StringLiteral' ? String((expression as Node).value) : '';
  return type === 'Identifier' ? String(value) : '';
}

function filesThatUse(pattern: RegExp): string[] {
  return files.filter((file) => usesIn(file).some((use) => pattern.test(use)));
}

/** Which of these files match none of the patterns. */
function except(found: readonly string[], ...allowed: readonly RegExp[]): string[] {
  return found.filter((file) => !allowed.some((pattern) => pattern.test(file)));
}

describe('globals', () => {
  it('of the environment are read in config/environment.ts alone', () => {
    expect(except(filesThatUse(/^process\.env$/), /^src\/config\/environment\.ts$/)).toEqual([]);
  });

  it('that end the process or hear its signals are used in the entry points alone', () => {
    const owning = /^process\.(exit|exitCode|abort|kill|on|once|addListener|prependListener)$/;
    expect(except(filesThatUse(owning), /^src\/main(-cli)?\.ts$/)).toEqual([]);
  });

  it('that know the time, the world or chance are not used in core', () => {
    const impure =
      /^(process|console|Date|performance|fetch|crypto|Buffer|require|setTimeout|setInterval|setImmediate|queueMicrotask|Math\.random)$/;
    expect(filesThatUse(impure).filter((file) => file.startsWith('src/core/'))).toEqual([]);
  });

  it('are found however they are written', () => {
    const source =
      "const e = process['env']; f(() => process?.exit(1)); const { exitCode } = process; new Date(); fetch('x');";
    const found = uses(parseSync(source, parser));
    expect(found).toEqual(expect.arrayContaining(['process.env', 'process.exit', 'process.exitCode', 'Date', 'fetch']));
  });
});
