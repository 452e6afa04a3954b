/**
 * Does what is due: writes the Secret or the caBundles, or takes a new leaf into use.
 */
import { X509Certificate } from 'node:crypto';
import type { Logger } from 'pino';
import type { SecretStore, StoredSecret, TrustPublisher, TrustTarget } from '../ports/certificate-stores.ts';
import { type Authority, type CaCertificate, toAuthority, toSecretData } from './authority.ts';
import type { Due, Leaf, Lifetimes } from './due.ts';
import { clockTolerance, issueCa, issueLeaf, type KeyPair } from './issue.ts';

export interface ApplyDeps {
  readonly secrets: SecretStore;
  readonly trust: TrustPublisher;
  /** Takes a new key pair into use at once; throws where it can't, and the old one goes on serving. */
  readonly serve: (pair: KeyPair) => void;
  readonly dnsNames: readonly string[];
  readonly lifetimes: Lifetimes;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * Carries out one step. `secret` is the version that the decision was based on: where another writer was first, nothing is done
 * and the next round decides anew. Returns the leaf that is served from now on, if it is a new one.
 */
export async function apply(
  step: Exclude<Due, { kind: 'nothing' }>,
  secret: StoredSecret | undefined,
  deps: ApplyDeps,
): Promise<Leaf | undefined> {
  switch (step.kind) {
    case 'newCa': {
      const authority = toAuthority(await issueCa(deps.now(), deps.lifetimes.ca), step.others);
      if ((await deps.secrets.write(toSecretData(authority), secret)) === 'conflict') return undefined;
      deps.log.info({ because: step.because, ca: toLogFields(authority.signing) }, 'issued a new CA');
      return undefined;
    }
    case 'publish':
      await Promise.all(step.targets.map((target) => publish(target, step.bundle, deps)));
      return undefined;
    case 'drop': {
      if ((await deps.secrets.write(toSecretData(step.authority), secret)) === 'conflict') return undefined;
      deps.log.info({ dropped: step.dropped.map(toLogFields) }, 'dropped retired CAs');
      return undefined;
    }
    case 'newLeaf':
      return serveLeaf(step.authority, deps);
  }
}

async function publish(target: TrustTarget, bundle: string, { trust, log }: ApplyDeps): Promise<void> {
  const outcome = await trust.publish(target, bundle);
  if (outcome === 'written') log.info({ configuration: target.name }, 'published the caBundle');
}

async function serveLeaf({ signing: ca, key }: Authority, deps: ApplyDeps): Promise<Leaf> {
  const issuedAt = deps.now();
  const pair = await issueLeaf({ certificate: ca.pem, key }, deps.dnsNames, issuedAt, deps.lifetimes.leaf);
  deps.serve(pair);
  const certificate = new X509Certificate(pair.certificate);
  const validTo = certificate.validToDate.getTime();
  deps.log.info({ ca: toLogFields(ca), expires: new Date(validTo).toISOString() }, 'serving a new certificate');
  return { ca, issuedAt, endsAt: validTo - clockTolerance, validFrom: certificate.validFromDate.getTime(), validTo };
}

function toLogFields({ fingerprint, validTo }: CaCertificate) {
  return { fingerprint, expires: new Date(validTo).toISOString() };
}
