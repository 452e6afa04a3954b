/**
 * Checks a provided certificate before it is served: a bad one must never replace a good one.
 */
import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { distinct, findAnchor, readCertificates } from './chain.ts';
import type { CertificateFiles } from './files.ts';
import { clockTolerance, type KeyPair } from './issue.ts';

/** What is wrong with the files; the same word in the log and in /readyz. */
export type FilesProblem =
  | 'FileMissing'
  | 'Unreadable'
  | 'CertificateDamaged'
  | 'KeyDamaged'
  | 'KeyMismatch'
  | 'NotYetValid'
  | 'Expired'
  | 'WrongName'
  | 'NotForServers'
  | 'CaDamaged'
  | 'CaMismatch'
  | 'Unusable';

/** A certificate that can be served. Times in milliseconds since 1970. */
export interface Provided {
  /** Identifies the certificate. */
  readonly fingerprint: string;
  /** The certificate with the rest of its chain. */
  readonly pair: KeyPair;
  readonly leaf: X509Certificate;
  readonly intermediates: readonly X509Certificate[];
  /** The certificates of `ca.crt`, which the caBundles must trust. Empty where there is no such file. */
  readonly anchors: readonly X509Certificate[];
  readonly validTo: number;
}

export type ProvidedFiles =
  | { readonly kind: 'sound'; readonly provided: Provided }
  | { readonly kind: 'refused'; readonly problem: FilesProblem; readonly message: string };

/** `id-kp-serverAuth` and `anyExtendedKeyUsage`. Go refuses a server certificate that names usages without one of them. */
const serverUsages = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'];

/** Checks the files for a server named `hostname`, and returns the first problem. `now` is in milliseconds since 1970. */
export function checkFiles(files: CertificateFiles, hostname: string, now: number): ProvidedFiles {
  const { certificate, key, ca } = files;
  if (certificate === undefined) return refused('FileMissing', 'there is no tls.crt');
  if (key === undefined) return refused('FileMissing', 'there is no tls.key');
  const chain = readCertificates(certificate);
  const [leaf, ...intermediates] = chain.certificates;
  if (leaf === undefined || !chain.whole) {
    return refused('CertificateDamaged', 'tls.crt holds no certificate, or one that is damaged or cut off');
  }
  const privateKey = readKey(key);
  if (privateKey === undefined) return refused('KeyDamaged', 'tls.key is no private key in PEM, or an encrypted one');
  if (!leaf.checkPrivateKey(privateKey)) {
    return refused('KeyMismatch', 'tls.key does not belong to the first certificate in tls.crt');
  }
  const trust = readCertificates(ca ?? '');
  if (ca !== undefined && (trust.certificates.length === 0 || !trust.whole)) {
    return refused('CaDamaged', 'ca.crt holds no certificate, or one that is damaged or cut off');
  }
  const validTo = leaf.validToDate.getTime();
  if (now >= validTo) return refused('Expired', `tls.crt expired at ${leaf.validToDate.toISOString()}`);
  // The issuer's clock may be ahead of this one.
  if (now + clockTolerance < leaf.validFromDate.getTime()) {
    return refused('NotYetValid', `tls.crt is valid from ${leaf.validFromDate.toISOString()} on`);
  }
  if (leaf.checkHost(hostname, { subject: 'never' }) === undefined) {
    return refused('WrongName', `tls.crt is not for ${hostname}: its names are ${leaf.subjectAltName ?? 'none'}`);
  }
  // The type declares it as always present; without the extension it is undefined.
  const usages: readonly string[] | undefined = leaf.keyUsage;
  if (usages !== undefined && !usages.some((usage) => serverUsages.includes(usage))) {
    return refused('NotForServers', 'tls.crt is not for servers: its extended key usage has no serverAuth');
  }
  const anchors = distinct(trust.certificates.filter((one) => now < one.validToDate.getTime()));
  const fingerprint = leaf.fingerprint256;
  const provided = { fingerprint, pair: { certificate, key }, leaf, intermediates, anchors, validTo };
  if (ca !== undefined && anchorOf(provided, trust.certificates, now) === undefined) {
    return refused('CaMismatch', 'tls.crt does not lead to a certificate in ca.crt that is valid now');
  }
  return { kind: 'sound', provided };
}

/** The one of `anchors` by which API servers accept the provided certificate; undefined where there is none. */
export function anchorOf(
  { leaf, intermediates }: Provided,
  anchors: readonly X509Certificate[],
  now: number,
): X509Certificate | undefined {
  // A certificate that isn't valid yet was issued by a clock that is ahead, which may be the right one.
  return findAnchor(leaf, intermediates, anchors, Math.max(now, leaf.validFromDate.getTime()));
}

function refused(problem: FilesProblem, message: string): ProvidedFiles {
  return { kind: 'refused', problem, message };
}

function readKey(pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
