/**
 * Certificates as others make them (cert-manager, a company's own CA), with every mistake that a test wants.
 */
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface ForeignCa {
  /** PEM. */
  readonly certificate: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface ForeignOptions {
  /** Milliseconds from now. */
  readonly from?: number;
  readonly to?: number;
  readonly issuer?: ForeignCa;
}

const day = 86_400_000;
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
let serial = 0;

/** A root, or an intermediate CA where there is an issuer. */
export async function foreignCa(name: string, { from = -day, to = 30 * day, issuer }: ForeignOptions = {}) {
  const keys = await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const extensions = [new BasicConstraintsExtension(true, undefined, true)];
  const certificate = await generate(`CN=${name}`, keys, { from, to, issuer }, extensions);
  return { certificate, keys } satisfies ForeignCa;
}

export interface ForeignLeafOptions extends ForeignOptions {
  readonly names?: readonly string[];
  /** Object identifiers; none: without the extension. */
  readonly usages?: readonly string[];
  /** Of an RSA key; else ECDSA P-256. */
  readonly rsaBits?: number;
}

export interface ForeignLeaf {
  readonly certificate: string;
  readonly key: string;
}

/** Signed by the issuer, or by itself; with an RSA key it needs an issuer. */
export async function foreignLeaf(options: ForeignLeafOptions): Promise<ForeignLeaf> {
  const { from = -day, to = 10 * day, issuer, names = [], usages = ['1.3.6.1.5.5.7.3.1'], rsaBits } = options;
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };
  const algorithm = rsaBits === undefined ? ecdsa : { ...rsa, modulusLength: rsaBits };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const extensions = [
    ...(names.length > 0
      ? [new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value })))]
      : []),
    ...(usages.length > 0 ? [new ExtendedKeyUsageExtension([...usages])] : []),
  ];
  const certificate = await generate('CN=webhook', keys, { from, to, issuer }, extensions);
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = `-----BEGIN PRIVATE KEY-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
  return { certificate, key };
}

async function generate(
  subject: string,
  keys: webcrypto.CryptoKeyPair,
  { from, to, issuer }: { from: number; to: number; issuer: ForeignCa | undefined },
  extensions: Extension[],
): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (++serial).toString(16).padStart(4, '0'),
    subject,
    issuer: issuer === undefined ? subject : new X509Certificate(issuer.certificate).subject,
    notBefore: new Date(Date.now() + from),
    notAfter: new Date(Date.now() + to),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: ecdsa,
    extensions,
  });
  return `${certificate.toString('pem').trim()}\n`;
}
