import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockTolerance, issueCa, issueLeaf } from '../../src/certificates/issue.ts';
import { handshake, startTlsServer, type TlsServer } from './tls.ts';

const hour = 3_600_000;
const dnsNames = ['webhook', 'webhook.ns', 'webhook.ns.svc'];
let server: TlsServer;

beforeAll(async () => {
  server = await startTlsServer();
});
afterAll(() => server.stop());

describe('a leaf', () => {
  it.each(dnsNames)('is trusted as %s by a client that knows its CA alone', async (name) => {
    const ca = await issueCa(Date.now(), hour);
    server.serve(await issueLeaf(ca, dnsNames, Date.now(), hour));
    expect(await handshake(server.port, ca.certificate, name)).toBe('trusted');
  });

  it('is not trusted under another name', async () => {
    const ca = await issueCa(Date.now(), hour);
    server.serve(await issueLeaf(ca, dnsNames, Date.now(), hour));
    expect(await handshake(server.port, ca.certificate, 'other.ns.svc')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('is not trusted by a client that knows another CA', async () => {
    const ca = await issueCa(Date.now(), hour);
    const other = await issueCa(Date.now(), hour);
    server.serve(await issueLeaf(ca, dnsNames, Date.now(), hour));
    expect(await handshake(server.port, other.certificate, 'webhook.ns.svc')).not.toBe('trusted');
  });

  it.each([
    ['a', 'b'],
    ['b', 'a'],
  ])('is trusted by a client whose bundle holds two CAs, signing one %s', async (signing, beside) => {
    const ca = await issueCa(Date.now(), hour);
    const other = await issueCa(Date.now(), hour);
    server.serve(await issueLeaf(ca, dnsNames, Date.now(), hour));
    const bundle = signing < beside ? ca.certificate + other.certificate : other.certificate + ca.certificate;
    expect(await handshake(server.port, bundle, 'webhook.ns.svc')).toBe('trusted');
  });

  it.each([
    ['ahead', hour],
    ['behind', -hour],
  ])('issued by a clock an hour %s is trusted now, with lifetimes of a second', async (_, offset) => {
    const then = Date.now() + offset;
    const ca = await issueCa(then, 1000);
    server.serve(await issueLeaf(ca, dnsNames, then, 1000));
    expect(await handshake(server.port, ca.certificate, 'webhook.ns.svc')).toBe('trusted');
  });

  it('is refused once its lifetime and the tolerance are over', async () => {
    const then = Date.now() - clockTolerance - 5000;
    const ca = await issueCa(then, hour);
    server.serve(await issueLeaf(ca, dnsNames, then, 1000));
    expect(await handshake(server.port, ca.certificate, 'webhook.ns.svc')).toBe('CERT_HAS_EXPIRED');
  });

  it('never outlives its CA', async () => {
    const ca = await issueCa(Date.now(), hour);
    const leaf = await issueLeaf(ca, dnsNames, Date.now(), 100 * hour);
    expect(new X509Certificate(leaf.certificate).validToDate).toEqual(new X509Certificate(ca.certificate).validToDate);
  });

  it('is for servers, and no CA itself', async () => {
    const ca = await issueCa(Date.now(), hour);
    const certificate = new X509Certificate((await issueLeaf(ca, dnsNames, Date.now(), hour)).certificate);
    expect(certificate.ca).toBe(false);
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });
});

describe('a CA', () => {
  it('has a name and a serial number of its own', async () => {
    const [one, other] = [await issueCa(Date.now(), hour), await issueCa(Date.now(), hour)].map(
      ({ certificate }) => new X509Certificate(certificate),
    );
    expect(one?.subject).not.toBe(other?.subject);
    expect(one?.serialNumber).not.toBe(other?.serialNumber);
  });

  it('can sign servers alone, no CA below it', async () => {
    const { certificate } = await issueCa(Date.now(), hour);
    expect(new X509Certificate(certificate).ca).toBe(true);
    // BasicConstraints { CA, pathlen 0 } in DER.
    expect(new X509Certificate(certificate).raw.toString('hex')).toContain('30060101ff020100');
  });
});
