/**
 * The plan for one document as the webhook makes it: through a ConfigMap's `data`, or `binaryData` where the bytes are
 * no text; beside a core-site.xml where it is another file.
 */

import type { Assignment } from '../../../src/core/assignment/resolve.ts';
import { type ConfigObjectContent, planConfigObject } from '../../../src/core/plan/config-object.ts';
import type { Plan } from '../../../src/core/plan/plan.ts';

const hadoopFiles = { core: ['core-site.xml'], other: ['*-site.xml'] };

/** The plan for a file's bytes; the tests of the fuzzer itself pass a worse one. */
export type PlanFile = (bytes: Uint8Array, assignment: Assignment, dataKey: string) => Plan;

export function planText(text: string, assignment: Assignment, dataKey: string): Plan {
  return planContent({ data: { ...beside(dataKey), [dataKey]: text } }, dataKey, assignment);
}

export const planBytes: PlanFile = (bytes, assignment, dataKey) => {
  const text = decode(bytes);
  if (text !== null) return planText(text, assignment, dataKey);
  const binaryData = { [dataKey]: Buffer.from(bytes).toString('base64') };
  return planContent({ data: beside(dataKey), binaryData }, dataKey, assignment);
};

/** Null where the bytes are no UTF-8. */
export function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // the decoder throws on nothing but bytes that are no UTF-8
  }
}

function beside(dataKey: string): Record<string, string> {
  return dataKey === 'core-site.xml' ? {} : { 'core-site.xml': '<configuration/>' };
}

/** Of a file that is no Hadoop configuration, which nobody can read, or of which nothing matters. */
export const leftAlone: Plan = { kind: 'unchanged', notes: [], holdsBlock: false };

function planContent(content: ConfigObjectContent, dataKey: string, assignment: Assignment): Plan {
  const { files } = planConfigObject(content, assignment, hadoopFiles);
  return files.find((file) => file.dataKey === dataKey)?.plan ?? leftAlone;
}
