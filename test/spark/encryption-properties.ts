/**
 * What in Spark's properties decides encryption, written down independently of src, so that a slip there is a
 * disagreement here.
 */
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { isEncryptionProperty, isLeftAlone, trim } from '../hadoop/encryption-properties.ts';
import { isRuledContext } from '../hadoop/fuzz/context.ts';

type Properties = Readonly<Record<string, string>>;

/** The catalogs that are Iceberg's, use its FileIO, or set its encryption. */
export function icebergCatalogs(properties: Properties): string[] {
  const classes = /^org\.apache\.iceberg\.spark\.Spark(?:Session)?Catalog$/;
  return Object.entries(properties).flatMap(([name, value]) => {
    const [, catalog, rest] = /^spark\.sql\.catalog\.([^.]+)(?:\.(.+))?$/s.exec(name) ?? [];
    if (catalog === undefined) return [];
    const fileIo =
      /^[i\u0130\u0131]o-[i\u0130\u0131]mpl$/iu.test(rest ?? '') && /^org\.apache\.iceberg\./.test(trim(value));
    const counts = rest === undefined ? classes.test(trim(value)) : fileIo || /^s3\.sse\.(?:type|key)$/iu.test(rest);
    return counts ? [catalog] : [];
  });
}

/** Declared as Iceberg's, whatever else they say. */
export function declaredCatalogs(properties: Properties): string[] {
  return icebergCatalogs(properties).filter((catalog) =>
    /^org\.apache\.iceberg\./.test(properties[`spark.sql.catalog.${catalog}`] ?? ''),
  );
}

/** The Hadoop property that a Spark property sets, or nothing. */
export function hadoopName(name: string): string | undefined {
  const spark = /^spark\.hadoop\.(.*)$/s.exec(name)?.[1];
  if (spark !== undefined) return trim(spark);
  const [, kind, rest = ''] = /^spark\.sql\.catalog\.[^.]+\.(hadoop|s3|s3a|fs\.s3a)\.(.+)$/s.exec(name) ?? [];
  if (kind === 'hadoop') return trim(rest);
  return kind === undefined ? undefined : trim(`fs.s3a.${rest}`);
}

export type Ruling = 'ruled' | 'unmanaged' | 'other';

export function rulingOf(name: string, assignment: Pick<Assignment, 'buckets' | 'encryptionContext'>): Ruling {
  if (/^spark\.sql\.catalog\.[^.]+\.s3\.sse\.(?:type|key)$/isu.test(name) && name.startsWith('spark.sql.catalog.'))
    return 'ruled';
  const hadoop = hadoopName(name);
  if (hadoop === undefined) return 'other';
  if (isRuledContext(hadoop, assignment)) return 'ruled';
  const context = /^fs\.s3a\.(?:bucket\.(.+?)\.(?:fs\.s3a\.)?)?encryption\.context$/s.exec(hadoop);
  if (context !== null) return 'unmanaged';
  if (!isEncryptionProperty(hadoop)) return 'other';
  const unmanaged = assignment.buckets.filter((rule) => 'unmanaged' in rule).map(({ name: bucket }) => bucket);
  return isLeftAlone(hadoop, new Set(unmanaged)) ? 'unmanaged' : 'ruled';
}
