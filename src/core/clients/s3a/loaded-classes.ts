/**
 * Options that load other code into the S3A client, or leave its requests unsigned (rows 16 and 23).
 */
import type { Violation } from '../../plan/report.ts';
import { type Settings, shortName, unprovable } from './check-input.ts';
import { javaTrim } from './configuration.ts';
import { isAbout } from './option.ts';

/** An option, and its usual values; any other value gets a note. */
interface ClassRule {
  readonly option: RegExp;
  readonly isUsual: (value: string) => boolean;
  readonly message: string;
}

const inClient: ReadonlySet<string> = new Set([
  '',
  'org.apache.hadoop.fs.s3a.S3AFileSystem',
  'org.apache.hadoop.fs.s3a.S3A',
  'org.apache.hadoop.fs.s3a.DefaultS3ClientFactory',
  'org.apache.hadoop.fs.s3a.audit.impl.LoggingAuditor',
  'org.apache.hadoop.fs.s3a.audit.impl.NoopAuditor',
]);

/** Signers that sign all headers about encryption. Any other name refers to a class of `custom.signers`, or signs nothing. */
const signing: ReadonlySet<string> = new Set([
  '',
  'S3SignerType',
  'AWSS3V4SignerType',
  'AWS4SignerType',
  'AWS4UnsignedPayloadSignerType',
]);

/** Classes of Apache and AWS, by their package: there are dozens of credential providers. */
const usualPackage = /^(?:org\.apache|com\.amazonaws|com\.amazon|software\.amazon)\./;

const rules: readonly ClassRule[] = [
  {
    option:
      /^fs\.(?:s3a\.(?:impl|s3\.client\.factory\.impl|custom\.signers|http\.signer\.class|delegation\.token\.binding|audit\.(?:service\.classname|request\.handlers|execution\.interceptors))|AbstractFileSystem\.s3a\.impl)$/,
    isUsual: (value) => inClient.has(value),
    message: 'replaces a part of the S3A client, which may not encrypt as it is told',
  },
  {
    option: /^fs\.s3a\.(?:s3\.)?signing-algorithm$/,
    isUsual: (value) => signing.has(value),
    message: 'may leave requests unsigned: then a proxy can change the encryption headers',
  },
  {
    option:
      /^(?:fs\.s3a\.(?:aws\.credentials\.provider(?:\.mapping)?|assumed\.role\.credentials\.provider|input\.stream\.custom\.factory|metadatastore\.impl|s3guard\.ddb\.client\.factory\.impl)|mapreduce\.outputcommitter\.factory\.scheme\.s3a)$/,
    isUsual: (value) => value.split(/[\s,=]+/).every((name) => name === '' || usualPackage.test(name)),
    message: "loads a class into the client that is neither Apache's nor AWS's, and can replace any part of it",
  },
];

export function loadedClasses({ properties, unmanaged, expand }: Settings): Violation[] {
  return properties.flatMap(({ name, value, offset }) => {
    const rule = rules.find(({ option }) => isAbout(option, name, unmanaged));
    if (rule === undefined || value === null) return [];
    if (expand(value).every(({ text, known }) => known && rule.isUsual(javaTrim(text)))) return [];
    return [unprovable(offset, `${shortName(name)} ${rule.message}`)];
  });
}
