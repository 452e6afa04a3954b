/**
 * Makes certificates: a self-signed CA, and server certificates signed by it. ECDSA P-256 throughout.
 */
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its private key, both PEM; the key as PKCS#8. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** The organization in the subject of each of our CAs, by which we recognize them in a caBundle. */
export const organization = 'sse-kms-operator';

/**
 * Milliseconds by which a certificate's validity is extended at both ends: an hour, and a little for slow machines. So a
 * certificate that was issued by a clock that is an hour wrong is accepted by a right one, however short its lifetime.
 */
export const clockTolerance = 65 * 60_000;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A new self-signed CA. `now` is in milliseconds since 1970, `lifetime` in milliseconds. */
export async function issueCa(now: number, lifetime: number): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...serialNumberAndValidity(now, now + lifetime + clockTolerance),
    // A name of its own: verifiers look issuers up by name, and during a rotation there are two.
    name: [{ O: [organization] }, { CN: [`${organization} CA ${randomBytes(6).toString('hex')}`] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return toKeyPair(certificate, keys.privateKey);
}

/**
 * A server certificate for `dnsNames`, signed by `ca`; it never outlives the CA. Times as in `issueCa`.
 * @throws where `ca` is not a key pair of `issueCa`'s kind.
 */
export async function issueLeaf(
  ca: KeyPair,
  dnsNames: readonly string[],
  now: number,
  lifetime: number,
): Promise<KeyPair> {
  const issuer = new X509Certificate(ca.certificate);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    ...serialNumberAndValidity(now, Math.min(now + lifetime + clockTolerance, issuer.notAfter.getTime())),
    subject: [{ O: [organization] }, { CN: [organization] }],
    issuer: issuer.subjectName,
    publicKey: keys.publicKey,
    signingKey: await readSigningKey(ca.key),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns' as const, value }))),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return toKeyPair(certificate, keys.privateKey);
}

function serialNumberAndValidity(now: number, notAfter: number) {
  const serial = randomBytes(16);
  // RFC 5280: positive, and never longer than 20 octets.
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return {
    serialNumber: serial.toString('hex'),
    notBefore: new Date(now - clockTolerance),
    // Certificates know whole seconds only; rounded up, a lifetime of a second is one.
    notAfter: new Date(Math.ceil(notAfter / 1000) * 1000),
  };
}

async function readSigningKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

async function toKeyPair(certificate: X509Certificate, privateKey: webcrypto.CryptoKey): Promise<KeyPair> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    certificate: `${certificate.toString('pem').trim()}\n`,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
