/**
 * Iceberg's S3FileIO in Spark's properties: it reads no Hadoop configuration, but two options of its catalog.
 *
 * | option        | values                             | without it                  |
 * |---------------|------------------------------------|-----------------------------|
 * | `s3.sse.type` | none, s3, kms, dsse-kms, custom    | none                        |
 * | `s3.sse.key`  | a KMS key                          | the account's default key   |
 */
import type { Encryption } from '../../assignment/resolve.ts';

export interface CatalogOption {
  readonly catalog: string;
  /** Folded as Iceberg's maps compare: a character at a time, regardless of case. */
  readonly option: string;
}

const prefix = 'spark.sql.catalog.';
const classes = ['org.apache.iceberg.spark.SparkCatalog', 'org.apache.iceberg.spark.SparkSessionCatalog'];

/** The option of a catalog that a property is; Iceberg refuses catalogs whose names hold a dot. */
export function toCatalogOption(name: string): CatalogOption | null {
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
 * Names of the catalogs whose encryption is ours to set, sorted: those that are declared as Iceberg's, that use a FileIO of
 * Iceberg's, and that set its encryption, whatever they are: another catalog ignores these options.
 */
export function findIcebergCatalogs(properties: Iterable<{ readonly name: string; readonly value: string }>): string[] {
  const found = new Set<string>();
  for (const { name, value } of properties) {
    const option = toCatalogOption(name);
    if (option !== null && (decidesEncryption(option) || isFileIo(option, value))) found.add(option.catalog);
    const catalog = name.startsWith(prefix) ? name.slice(prefix.length) : '.';
    if (!catalog.includes('.') && classes.includes(value)) found.add(catalog);
  }
  return [...found].sort();
}

function isFileIo({ option }: CatalogOption, value: string): boolean {
  return option === 'io-impl' && value.startsWith('org.apache.iceberg.');
}

/** What a catalog has to say. An empty key would be sent as one, so that for the account's default there is none. */
export function wantedOptions(catalog: string, { algorithm, key }: Encryption) {
  const option = (name: string, value: string) => ({ name: `${prefix}${catalog}.${name}`, value });
  const type = option('s3.sse.type', algorithm === 'DSSE-KMS' ? 'dsse-kms' : 'kms');
  return 'arn' in key ? [type, option('s3.sse.key', key.arn)] : [type];
}
