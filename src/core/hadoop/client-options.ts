/**
 * Options by which Hadoop would not ask this file for the key, or not use the S3 client that obeys it (rows 5, 6, 15, 16, 19).
 */
import { javaTrim } from './configuration.ts';
import { type Finding, type Settings, shortName, unprovable } from './finding.ts';
import { isAbout } from './option.ts';

/** `u` folds U+017F too, as Java's equalsIgnoreCase does. */
const isFalse = /^false$/iu;

/**
 * Row 6: in either dialect, trimmed or not, wherever it stands, since an include decides which one counts, and so which
 * value a variable has.
 */
export function clearTextFallback({ properties }: Settings): Finding[] {
  const key = 'hadoop.security.credential.clear-text-fallback';
  return properties.flatMap(({ name, value, offset }) => {
    if (name !== key || value === null) return [];
    const variable = value.includes('${');
    if (!variable && !isFalse.test(javaTrim(value))) return [];
    const what = variable ? 'may be false at run time' : 'is false';
    const message = `${key} ${what}, and then Hadoop does not read the encryption properties from this file: remove it`;
    return [{ reason: 'ClearTextFallbackOff' as const, offset, message }];
  });
}

/** Row 5: a credential store is asked for the key before the configuration is. One blank is a path, too. */
export function credentialProviders({ properties, unmanaged }: Settings): Finding[] {
  const names = /^(?:hadoop|fs\.s3a)\.security\.credential\.provider\.path$/;
  return properties
    .filter(({ name, value }) => isAbout(names, name, unmanaged) && value !== null && value !== '')
    .map(({ name, offset }) =>
      unprovable(
        offset,
        `${shortName(name)}: a credential store that holds an encryption key would override the assignment`,
      ),
    );
}

/** Hadoop's own. A signing algorithm is no class: it names a signer, and only custom.signers brings in others. */
const usualClasses: ReadonlySet<string> = new Set([
  '',
  'org.apache.hadoop.fs.s3a.S3AFileSystem',
  'org.apache.hadoop.fs.s3a.S3A',
  'org.apache.hadoop.fs.s3a.DefaultS3ClientFactory',
  'org.apache.hadoop.fs.s3a.audit.impl.LoggingAuditor',
  'org.apache.hadoop.fs.s3a.audit.impl.NoopAuditor',
]);
const replacesClient =
  /^fs\.(?:s3a\.(?:impl|s3\.client\.factory\.impl|custom\.signers|http\.signer\.class|delegation\.token\.binding|audit\.(?:service\.classname|request\.handlers|execution\.interceptors))|AbstractFileSystem\.s3a\.impl)$/;
const customHeaders = /^fs\.s3a\.client\.[^.]{1,20}\.custom\.headers$/;

/** Rows 15 and 16. */
export function otherClients({ properties, unmanaged }: Settings): Finding[] {
  return properties.flatMap(({ name, value, offset }) => {
    if (isAbout(customHeaders, name, unmanaged) && /x-amz-server-side-encryption|\$\{/iu.test(value ?? '')) {
      return [unprovable(offset, `${shortName(name)} sets encryption headers of its own`)];
    }
    if (isAbout(replacesClient, name, unmanaged) && !usualClasses.has(javaTrim(value ?? ''))) {
      return [
        unprovable(offset, `${shortName(name)} replaces a part of the S3A client, which may not encrypt as it is told`),
      ];
    }
    return [];
  });
}

/**
 * Row 19: S3A takes the settings of the bucket that a path names, and writes to the one that the access point belongs to. It
 * reads this name alone, and for a bucket that is left alone it is the way into one that isn't.
 */
export function accessPoints({ properties, perBucket }: Settings): Finding[] {
  if (!perBucket) return [];
  return properties
    .filter(({ name, value }) => isAccessPoint(name) && javaTrim(value ?? '') !== '')
    .map(({ name, offset }) =>
      unprovable(
        offset,
        `${shortName(name)}: what is written for this bucket goes to that of the access point, for which the assignment may want something else`,
      ),
    );
}

function isAccessPoint(name: string): boolean {
  return name.startsWith('fs.s3a.bucket.') && name.endsWith('.accesspoint.arn');
}
