/**
 * Encryption with the user's own key (row 4b). It is refused and never cut.
 */
import type { Violation } from '../../plan/report.ts';
import { type DocumentInput, type LocatedProperty, shortName } from './check-input.ts';
import { javaTrim } from './configuration.ts';
import { toEncryptionProperties, toEncryptionProperty } from './encryption-properties.ts';
import { isAbout } from './option.ts';

/** `somewhere` is for a value that still holds a variable: the match may be the variable's default. */
interface Pattern {
  readonly whole: RegExp;
  readonly somewhere: RegExp;
}

/** `u` folds U+017F and U+212A too, as Java's equalsIgnoreCase does. */
const otherAlgorithm: Pattern = { whole: /^(?:SSE-C|CSE-KMS|CSE-CUSTOM)$/iu, somewhere: /SSE-C|CSE-KMS|CSE-CUSTOM/iu };
/** 32 bytes in base64, which no ARN, alias or id of a KMS key is; the algorithm may be set in another file. */
const customerKey: Pattern = { whole: /^[A-Za-z0-9+/]{43}=$/, somewhere: /[A-Za-z0-9+/]{43}=/ };
const clientSideName = /^fs\.s3a\.encryption\.cse\./;

/** Every property counts, even one that another overrides: it may hold the only copy of a key. */
export function otherEncryption({
  properties,
  expand,
  unmanaged,
}: Pick<DocumentInput, 'properties' | 'expand' | 'unmanaged'>): Violation[] {
  const findings: Violation[] = [];
  const secret = keyMayBeSecret(properties);
  const refuse = (offset: number, what: string, bucket: string | null = null) => {
    const way = bucket === null ? '' : `, or list the bucket ${shortName(bucket)} as unmanaged in the assignment`;
    const message = `${what}: objects written so may only be readable with a key in this file, so it is not touched. Rewrite them with SSE-KMS and remove this property${way}`;
    findings.push({ reason: 'OtherEncryptionInUse', offset, message });
  };
  for (const { name, value, offset } of properties) {
    if (isAbout(clientSideName, name, unmanaged))
      refuse(offset, `${shortName(name)} configures client-side encryption`);
    const encryptionProperty = toEncryptionProperties(name).find(
      ({ bucket }) => bucket === null || !unmanaged.has(bucket),
    );
    if (encryptionProperty === undefined || value === null) continue;
    const expanded = expand(value);
    const matching = ({ whole, somewhere }: Pattern) =>
      expanded
        .map(({ text, known }) => (known ? whole : somewhere).exec(javaTrim(text))?.[0])
        .find((found) => found !== undefined);
    if (encryptionProperty.setting === 'key' && matching(customerKey) !== undefined) {
      refuse(offset, `${shortName(name)} holds a key as SSE-C needs it`, encryptionProperty.bucket);
    } else if (encryptionProperty.setting === 'algorithm' && matching(otherAlgorithm) !== undefined) {
      refuse(offset, `${shortName(name)} is ${matching(otherAlgorithm)}`, encryptionProperty.bucket);
    } else if (encryptionProperty.setting === 'algorithm' && expanded.some(({ known }) => !known) && secret) {
      refuse(
        offset,
        `${shortName(name)} is ${JSON.stringify(shortName(value))}, which may be SSE-C or client-side`,
        encryptionProperty.bucket,
      );
    }
  }
  return findings;
}

/** Where the algorithm isn't known here, a key that is no ARN may be a customer's own. */
function keyMayBeSecret(properties: readonly LocatedProperty[]): boolean {
  return properties.some(
    ({ name, value }) =>
      toEncryptionProperty(name)?.setting === 'key' && value !== null && !/^\s*(?:arn:.*)?$/.test(value),
  );
}
