/**
 * KmsKeyAssignments in manifests, read under the same schema as the installed definition has, and the labels of namespaces.
 */

import type { Io } from '../command.ts';
import { type Assignment, defaultFiles, type Namespace, parseAssignment } from '../core.ts';
import { Failure } from '../errors.ts';
import { type Fault, toFaultLine } from './faults.ts';
import { type ManifestObject, readManifest, toPlain } from './objects.ts';
import { readSources } from './sources.ts';
import { entriesOf, itemsOf, offsetOf, textOf } from './yaml.ts';

/** Of any group and version, so that a mistyped one is reported and not ignored. */
export function isAssignment({ kind }: ManifestObject): boolean {
  return kind === 'KmsKeyAssignment';
}

/** Where the field stands that a problem begins with (`spec.key.arn: …`), or as much of the way there as there is. */
function offsetOfField(problem: string, { node, document, offset }: ManifestObject): number {
  const [field = ''] = problem.split(': ');
  let at = offset;
  let inside: unknown = node;
  for (const step of field.match(/[^.[\]]+/g) ?? []) {
    const entry = entriesOf(inside, document)?.get(step);
    inside = entry?.value ?? itemsOf(inside, document)?.[Number(step)];
    if (inside === undefined) break;
    at = offsetOf(entry?.pair.key ?? inside);
  }
  return at;
}

/**
 * The assignments in files and folders of manifests, with what else these hold. Other objects than assignments are no mistake.
 * @throws Failure that names every one that can't be read, with file, line and column
 */
export async function readAssignments(
  paths: readonly string[],
  io: Io,
): Promise<{ readonly assignments: readonly Assignment[]; readonly objects: readonly ManifestObject[] }> {
  const sources = await readSources(paths, { files: defaultFiles, manifestsOnly: true }, io);
  const faults: Fault[] = [];
  const objects: ManifestObject[] = [];
  for (const source of sources) {
    const read = readManifest(source);
    if (read.ok) objects.push(...read.manifest.objects);
    else faults.push(...read.faults);
  }
  const parsed = toAssignments(objects);
  faults.push(...parsed.faults);
  if (faults.length > 0) throw new Failure(`the assignments can't be read:\n${faults.map(toFaultLine).join('\n')}`);
  if (parsed.assignments.length === 0) {
    throw new Failure(`there is no KmsKeyAssignment in ${paths.join(', ')}: name files that hold one`);
  }
  return { assignments: parsed.assignments, objects };
}

/** An assignment that occurs twice with the same spec counts once. */
export function toAssignments(objects: readonly ManifestObject[]): {
  readonly assignments: readonly Assignment[];
  readonly faults: readonly Fault[];
} {
  const byName = new Map<string, Assignment>();
  const faults: Fault[] = [];
  for (const object of objects.filter(isAssignment)) {
    const parsed = parseAssignment(toPlain(object));
    const fault = (message: string, offset = object.offset) =>
      faults.push({ source: object.source, offset, message: `KmsKeyAssignment/${object.name}: ${message}` });
    if (!parsed.ok) {
      for (const problem of parsed.problems) fault(problem, offsetOfField(problem, object));
      continue;
    }
    const { assignment } = parsed;
    const before = byName.get(assignment.name);
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(assignment)) {
      fault('another one of this name says something else: leave one of them out');
    }
    byName.set(assignment.name, assignment);
  }
  return { assignments: [...byName.values()], faults };
}

/** The namespaces of which the labels are known: those among the objects, and those that options name. */
export function toNamespaces(
  objects: readonly ManifestObject[],
  labelled: readonly Namespace[],
): ReadonlyMap<string, Namespace> {
  const found = objects
    .filter(({ kind, apiVersion, name }) => kind === 'Namespace' && apiVersion === 'v1' && name !== '')
    .map(({ name, entries, document }): Namespace => {
      const metadata = entriesOf(entries.get('metadata')?.node, document);
      const labels = entriesOf(metadata?.get('labels')?.node, document) ?? new Map();
      return { name, labels: Object.fromEntries([...labels].map(([key, entry]) => [key, textOf(entry) ?? ''])) };
    });
  return new Map([...found, ...labelled].map(({ name, labels }) => [name, withName(name, labels)]));
}

/** The API server gives every namespace the label of its name. */
export function withName(name: string, labels: Namespace['labels']): Namespace {
  return { name, labels: { ...labels, 'kubernetes.io/metadata.name': name } };
}
