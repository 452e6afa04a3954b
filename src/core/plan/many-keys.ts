/**
 * How many data keys an object may have for the operator to repair it. The ValidatingAdmissionPolicy on the operator's
 * ServiceAccount loops over all data keys, and the time grows with their square: at each step cel-go searches everything
 * that it has put on its stack since the loop began.
 */
import type { ConfigObjectContent } from './config-files.ts';

/** The limit for `data` and for `binaryData`. The chart's policies have the same number; a test compares them. */
export const mostKeys = 10_000;

/** True where `data` or `binaryData` has more data keys than the limit. */
export function hasTooManyKeys({ data, binaryData }: Pick<ConfigObjectContent, 'data' | 'binaryData'>): boolean {
  return [data, binaryData].some((field) => Object.keys(field ?? {}).length > mostKeys);
}
