/**
 * What a stored core-site.xml makes S3A do, told by the core's reader (test/hadoop asks Hadoop itself the same).
 */
import { effectiveValues, type Property } from '../../src/core/clients/s3a/configuration.ts';
import { propertiesOf } from '../../src/core/clients/s3a/document.ts';
import { read } from '../core/read.ts';

export interface Effective {
  readonly algorithm: string | undefined;
  readonly key: string | undefined;
}

/** What Hadoop takes over from the file, in order. @throws Error for a file that can't be read */
export function readProperties(file: string): Property[] {
  return propertiesOf(read(file), 'hadoop-3');
}

/** The encryption under the legacy names, by which every version of Hadoop goes that knows no others. */
export function effectiveEncryption(file: string): Effective {
  const values = effectiveValues(readProperties(file));
  return {
    algorithm: values.get('fs.s3a.server-side-encryption-algorithm'),
    key: values.get('fs.s3a.server-side-encryption.key'),
  };
}
