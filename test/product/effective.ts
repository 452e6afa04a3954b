/**
 * What a stored core-site.xml makes S3A do, told by the core's reader (test/hadoop asks Hadoop itself the same).
 */
import { effectiveValues } from '../../src/core/hadoop/configuration.ts';
import { propertiesOf, readDocument } from '../../src/core/hadoop/document.ts';
import { scan } from '../../src/core/xml/scan.ts';

export interface Effective {
  readonly algorithm: string | undefined;
  readonly key: string | undefined;
}

/** The value that each property ends up with. @throws Error for a file that can't be read */
export function effectiveProperties(file: string): ReadonlyMap<string, string> {
  const scanned = scan(file);
  if (!scanned.ok) throw new Error(`not readable: ${scanned.fault.message}`);
  return effectiveValues(propertiesOf(readDocument(scanned.tokens), 'hadoop-3'));
}

/** The encryption under the legacy names, by which every version of Hadoop goes that knows no others. */
export function effectiveEncryption(file: string): Effective {
  const values = effectiveProperties(file);
  return {
    algorithm: values.get('fs.s3a.server-side-encryption-algorithm'),
    key: values.get('fs.s3a.server-side-encryption.key'),
  };
}
