/**
 * Certificates for whatever host a client asks for over TLS, each signed once.
 */
import { createSecureContext, type SecureContext } from 'node:tls';
import { issueLeaf, type KeyPair } from '../../../src/certificates/issue.ts';

export function buildHostContexts(ca: KeyPair): (host: string) => Promise<SecureContext> {
  const contexts = new Map<string, Promise<SecureContext>>();
  return (host) => {
    const context = contexts.get(host) ?? newContext(ca, host);
    contexts.set(host, context);
    return context;
  };
}

async function newContext(ca: KeyPair, host: string): Promise<SecureContext> {
  const { certificate, key } = await issueLeaf(ca, [host], Date.now(), 24 * 60 * 60_000);
  return createSecureContext({ cert: certificate, key });
}
