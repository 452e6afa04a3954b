import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCertificates, toPemBundle } from '../../src/certificates/chain.ts';
import { anchorOf, checkFiles, type Provided } from '../../src/certificates/provided.ts';
import { foreignCa, foreignLeaf } from './foreign.ts';

const hostname = 'webhook.system.svc';
const names = [hostname];
const hour = 3_600_000;
const root = await foreignCa('root');
const other = await foreignCa('other');
const good = await foreignLeaf({ names, issuer: root });
const ca = root.certificate;

const check = (
  files: { certificate?: string | undefined; key?: string | undefined; ca?: string | undefined },
  now = Date.now(),
) => {
  const { certificate, key } = { ...good, ...files };
  return checkFiles({ certificate, key, ca: 'ca' in files ? files.ca : ca }, hostname, now);
};
const problemOf = (files: Parameters<typeof check>[0], now?: number) => {
  const found = check(files, now);
  return found.kind === 'sound' ? 'sound' : found.problem;
};
const leaf = (options: Partial<Parameters<typeof foreignLeaf>[0]>) => foreignLeaf({ names, issuer: root, ...options });
const provided = (files: Parameters<typeof check>[0]): Provided => {
  const found = check(files);
  if (found.kind !== 'sound') throw new Error(found.message);
  return found.provided;
};

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const encrypted = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();

const cases: [string, Parameters<typeof check>[0], string][] = [
  ['that are good', {}, 'sound'],
  ['without ca.crt', { ca: undefined }, 'sound'],
  [
    'with text around the certificates, as OpenSSL writes it',
    { certificate: `Certificate:\n${good.certificate}` },
    'sound',
  ],
  ['with two CAs of which one signed', { ca: other.certificate + ca }, 'sound'],
  ['without tls.crt', { certificate: undefined }, 'FileMissing'],
  ['without tls.key', { key: undefined }, 'FileMissing'],
  ['with an empty tls.crt', { certificate: '' }, 'CertificateDamaged'],
  ['with half a tls.crt', { certificate: good.certificate.slice(0, 300) }, 'CertificateDamaged'],
  [
    'with a whole certificate and half a second',
    { certificate: good.certificate + ca.slice(0, 300) },
    'CertificateDamaged',
  ],
  ['with rubbish for a key', { key: 'rubbish' }, 'KeyDamaged'],
  ['with half a key', { key: good.key.slice(0, 100) }, 'KeyDamaged'],
  ['with an encrypted key', { key: encrypted }, 'KeyDamaged'],
  ["with another certificate's key", { key: (await leaf({})).key }, 'KeyMismatch'],
  ['with an empty ca.crt', { ca: '' }, 'CaDamaged'],
  ['with half a ca.crt', { ca: ca.slice(0, 300) }, 'CaDamaged'],
  ['with a whole CA and half a second', { ca: ca + other.certificate.slice(0, 300) }, 'CaDamaged'],
  ['with a CA that did not sign', { ca: other.certificate }, 'CaMismatch'],
  ['of which the CA has expired', await expiredCa(), 'CaMismatch'],
  ['that have expired', await leaf({ to: -1000 }), 'Expired'],
  ['that are valid tomorrow', await leaf({ from: 24 * hour }), 'NotYetValid'],
  ['that are valid in an hour: the issuer may have the right time', await leaf({ from: hour }), 'sound'],
  ['for another name', await leaf({ names: ['webhook.other.svc'] }), 'WrongName'],
  ['for no name', await leaf({ names: [] }), 'WrongName'],
  ['for any name of the namespace', await leaf({ names: ['*.system.svc'] }), 'sound'],
  ['for clients alone', await leaf({ usages: ['1.3.6.1.5.5.7.3.2'] }), 'NotForServers'],
  ['for any use', await leaf({ usages: [] }), 'sound'],
  ['with an RSA key', await leaf({ rsaBits: 2048 }), 'sound'],
];

describe('the files of a certificate', () => {
  it.each(cases)('%s', (_, files, expected) => {
    expect(problemOf(files)).toBe(expected);
  });

  it('expire by the clock that is given', () => {
    expect(problemOf({}, Date.now() + 11 * 24 * hour)).toBe('Expired');
  });

  it('never have their key in the words about them', () => {
    const found = check({ key: `${good.key.slice(0, 80)}\nbroken` });
    expect(JSON.stringify(found)).not.toContain(good.key.slice(30, 60));
  });
});

describe('a chain', () => {
  it('is followed through intermediates that stand behind the certificate, in any order', async () => {
    const first = await foreignCa('first', { issuer: root });
    const second = await foreignCa('second', { issuer: first });
    const { certificate, key } = await leaf({ issuer: second });
    expect(problemOf({ certificate: certificate + first.certificate + second.certificate, key })).toBe('sound');
    expect(problemOf({ certificate: certificate + second.certificate, key })).toBe('CaMismatch');
  });

  it('may end at an intermediate that is trusted, or at the certificate itself', async () => {
    const middle = await foreignCa('middle', { issuer: root });
    expect(problemOf({ ...(await leaf({ issuer: middle })), ca: middle.certificate })).toBe('sound');
    const alone = await foreignLeaf({ names });
    expect(problemOf({ ...alone, ca: alone.certificate })).toBe('sound');
  });

  it('does not lead through a certificate that is no CA, nor through one that has expired', async () => {
    const noCa = { certificate: good.certificate, keys: other.keys };
    expect(problemOf({ ...(await leaf({ issuer: noCa })), ca: good.certificate })).toBe('CaMismatch');
    const old = await foreignCa('old', { issuer: root, to: -1000 });
    const { certificate, key } = await leaf({ issuer: old });
    expect(problemOf({ certificate: certificate + old.certificate, key })).toBe('CaMismatch');
  });

  it('goes by signatures, not by names', async () => {
    const namesake = await foreignCa('root');
    expect(problemOf({ ca: namesake.certificate })).toBe('CaMismatch');
    expect(problemOf({ ca: namesake.certificate + ca })).toBe('sound');
  });

  it('tells which CA is trusted, so that its expiry can be told', () => {
    const anchors = [other.certificate, ca].map((pem) => new X509Certificate(pem));
    expect(anchorOf(provided({}), anchors, Date.now())?.subject).toBe('CN=root');
  });
});

describe('a PEM text', () => {
  it('comes back as it was written, each certificate once', () => {
    const { certificates } = readCertificates(ca + other.certificate + ca);
    expect(certificates).toHaveLength(3);
    expect(toPemBundle(certificates)).toBe(ca + other.certificate);
  });

  it('without a certificate holds none, and nothing is damaged in it', () => {
    expect(readCertificates('')).toEqual({ certificates: [], whole: true });
  });
});

async function expiredCa() {
  const expired = await foreignCa('expired', { to: -1000 });
  return { ...(await leaf({ issuer: expired })), ca: expired.certificate };
}
