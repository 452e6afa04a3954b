/**
 * How many data keys an object may have that the operator repairs. The policy on its ServiceAccount goes through all of them,
 * and an API server's CEL takes time for that which grows with their square: cel-go looks through all that it has put on its
 * stack since the loop began at each step.
 */
import type { ConfigObjectContent } from './config-files.ts';

/** In `data`, and in `binaryData`; the chart's policies say the same. A test holds the two together. */
export const mostKeys = 10_000;

export function hasTooManyKeys({ data, binaryData }: Pick<ConfigObjectContent, 'data' | 'binaryData'>): boolean {
  return [data, binaryData].some((field) => Object.keys(field ?? {}).length > mostKeys);
}
