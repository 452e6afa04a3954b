/**
 * Certificates of other issuers: reads them from PEM, and finds the chain by which an API server accepts them.
 */
import { X509Certificate } from 'node:crypto';

/** The certificates of a PEM text; `whole` is false where one of them is damaged or cut off. */
export interface ReadCertificates {
  readonly certificates: readonly X509Certificate[];
  readonly whole: boolean;
}

const begin = '-----BEGIN CERTIFICATE-----';
/** Longer than any real chain. It bounds the search in a chain that is circular. */
const longestChain = 8;

/** Reads every certificate and ignores other text, as Go does. */
export function readCertificates(text: string): ReadCertificates {
  const blocks = text
    .split(begin)
    .slice(1)
    .map((block) => readCertificate(`${begin}${block}`));
  const certificates = blocks.filter((certificate) => certificate !== undefined);
  return { certificates, whole: certificates.length === blocks.length };
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** All certificates as PEM, each once, in their order. */
export function toPemBundle(certificates: readonly X509Certificate[]): string {
  return distinct(certificates)
    .map((certificate) => `${certificate.toString().trim()}\n`)
    .join('');
}

/** Each certificate once, in the order of first occurrence. */
export function distinct(certificates: readonly X509Certificate[]): X509Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.fingerprint256, certificate])).values()];
}

/** `now` is in milliseconds since 1970. */
function isValidAt(certificate: X509Certificate, now: number): boolean {
  return certificate.validFromDate.getTime() <= now && now < certificate.validToDate.getTime();
}

/**
 * The trust anchor by which `leaf` is accepted at `now` (milliseconds since 1970), or undefined. The search is that of Go's
 * crypto/x509: any certificate of the caBundle is an anchor, also one that isn't self-signed, and the leaf itself.
 */
export function findAnchor(
  leaf: X509Certificate,
  intermediates: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
  now: number,
  length = 1,
): X509Certificate | undefined {
  if (length > longestChain) return undefined;
  const usable = anchors.filter((anchor) => isValidAt(anchor, now));
  const itself = usable.find(({ fingerprint256 }) => fingerprint256 === leaf.fingerprint256);
  const anchor = itself ?? usable.find((one) => isIssuer(one, leaf));
  if (anchor !== undefined) return anchor;
  for (const issuer of intermediates) {
    if (!isValidAt(issuer, now) || !isIssuer(issuer, leaf)) continue;
    const others = intermediates.filter((one) => one !== issuer);
    const found = findAnchor(issuer, others, anchors, now, length + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isIssuer(issuer: X509Certificate, certificate: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
