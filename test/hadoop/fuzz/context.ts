/**
 * What an assignment decides about encryption contexts, which Hadoop 3.5.0 alone reads: written anew, as in encryption-properties.ts.
 */
import type { Assignment } from '../../../src/core/assignment/resolve.ts';
import { ruleFor, withStem } from '../encryption-properties.ts';
import type { HadoopVersion } from '../jars.ts';
import type { Encryption } from '../judge.ts';

const names = /^fs\.s3a\.(?:bucket\.(.+)\.)?encryption\.context$/s;

/** Whether a property is a context that the assignment takes away or sets. */
export function isRuledContext(name: string, assignment: Pick<Assignment, 'buckets' | 'encryptionContext'>): boolean {
  return bucketsOfContext(name).some((bucket) => {
    const rule = assignment.buckets.find((candidate) => candidate.name === bucket);
    if (rule !== undefined && 'unmanaged' in rule) return false;
    return assignment.encryptionContext != null || (rule !== undefined && rule.encryptionContext != null);
  });
}

/** The buckets whose context a name may be; null for all of them. */
export function bucketsOfContext(name: string): readonly (string | null)[] {
  const found = names.exec(name.replace(/^[\0- ]+|[\0- ]+$/g, ''));
  if (found === null) return [];
  return found[1] === undefined ? [null] : withStem(found[1]);
}

/** Says what is wrong with a bucket's context; undefined where nothing is, or where the workload decides. */
export function contextFault(
  got: Encryption,
  assignment: Assignment,
  bucket: string,
  version: HadoopVersion,
): { readonly expected: string; readonly got: string } | undefined {
  const rule = ruleFor(assignment, bucket);
  const own = rule !== undefined && 'key' in rule ? rule.encryptionContext : undefined;
  const wanted = own ?? assignment.encryptionContext;
  if (version !== '3.5.0' || wanted == null) return undefined;
  const expected = toText(wanted);
  const found = 'error' in got ? got.error : toText(JSON.parse(atob(got.context ?? btoa('{}'))));
  if (found === expected || ('error' in got && !found.includes('key-value pairs'))) return undefined;
  return { expected, got: found };
}

function toText(context: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(context).sort());
}
