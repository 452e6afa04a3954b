import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type FollowView, followDue } from '../../src/certificates/follow-due.ts';
import { checkFiles, type Provided } from '../../src/certificates/provided.ts';
import type { TrustTarget } from '../../src/ports/certificate-stores.ts';
import { foreignCa, foreignLeaf } from './foreign.ts';

const hostname = 'webhook.system.svc';
const now = Date.now();
const patience = { settling: 1_000, lagging: 60_000 };
const [caA, caB, caC] = await Promise.all([foreignCa('a'), foreignCa('b'), foreignCa('c')]);
const [a, a2, b, alone] = await Promise.all([provide(caA), provide(caA), provide(caB), provide(caA, false)]);

async function provide(ca: typeof caA, withCa = true): Promise<Provided> {
  const pair = await foreignLeaf({ names: [hostname], issuer: ca });
  const found = checkFiles({ ...pair, ca: withCa ? ca.certificate : undefined }, hostname, now);
  if (found.kind !== 'sound') throw new Error(found.message);
  return found.provided;
}

const target = (bundle: string, name = 'mutating', writtenByOthers = false): TrustTarget => ({
  name,
  found: { version: '1', entries: [{ name: 'entry', bundle }], writtenByOthers },
});
const both = (bundle: string, writtenByOthers = false) => [
  target(bundle, 'mutating', writtenByOthers),
  target(bundle, 'validating', writtenByOthers),
];
const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256;
const view = (parts: Partial<FollowView>): FollowView => ({
  wanted: a,
  served: a,
  targets: both(caA.certificate),
  trustedSince: now,
  foreignSince: new Map(),
  ...parts,
});
const decide = (parts: Partial<FollowView>, at = now) => followDue(view(parts), patience, at);

describe('a provided certificate', () => {
  it('is served at once where none is', () => {
    expect(decide({ served: undefined, targets: both(''), trustedSince: undefined })).toEqual({
      kind: 'serve',
      provided: a,
    });
  });

  it('waits until its CA is published beside the old one, and has settled', () => {
    const step = decide({ wanted: b, trustedSince: undefined });
    expect(step).toMatchObject({ kind: 'publish', bundle: caB.certificate + caA.certificate });
    const published = { wanted: b, targets: both(caB.certificate + caA.certificate) };
    expect(decide(published, now + 999)).toMatchObject({ kind: 'nothing', until: now + 1_000 });
    expect(decide(published, now + 1_000)).toEqual({ kind: 'serve', provided: b });
  });

  it('of the same CA needs no new caBundle', () => {
    expect(decide({ wanted: a2 })).toMatchObject({ kind: 'nothing', until: now + 1_000 });
    expect(decide({ wanted: a2 }, now + 1_000)).toEqual({ kind: 'serve', provided: a2 });
  });

  it('does not wait where the old one has expired, or is trusted no more', () => {
    expect(decide({ wanted: b, trustedSince: undefined }, a.validTo)).toEqual({ kind: 'serve', provided: b });
    expect(decide({ wanted: b, targets: both(caB.certificate) })).toEqual({ kind: 'serve', provided: b });
    // Neither is trusted: nothing would be won.
    expect(decide({ wanted: b, targets: both(''), trustedSince: undefined })).toMatchObject({ kind: 'publish' });
  });

  it('stays what is wanted while the files are of no use: a caBundle that is cleared is still put right', () => {
    expect(decide({ wanted: undefined, targets: both('') })).toMatchObject({
      kind: 'publish',
      bundle: caA.certificate,
    });
    expect(decide({ wanted: undefined, served: undefined })).toMatchObject({ kind: 'nothing' });
  });
});

describe('a caBundle', () => {
  const strange = { targets: both(caA.certificate + caC.certificate) };

  it("keeps another replica's CA as long as that one's files may be behind or ahead, and no longer", () => {
    const foreignSince = new Map([[fingerprint(caC.certificate), now]]);
    expect(decide({ ...strange, foreignSince })).toMatchObject({ kind: 'nothing', until: now + 60_000 });
    const later = decide({ ...strange, foreignSince }, now + 60_000);
    expect(later).toMatchObject({ kind: 'publish', bundle: caA.certificate });
  });

  it('loses at once what is no CA, has expired, or is no certificate', async () => {
    const expired = await foreignCa('expired', { to: -3_600_000 });
    const leaf = await foreignLeaf({ names: [hostname], issuer: caC });
    for (const extra of [expired.certificate, leaf.certificate, 'rubbish\n']) {
      const step = decide({ targets: both(caA.certificate + extra) });
      expect(step).toMatchObject({ kind: 'publish', bundle: caA.certificate });
    }
  });

  it('holds eight foreignCas at most, the newest', async () => {
    const many = await Promise.all(Array.from({ length: 12 }, (_, i) => foreignCa(`s${i}`, { from: -(i + 1) * 1000 })));
    const step = decide({ targets: both(caA.certificate + many.map(({ certificate }) => certificate).join('')) });
    const expected = [caA, ...many.slice(0, 8)].map(({ certificate }) => certificate).join('');
    expect(step).toMatchObject({ kind: 'publish', bundle: expected });
  });

  it("is not touched where it is somebody else's to write, or where no CA is given", () => {
    const cleared = { trustedSince: undefined };
    expect(decide({ ...cleared, targets: both('', true) }).kind).toBe('nothing');
    expect(decide({ ...cleared, wanted: alone, served: alone, targets: both('') }).kind).toBe('nothing');
  });

  it('of a configuration that does not exist keeps nobody waiting', () => {
    const missing = { name: 'validating', found: undefined };
    const targets = [target(caB.certificate + caA.certificate), missing];
    expect(decide({ wanted: b, targets }, now + 1_000)).toEqual({ kind: 'serve', provided: b });
  });
});
