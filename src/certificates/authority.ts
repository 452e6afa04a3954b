/**
 * The certificate authority as its Secret stores it: one key, and the trusted CA certificates, the signing one first.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SecretData } from '../ports/certificate-stores.ts';
import { clockTolerance, type KeyPair, organization } from './issue.ts';

/** A CA certificate; times in milliseconds since 1970. */
export interface CaCertificate {
  readonly pem: string;
  readonly fingerprint: string;
  /** When it was issued, by its issuer's clock; whole seconds. */
  readonly issuedAt: number;
  /** When its intended lifetime ends; verifiers accept it for `clockTolerance` longer. */
  readonly endsAt: number;
  readonly validFrom: number;
  readonly validTo: number;
}

export interface Authority {
  /** Signs leaves. */
  readonly signing: CaCertificate;
  readonly key: string;
  /** Replaced CAs. They stay trusted while leaves of theirs may be served; newest first. */
  readonly retired: readonly CaCertificate[];
  /** Fingerprints of CAs that are trusted no more. They are kept as long as caBundles may still hold them. */
  readonly dropped: readonly string[];
}

export type StoredAuthority =
  | { readonly kind: 'sound'; readonly authority: Authority }
  | { readonly kind: 'missing' }
  /** `salvaged` are the CA certificates in the Secret that can still be read. */
  | { readonly kind: 'damaged'; readonly problem: string; readonly salvaged: readonly CaCertificate[] };

const certificatesKey = 'ca.crt';
const signingKey = 'ca.key';
const droppedKey = 'dropped';

/** Reads and checks what a Secret holds; `undefined` stands for no Secret. */
export function parseAuthority(data: SecretData | undefined, now: number): StoredAuthority {
  if (data === undefined) return { kind: 'missing' };
  const blocks = readPemBlocks(own(data, certificatesKey));
  const certificates = readCaCertificates(own(data, certificatesKey), now);
  const key = own(data, signingKey);
  const [signing, ...retired] = certificates;
  const problem =
    blocks.length === 0 || key === ''
      ? `the Secret holds no ${blocks.length === 0 ? certificatesKey : signingKey}`
      : signing === undefined || signing.pem !== toPem(blocks[0] ?? '')
        ? `the first certificate in ${certificatesKey} is damaged, outside its validity, or no CA of this operator's`
        : !isKeyOf(key, signing)
          ? `${signingKey} is damaged or does not belong to the first certificate in ${certificatesKey}`
          : undefined;
  if (problem !== undefined || signing === undefined) {
    return { kind: 'damaged', problem: problem ?? '', salvaged: certificates };
  }
  const dropped = own(data, droppedKey).split('\n').filter(Boolean);
  return { kind: 'sound', authority: { signing, key, retired, dropped } };
}

/** What the Secret of an authority holds: `parseAuthority`'s inverse. */
export function toSecretData(authority: Authority): SecretData {
  const dropped = authority.dropped.join('\n');
  return { [certificatesKey]: toBundle(authority), [signingKey]: authority.key, [droppedKey]: dropped };
}

/** The caBundle of an authority: all trusted certificates, as PEM. */
export function toBundle({ signing, retired }: Authority): string {
  return [signing, ...retired].map(({ pem }) => pem).join('');
}

/**
 * The authority with a new CA as the signing one.
 * @throws Error where the new certificate can't be read back: a bug.
 */
export function toAuthority(
  ca: KeyPair,
  { retired, dropped }: Pick<Authority, 'retired' | 'dropped'> = { retired: [], dropped: [] },
): Authority {
  const signing = readCaCertificate(ca.certificate);
  if (signing === undefined) throw new Error('the new CA certificate cannot be read back');
  return { signing, key: ca.key, retired, dropped };
}

/** This operator's CA certificates in a PEM text that are valid at `now`; everything else is ignored. */
export function readCaCertificates(text: string, now: number): CaCertificate[] {
  return readPemBlocks(text)
    .map(readCaCertificate)
    .filter((certificate) => certificate !== undefined)
    .filter(({ validFrom, validTo }) => validFrom <= now && now < validTo);
}

/** True where the subject names this operator as its organization. */
export function isOurs({ subject }: X509Certificate): boolean {
  return subject.split('\n').includes(`O=${organization}`);
}

function readCaCertificate(pem: string): CaCertificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    if (!isOurs(certificate) || !certificate.ca || !certificate.verify(certificate.publicKey)) return undefined;
    const validFrom = certificate.validFromDate.getTime();
    const validTo = certificate.validToDate.getTime();
    return {
      pem: toPem(pem),
      fingerprint: certificate.fingerprint256,
      issuedAt: validFrom + clockTolerance,
      endsAt: validTo - clockTolerance,
      validFrom,
      validTo,
    };
  } catch {
    return undefined;
  }
}

function isKeyOf(key: string, { pem }: CaCertificate): boolean {
  try {
    const privateKey = createPrivateKey(key);
    const p256 = privateKey.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return p256 && new X509Certificate(pem).checkPrivateKey(privateKey);
  } catch {
    return false;
  }
}

function readPemBlocks(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

function toPem(block: string): string {
  return `${block.trim()}\n`;
}

function own(data: SecretData, key: string): string {
  return Object.hasOwn(data, key) ? (data[key] ?? '') : '';
}
