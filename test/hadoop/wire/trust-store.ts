/**
 * What a JVM trusts: the CA that signs for the store's hosts.
 */
import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trustStorePassword } from './writer.ts';

/** The path of a PKCS12 file with this certificate, in this folder. @throws Error with what keytool said */
export async function makeTrustStore(folder: string, certificate: string): Promise<string> {
  const path = join(folder, 'trust.p12');
  await writeFile(join(folder, 'ca.pem'), certificate);
  const made = spawnSync(
    'keytool',
    [
      ...['-importcert', '-noprompt', '-alias', 'ca', '-file', join(folder, 'ca.pem')],
      ...['-keystore', path, '-storetype', 'PKCS12', '-storepass', trustStorePassword],
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`keytool: ${made.stdout}${made.stderr}`);
  return path;
}
