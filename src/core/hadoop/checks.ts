/**
 * What in a file makes an assignment impossible or unprovable, as small checks in an ordered list: the first refusal
 * stands. The numbers are the rows of the table "Ways past the key" in the documentation.
 */
import type { BucketRule } from '../assignment.ts';
import type { RefusalReason } from '../reasons.ts';
import { effectiveValues, javaTrim } from './configuration.ts';
import { type HadoopDocument, type PropertyElement, propertiesOf } from './document.ts';
import { expand } from './expand.ts';
import { toMember } from './s3a.ts';

/** Something found at an offset; with `reason` NotProvable it is a note unless the assignment is Strict. */
export interface Finding {
  readonly reason: RefusalReason;
  readonly offset: number;
  readonly message: string;
}

interface Input {
  readonly document: HadoopDocument;
  readonly properties: readonly Located[];
  /** What each name ends up with in this file. */
  readonly values: ReadonlyMap<string, string>;
  readonly unmanaged: ReadonlySet<string>;
}

/** A property with its name trimmed, which is how it may take effect later on. */
interface Located {
  readonly name: string;
  readonly value: string | null;
  readonly offset: number;
}

type Check = (input: Input) => readonly Finding[];

const checks: readonly Check[] = [
  root,
  strayFallback,
  otherEncryption,
  clearTextFallback,
  credentialProviders,
  includes,
  otherClients,
];

/** Everything the checks find, refusals and unprovable things alike, in the checks' order. */
export function findObstacles(document: HadoopDocument, buckets: readonly BucketRule[]): Finding[] {
  const unmanaged = new Set(buckets.filter((rule) => 'unmanaged' in rule).map((rule) => rule.name));
  const properties = document.elements.flatMap(locate);
  const values = effectiveValues(propertiesOf(document, 'hadoop-3'));
  const input: Input = { document, properties, values, unmanaged };
  return checks.flatMap((check) => check(input));
}

/** Both dialects' properties of an element; where they say the same, they are the same objects. */
function locate({ properties, offset }: PropertyElement): Located[] {
  const all = new Set([...properties['hadoop-3'], ...properties['hadoop-2']]);
  return [...all].map(({ name, value }) => ({ name: javaTrim(name), value, offset }));
}

/** Row 8: Hadoop doesn't look at the root's name; but another root is no configuration file that anyone meant. */
function root({ document }: Input): Finding[] {
  if (document.root.local === 'configuration') return [];
  const message = `the root element is <${document.root.name}>: make it <configuration>`;
  return [{ reason: 'RootNotConfiguration', offset: document.root.offset, message }];
}

/** Row 8. */
function strayFallback({ document }: Input): Finding[] {
  const found = document.strayFallback;
  if (found === null) return [];
  const message = 'a <fallback> outside <include> makes Hadoop ignore every property after it: remove it';
  return [{ reason: 'FallbackDisablesProperties', offset: found.offset, message }];
}

/** `u` folds U+017F and U+212A too, as Java's equalsIgnoreCase does. */
const otherAlgorithm = /^(?:SSE-C|CSE-KMS|CSE-CUSTOM)$/iu;
/** 32 bytes in base64, which no ARN, alias or id of a KMS key is; the algorithm may be set in another file. */
const customerKey = /^[A-Za-z0-9+/]{43}=$/;
const clientSideName = /^fs\.s3a\.(?:encryption\.)?cse\./;

/** Row 4b: never cut the only copy of a key, so what is set is looked at even where another property overrides it. */
function otherEncryption({ properties, values, unmanaged }: Input): Finding[] {
  const findings: Finding[] = [];
  const secret = keyMayBeSecret(properties);
  const refuse = (offset: number, what: string, bucket: string | null = null) => {
    const way = bucket === null ? '' : `, or list the bucket ${bucket} as unmanaged in the assignment`;
    const message = `${what}: objects written so may only be readable with a key in this file, so it is not touched. Rewrite them with SSE-KMS and remove this property${way}`;
    findings.push({ reason: 'OtherEncryptionInUse', offset, message });
  };
  for (const { name, value, offset } of properties) {
    if (isAbout(clientSideName, name, unmanaged)) refuse(offset, `${name} configures client-side encryption`);
    const member = toMember(name);
    if (member === null || value === null) continue;
    if (member.bucket !== null && unmanaged.has(member.bucket)) continue;
    if (member.setting === 'key') {
      if (customerKey.test(javaTrim(value))) refuse(offset, `${name} holds a key as SSE-C needs it`, member.bucket);
      continue;
    }
    const algorithm = expand(value, values);
    if (algorithm === null) {
      if (secret)
        refuse(offset, `${name} is ${JSON.stringify(value)}, which may be SSE-C or client-side`, member.bucket);
    } else if (otherAlgorithm.test(javaTrim(algorithm)))
      refuse(offset, `${name} is ${javaTrim(algorithm)}`, member.bucket);
  }
  return findings;
}

/** With an algorithm nobody can know here, a key that is no ARN might be a customer's own. */
function keyMayBeSecret(properties: readonly Located[]): boolean {
  return properties.some(
    ({ name, value }) => toMember(name)?.setting === 'key' && value !== null && !/^\s*(?:arn:.*)?$/.test(value),
  );
}

const bucketPrefix = 'fs.s3a.bucket.';
/** Of the oldest buckets; since 2018 it is 63. Bounds the work that a name can cause. */
const maxBucketLength = 255;

/**
 * Whether `pattern`, which is written for `fs.s3a.x`, is about this name or about `fs.s3a.bucket.B.x` and its long form
 * for some bucket B that isn't left alone. A bucket's name may contain dots: the shortest B that fits is meant.
 */
function isAbout(pattern: RegExp, name: string, unmanaged: ReadonlySet<string>): boolean {
  if (!name.startsWith(bucketPrefix)) return pattern.test(name);
  const last = bucketPrefix.length + maxBucketLength;
  for (let dot = name.indexOf('.', bucketPrefix.length); dot >= 0 && dot <= last; dot = name.indexOf('.', dot + 1)) {
    const rest = name.slice(dot + 1);
    if (!pattern.test(rest.startsWith('fs.s3a.') ? rest : `fs.s3a.${rest}`)) continue;
    return !unmanaged.has(name.slice(bucketPrefix.length, dot));
  }
  return false;
}

/** Row 6: in either dialect, trimmed or not, wherever it stands, since an include decides which one counts. */
function clearTextFallback({ properties, values }: Input): Finding[] {
  const key = 'hadoop.security.credential.clear-text-fallback';
  return properties.flatMap(({ name, value, offset }) => {
    if (name !== key || value === null) return [];
    const expanded = expand(value, values);
    if (expanded !== null && javaTrim(expanded).toLowerCase() !== 'false') return [];
    const what = expanded === null ? 'may be false at run time' : 'is false';
    const message = `${key} ${what}, and then Hadoop does not read the encryption properties from this file: remove it`;
    return [{ reason: 'ClearTextFallbackOff' as const, offset, message }];
  });
}

/** Row 5: a credential store is asked for the key before the configuration is. One blank is a path, too. */
function credentialProviders({ properties, unmanaged }: Input): Finding[] {
  const names = /^(?:hadoop|fs\.s3a)\.security\.credential\.provider\.path$/;
  return properties
    .filter(({ name, value }) => isAbout(names, name, unmanaged) && value !== null && value !== '')
    .map(({ name, offset }) =>
      unprovable(offset, `${name}: a credential store that holds an encryption key would override the assignment`),
    );
}

/** Row 7. */
function includes({ document }: Input): Finding[] {
  return document.includes
    .filter((element) => element.attributes.some(({ local }) => local === 'href'))
    .map(({ offset }) =>
      unprovable(
        offset,
        '<include>: a per-bucket encryption property in the included file would override the assignment',
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
  /^fs\.(?:s3a\.(?:impl|s3\.client\.factory\.impl|custom\.signers|delegation\.token\.binding|audit\.(?:service\.classname|request\.handlers|execution\.interceptors))|AbstractFileSystem\.s3a\.impl)$/;
const customHeaders = /^fs\.s3a\.client\.[^.]+\.custom\.headers$/;

/** Rows 15 and 16. */
function otherClients({ properties, unmanaged }: Input): Finding[] {
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

function unprovable(offset: number, message: string): Finding {
  return { reason: 'NotProvable', offset, message };
}
