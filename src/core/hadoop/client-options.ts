/**
 * Options by which Hadoop would not ask this file for the key, or not use the S3 client that obeys it (rows 5, 6, 15, 16).
 */
import { javaTrim } from './configuration.ts';
import { type Finding, type Settings, unprovable } from './finding.ts';
import { isAbout } from './option.ts';

/**
 * Row 6: in either dialect, trimmed or not, wherever it stands, since an include decides which one counts, and so which
 * value a variable has.
 */
export function clearTextFallback({ properties }: Settings): Finding[] {
  const key = 'hadoop.security.credential.clear-text-fallback';
  return properties.flatMap(({ name, value, offset }) => {
    if (name !== key || value === null) return [];
    const variable = value.includes('${');
    if (!variable && javaTrim(value).toLowerCase() !== 'false') return [];
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
      unprovable(offset, `${name}: a credential store that holds an encryption key would override the assignment`),
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
const customHeaders = /^fs\.s3a\.client\.[^.]+\.custom\.headers$/;

/** Rows 15 and 16. */
export function otherClients({ properties, unmanaged }: Settings): Finding[] {
  return properties.flatMap(({ name, value, offset }) => {
    const set = javaTrim(value ?? '');
    if (isAbout(customHeaders, name, unmanaged) && /x-amz-server-side-encryption|\$\{/i.test(set)) {
      return [unprovable(offset, `${name} sets encryption headers of its own`)];
    }
    if (!usualClasses.has(set) && isAbout(replacesClient, name, unmanaged)) {
      return [unprovable(offset, `${name} replaces a part of the S3A client, which may not encrypt as it is told`)];
    }
    return [];
  });
}
