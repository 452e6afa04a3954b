/**
 * The plan for a ConfigMap: each Hadoop file in its `data` and `binaryData`, and the JSON Patch that carries it out.
 */
import type { Assignment } from './assignment.ts';
import type { FileRole, Note, Plan, Refused } from './plan.ts';

/** Which data keys hold Hadoop files. */
export interface HadoopFiles {
  /** Files that get our properties, for example `core-site.xml`. */
  readonly core: readonly string[];
  /** Files out of which the family is cut, for example `hdfs-site.xml`. */
  readonly other: readonly string[];
}

/** As much of a ConfigMap as the plan needs. Only own keys count, so `__proto__` is a data key like any other. */
export interface ConfigMapContent {
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Values in base64, as the API has them. */
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
}

export interface FilePlan {
  readonly field: 'data' | 'binaryData';
  readonly dataKey: string;
  readonly role: FileRole;
  readonly plan: Plan;
}

export interface JsonPatchOperation {
  readonly op: 'replace';
  readonly path: string;
  readonly value: string;
}

/** What a ConfigMap needs as a whole; one refused file refuses the ConfigMap. */
export type ConfigMapPlan =
  | { readonly kind: 'unchanged'; readonly files: readonly FilePlan[]; readonly notes: readonly FileNote[] }
  | {
      readonly kind: 'change';
      readonly files: readonly FilePlan[];
      readonly notes: readonly FileNote[];
      readonly patch: readonly JsonPatchOperation[];
    }
  | { readonly kind: 'refused'; readonly files: readonly FilePlan[]; readonly refusals: readonly FileRefusal[] };

export interface FileNote extends Note {
  readonly dataKey: string;
}

export interface FileRefusal extends Refused {
  readonly dataKey: string;
}

/** True where the ConfigMap holds at least one of the Hadoop files: a *carrier*. */
export function isCarrier(_content: ConfigMapContent, _files: HadoopFiles): boolean {
  throw new Error('not written yet');
}

/**
 * Plans every Hadoop file of a ConfigMap for an assignment. `enforcement` decides strictness only: whether a change is
 * made (Enforce, Strict) or reported (Audit) is the caller's business.
 */
export function planConfigMap(_content: ConfigMapContent, _assignment: Assignment, _files: HadoopFiles): ConfigMapPlan {
  throw new Error('not written yet');
}
