/**
 * Which key a file names for all buckets, as it is stored: an inventory of keys, not a promise of what a client will do.
 */
import {
  type ConfigFile,
  decodeBase64,
  effectiveValues,
  globalNames,
  javaTrim,
  propertiesOf,
  readDocument,
  readProperties,
  toSettings,
  toValues,
} from './core.ts';
import type { KeyRow } from './report.ts';

export type PresentKey = Pick<KeyRow, 'key' | 'kind'>;

export const accountDefault: PresentKey = { kind: 'accountDefault', key: "the account's default key" };
const none: PresentKey = { kind: 'none', key: 'no KMS key' };
const otherEncryption: PresentKey = { kind: 'otherEncryption', key: 'SSE-C or client-side encryption' };
const unknown: PresentKey = { kind: 'unknown', key: 'known at run time only' };

/** A value of any other form is never shown: for SSE-C the same property holds the secret key itself. */
const arn = /^arn:aws[a-z-]{0,20}:kms:[a-z0-9-]{1,30}:\d{12}:(?:key|alias)\/[A-Za-z0-9/_-]{1,256}$/;

export function findPresentKey({ role, value, base64 }: Pick<ConfigFile, 'role' | 'value' | 'base64'>): PresentKey {
  const text = base64 ? decodeBase64(value) : value;
  const values = text === null ? null : role === 'spark' ? sparkValues(text) : hadoopValues(text);
  return values === null ? unknown : toPresentKey(values);
}

function hadoopValues(text: string): ReadonlyMap<string, string> | null {
  const read = readDocument(text);
  return read.ok ? effectiveValues(propertiesOf(read.document, 'hadoop-3')) : null;
}

function sparkValues(text: string): ReadonlyMap<string, string> | null {
  const read = readProperties(text);
  if (!read.ok) return null;
  const entries = read.items.filter((item) => item.kind === 'entry');
  return toValues(toSettings(entries).own);
}

/**
 * Where the earlier and the present name of a setting say different things, the version of Hadoop decides, so that the key
 * is unknown.
 */
function toPresentKey(values: ReadonlyMap<string, string>): PresentKey {
  const set = (setting: 'algorithm' | 'key') => [
    ...new Set(
      globalNames(setting)
        .map((name) => javaTrim(values.get(name) ?? ''))
        .filter((value) => value !== ''),
    ),
  ];
  const [algorithm, ...algorithms] = set('algorithm');
  const [key, ...keys] = set('key');
  if (algorithm === undefined || /^(?:AES256|SSE-S3)$/i.test(algorithm)) return algorithms.length > 0 ? unknown : none;
  if (/^(?:SSE-C|CSE-KMS|CSE-CUSTOM)$/i.test(algorithm)) return otherEncryption;
  if (algorithms.length > 0 || keys.length > 0 || !/^D?SSE-KMS$/i.test(algorithm)) return unknown;
  if (key === undefined) return accountDefault;
  // Copied: a piece of the text would keep all of it in memory.
  return arn.test(key) ? { kind: 'arn', key: Buffer.from(key).toString() } : unknown;
}
