/**
 * Iceberg's S3FileIO in Spark's properties. It reads two options of its catalog, and no Hadoop configuration.
 *
 * | option        | values                             | without it                  |
 * |---------------|------------------------------------|-----------------------------|
 * | `s3.sse.type` | none, s3, kms, dsse-kms, custom    | none                        |
 * | `s3.sse.key`  | a KMS key                          | the account's default key   |
 */
import type { Encryption } from '../../assignment/resolve.ts';

export interface CatalogOption {
  readonly catalog: string;
  /** In lower case: Iceberg's maps compare option names regardless of case. */
  readonly option: string;
}

export const catalogPrefix = 'spark.sql.catalog.';
const classes = ['org.apache.iceberg.spark.SparkCatalog', 'org.apache.iceberg.spark.SparkSessionCatalog'];

/** The catalog option that a property sets, or null. Iceberg refuses catalogs whose names hold a dot. */
export function toCatalogOption(name: string): CatalogOption | null {
  if (!name.startsWith(catalogPrefix)) return null; // as most names do, and sooner than by the pattern
  const [, catalog, written] = /^spark\.sql\.catalog\.([^.]+)\.(.+)$/s.exec(name) ?? [];
  if (catalog === undefined || written === undefined) return null;
  return { catalog, option: fold(written) };
}

/** As String.CASE_INSENSITIVE_ORDER compares: each character in upper case, and that in lower case. */
function fold(text: string): string {
  return text.replace(/[^a-z0-9.-]/g, (character) => {
    if (character === '\u0130') return 'i'; // JavaScript makes two characters of it
    const upper = character.toUpperCase();
    return (upper.length === 1 ? upper : character).toLowerCase();
  });
}

export function decidesEncryption({ option }: CatalogOption): boolean {
  return option === 's3.sse.type' || option === 's3.sse.key';
}

/**
 * The names of the catalogs whose encryption is set, sorted: catalogs that are declared as Iceberg's, that use a FileIO of
 * Iceberg's, or that set one of the two options. A catalog of another kind ignores these options.
 */
export function findIcebergCatalogs(properties: Iterable<{ readonly name: string; readonly value: string }>): string[] {
  const found = new Set<string>();
  for (const { name, value } of properties) {
    const option = toCatalogOption(name);
    if (option !== null && (decidesEncryption(option) || isFileIo(option, value))) found.add(option.catalog);
    const catalog = name.startsWith(catalogPrefix) ? name.slice(catalogPrefix.length) : '.';
    if (!catalog.includes('.') && classes.includes(value)) found.add(catalog);
  }
  return [...found].sort();
}

function isFileIo({ option }: CatalogOption, value: string): boolean {
  return option === 'io-impl' && value.startsWith('org.apache.iceberg.');
}

/** The options that a catalog must have. For the account's default key there is no key option: an empty one would be sent to AWS. */
export function wantedOptions(catalog: string, { algorithm, key }: Encryption) {
  const option = (name: string, value: string) => ({ name: `${catalogPrefix}${catalog}.${name}`, value });
  const type = option('s3.sse.type', algorithm === 'DSSE-KMS' ? 'dsse-kms' : 'kms');
  return 'arn' in key ? [type, option('s3.sse.key', key.arn)] : [type];
}
