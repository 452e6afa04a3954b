/**
 * Assignments in files, as `kubectl apply -f` takes them: YAML or JSON, several documents, Lists; anything else in them is
 * passed over.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import type { Io } from '../command.ts';
import { Failure } from '../errors.ts';
import { assignmentKind, type KubeObject, parseAssignment } from './core.ts';

/** @throws Failure with every mistake in every file */
export async function readAssignmentFiles(
  paths: readonly string[],
  io: Pick<Io, 'stdin' | 'cwd'>,
): Promise<KubeObject[]> {
  const found: KubeObject[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const objects = toObjects(await readText(path, io), path).flatMap(flatten);
    const assignments = objects.filter((object) => isOfKind(object, assignmentKind));
    if (assignments.length === 0) problems.push(`${path}: holds no ${assignmentKind}`);
    for (const object of assignments) {
      const parsed = parseAssignment(object);
      if (parsed.ok) found.push(object);
      else
        problems.push(...parsed.problems.map((problem) => `${path}: ${parsed.name ?? 'without a name'}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new Failure(problems.join('\n'));
  return found;
}

async function readText(path: string, io: Pick<Io, 'stdin' | 'cwd'>): Promise<string> {
  if (path === '-') return io.stdin();
  try {
    return await readFile(resolve(io.cwd, path), 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function toObjects(text: string, path: string): unknown[] {
  try {
    return loadAll(text) as unknown[];
  } catch (error) {
    throw new Failure(`${path} is not YAML: ${(error as Error).message}`, { cause: error });
  }
}

function flatten(object: unknown): unknown[] {
  const items = isOfKind(object, 'List') ? object.items : undefined;
  return Array.isArray(items) ? items.flatMap(flatten) : [object];
}

function isOfKind(object: unknown, kind: string): object is KubeObject {
  return typeof object === 'object' && object !== null && (object as { kind?: unknown }).kind === kind;
}
