/**
 * The plan for one document as the webhook makes it: through a ConfigMap's `data`, or `binaryData` where the bytes are
 * no text.
 */
import type { Assignment } from '../../../src/core/assignment.ts';
import { type ConfigMapContent, planConfigMap } from '../../../src/core/config-map.ts';
import type { Plan } from '../../../src/core/plan.ts';

const hadoopFiles = {
  core: ['core-site.xml'],
  other: ['hdfs-site.xml', 'hive-site.xml', 'yarn-site.xml', 'mapred-site.xml'],
};

/** The plan for a file's bytes; the tests of the fuzzer itself pass a worse one. */
export type PlanFile = (bytes: Uint8Array, assignment: Assignment, dataKey: string) => Plan;

export function planText(text: string, assignment: Assignment, dataKey: string): Plan {
  return planContent({ data: { [dataKey]: text } }, assignment);
}

export const planBytes: PlanFile = (bytes, assignment, dataKey) => {
  const text = decode(bytes);
  if (text !== null) return planText(text, assignment, dataKey);
  return planContent({ binaryData: { [dataKey]: Buffer.from(bytes).toString('base64') } }, assignment);
};

/** Null where the bytes are no UTF-8. */
export function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null; // the decoder throws on nothing but bytes that are no UTF-8
  }
}

function planContent(content: ConfigMapContent, assignment: Assignment): Plan {
  const [file] = planConfigMap(content, assignment, hadoopFiles).files;
  if (file === undefined) throw new Error('the file was not planned');
  return file.plan;
}
