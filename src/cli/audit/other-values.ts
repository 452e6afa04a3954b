/**
 * Values that nothing covers, though a client may read them: Hadoop configurations and settings of S3A under data keys that
 * are not among the files.
 */
import {
  type ConfigFile,
  ConfigFiles,
  decodeBase64,
  type FileRules,
  isBase64,
  type StoredConfigObject,
} from './core.ts';
import type { OtherValueRow } from './report.ts';

type OtherValue = Pick<OtherValueRow, 'key' | 'looksLike'>;

/** Settings of S3A by name, or of a driver's by `spark.hadoop.`: in Flink's YAML, in a shell script, in an operator's values. */
const s3aSetting = /\bfs\.s3a\.[a-z]/;

/** @param covered the files that count here, which are left out */
export function findOtherValues(
  object: StoredConfigObject,
  rules: FileRules,
  covered: readonly ConfigFile[],
): OtherValue[] {
  const found: OtherValue[] = [];
  const known = new Set(covered.map(({ field, dataKey }) => `${field}/${dataKey}`));
  for (const { field, dataKey } of new ConfigFiles(object, { ...rules, byContent: true }).list(true)) {
    const place = `${field}/${dataKey}`;
    if (known.has(place)) continue;
    known.add(place);
    found.push({ key: dataKey, looksLike: 'configuration' });
  }
  for (const field of ['data', 'binaryData'] as const) {
    const base64 = isBase64(object, field);
    for (const [dataKey, value] of Object.entries(object[field] ?? {})) {
      if (known.has(`${field}/${dataKey}`)) continue;
      if (s3aSetting.test(base64 ? (decodeBase64(value) ?? '') : value)) {
        found.push({ key: dataKey, looksLike: 's3aSettings' });
      }
    }
  }
  return found;
}
