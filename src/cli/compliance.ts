/**
 * What the webhook would do with a config object: the assignment of its namespace, and the plan for each of its files.
 */
import {
  type Assignment,
  ConfigFiles,
  type ConfigObjectPlan,
  type FilePlan,
  type FileRules,
  isEmptySelector,
  type Namespace,
  noteReasons,
  type Position,
  planConfigFiles,
  resolve,
  toExcerpt,
} from './core.ts';
import { withName } from './inputs/assignments.ts';
import { type InputObject, valueKey } from './inputs/config-objects.ts';
import type { Fault } from './inputs/faults.ts';
import { type FilePlace, placeAt, placeOf } from './inputs/place.ts';
import { positionOf } from './inputs/position.ts';

/**
 * | outcome    | what it means                                                                    |
 * | ---------- | -------------------------------------------------------------------------------- |
 * | compliant  | the file says what the assignment wants                                          |
 * | change     | the operator would change it                                                     |
 * | refused    | the operator would deny it                                                       |
 * | conflicted | the namespace has assignments that want different things, so that it is denied   |
 * | unassigned | no assignment is for the namespace                                               |
 * | unknown    | it can't be told; the message says what is missing                               |
 */
export type Outcome = 'compliant' | 'change' | 'refused' | 'conflicted' | 'unassigned' | 'unknown';

/** A message about a place in a file. */
export interface FileRemark {
  readonly reason: string;
  readonly place: FilePlace;
  /** The line with a mark under the place; null where nothing of the file may be shown. */
  readonly excerpt: string | null;
  readonly message: string;
}

/** How one file of a config object stands. */
export interface Finding extends FileRemark {
  /** `ConfigMap/finance/hadoop-conf`; a bare file's has the namespace alone. Null for a text that can't be read. */
  readonly object: string | null;
  readonly dataKey: string | null;
  readonly outcome: Outcome;
  readonly assignment: Assignment | undefined;
  /** What the webhook would warn of. */
  readonly notes: readonly FileRemark[];
}

export interface Assessed {
  readonly object: InputObject;
  /** Undefined where no assignment applies. */
  readonly plan: ConfigObjectPlan | undefined;
  readonly findings: readonly Finding[];
}

/** What is known of the cluster. */
export interface Cluster {
  readonly assignments: readonly Assignment[];
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** Of objects that name none. */
  readonly namespace: string | undefined;
  readonly files: FileRules;
}

/** Undefined for an object that holds none of the files. */
export function assess(object: InputObject, cluster: Cluster): Assessed | undefined {
  const files = new ConfigFiles(object.content, cluster.files);
  if (!files.some(true)) return undefined;
  const namespace = object.namespace ?? cluster.namespace;
  const whole = (outcome: Outcome, reason: string, message: string): Assessed => {
    const place = placeAt(object.source, object.offset);
    const name = toName(object, namespace);
    const rest = { place, excerpt: null, message, notes: [], assignment: undefined };
    const keys = files.list(true).map(({ dataKey }) => dataKey);
    return {
      object,
      plan: undefined,
      findings: keys.map((dataKey) => ({ object: name, dataKey, outcome, reason, ...rest })),
    };
  };
  if (namespace === undefined) {
    return whole(
      'unknown',
      'NoNamespace',
      'it names no namespace, so that its assignment is unknown: give --namespace',
    );
  }
  if (needsLabels(namespace, cluster)) {
    const message = `the labels of namespace ${namespace} are unknown, and an assignment selects by labels: add the Namespace's manifest, or give --namespace-labels ${namespace}:KEY=VALUE,…`;
    return whole('unknown', 'NoLabels', message);
  }
  const resolution = resolve(cluster.namespaces.get(namespace) ?? withName(namespace, {}), cluster.assignments);
  if (resolution.kind === 'none')
    return whole('unassigned', 'Unassigned', `no assignment is for namespace ${namespace}`);
  if (resolution.kind === 'conflict') {
    const names = resolution.assignments.map(({ name }) => name).join(', ');
    const message = `namespace ${namespace} has KmsKeyAssignments of the same rank that want different things: ${names}; none of them applies until all but one are changed`;
    return whole('conflicted', 'Conflicted', message);
  }
  const { assignment } = resolution;
  const plan = planConfigFiles(files, assignment);
  return { object, plan, findings: toFindings(object, namespace, plan, assignment) };
}

const mayHoldSecret = /\bkind["']?\s*:\s*["']?Secret/;

/** Of an input that can't be read. */
export function toUnreadable({ source, offset, message }: Fault): Finding {
  const place = placeAt(source, offset);
  const excerpt = mayHoldSecret.test(source.text) ? null : toExcerpt(source.text, place);
  const rest = { object: null, dataKey: null, assignment: undefined, notes: [] };
  return { ...rest, outcome: 'unknown', reason: 'Unreadable', place, excerpt, message };
}

/** An exact name outranks every selector, so that labels don't matter then. */
function needsLabels(namespace: string, { assignments, namespaces }: Cluster): boolean {
  if (namespaces.has(namespace)) return false;
  const isNamed = assignments.some(({ target }) => 'namespaces' in target && target.namespaces.includes(namespace));
  return (
    !isNamed &&
    assignments.some(({ target }) => 'namespaceSelector' in target && !isEmptySelector(target.namespaceSelector))
  );
}

function toName({ kind, name }: InputObject, namespace: string | undefined): string {
  return [kind, namespace ?? '', name].filter((part) => part !== '').join('/');
}

function toFindings(object: InputObject, namespace: string, plan: ConfigObjectPlan, assignment: Assignment): Finding[] {
  const name = toName(object, namespace);
  return plan.files.map((file): Finding => {
    const { dataKey } = file;
    const text = textOfFile(object, file);
    const remark = (reason: string, position: Position, message: string): FileRemark => ({
      reason,
      place: placeIn(object, file, position),
      excerpt: text === undefined ? null : toExcerpt(text, position),
      message,
    });
    const head = { object: name, dataKey, assignment };
    const refusal = plan.kind === 'refused' ? plan.refusals.find((one) => one.dataKey === dataKey) : undefined;
    if (refusal !== undefined) {
      const { reason, message } = refusal;
      return { ...head, outcome: 'refused', ...remark(reason, refusal, message), notes: [] };
    }
    if (file.plan.kind === 'refused') throw new Error(`the plan for ${dataKey} is refused, and its refusal is missing`);
    const notes = file.plan.notes.map((note) => remark(noteReasons[note.kind], note, note.message));
    if (file.plan.kind === 'unchanged') {
      const message = file.plan.leftAlone ? 'left alone: the store is not AWS' : `as ${toSource(assignment)} wants it`;
      return { ...head, outcome: 'compliant', ...remark('Compliant', { line: 1, column: 1 }, message), notes };
    }
    const { outdated, edits } = file.plan;
    const overridden = notes.find(({ reason }) => reason === noteReasons.overridden);
    // What is added at the end stands behind the last line, which no line of the manifest may follow.
    const at =
      text === undefined
        ? { line: 1, column: 1 }
        : positionOf(text, Math.min(text.trimEnd().length, ...edits.map(({ offset }) => offset)));
    const why = outdated ? 'it has what an assignment set earlier' : 'it does not have what the assignment sets';
    const change = remark('WouldChange', at, `${why}: the operator would change it (${toSource(assignment)})`);
    return {
      ...head,
      outcome: 'change',
      ...change,
      ...(overridden && { place: overridden.place, excerpt: overridden.excerpt }),
      notes,
    };
  });
}

function toSource({ name }: Assignment): string {
  return `KmsKeyAssignment/${name}`;
}

/** Undefined where the text must not be shown. */
function textOfFile({ kind, content }: InputObject, { field, dataKey, base64 }: FilePlan): string | undefined {
  if (kind === 'Secret' || base64) return undefined;
  return content[field]?.[dataKey];
}

function placeIn({ values, source, offset }: InputObject, { field, dataKey }: FilePlan, position: Position): FilePlace {
  const value = values.get(valueKey(field, dataKey));
  return value === undefined ? placeAt(source, offset) : placeOf(value, position);
}
