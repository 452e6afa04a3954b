import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type Authority,
  parseAuthority,
  readCaCertificates,
  toAuthority,
  toBundle,
  toSecretData,
} from '../../src/certificates/authority.ts';
import { type CertificateView, type Due, due, type Leaf } from '../../src/certificates/due.ts';
import { clockTolerance, issueCa } from '../../src/certificates/issue.ts';
import type { TrustTarget } from '../../src/ports/certificate-stores.ts';
import { foreignCa } from './foreign.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const lifetimes = { ca: 90 * day, leaf: 6 * day, settling: minute };
/** Whole seconds, as certificates have them. */
const start = Math.floor(Date.now() / 1000) * 1000;

const first = toAuthority(await issueCa(start, lifetimes.ca));
const second2 = toAuthority(await issueCa(start + 60 * day, lifetimes.ca), { retired: [first.signing], dropped: [] });
const third = toAuthority(await issueCa(start + 61 * day, lifetimes.ca));

const target = (bundle: string, name = 'mutating/x'): TrustTarget => ({
  name,
  found: { version: '1', entries: [{ name: 'entry', bundle }] },
});
const both = (bundle: string) => [target(bundle), target(bundle, 'validating/x')];
const absent: TrustTarget = { name: 'mutating/x', found: undefined };

function leafOf({ signing }: Authority, issuedAt: number): Leaf {
  const endsAt = Math.min(issuedAt + lifetimes.leaf, signing.validTo - clockTolerance);
  return { ca: signing, issuedAt, endsAt, validFrom: issuedAt - clockTolerance, validTo: endsAt + clockTolerance };
}

/** All its CAs have been trusted since then. */
function trusted({ signing, retired }: Authority, since: number): ReadonlyMap<string, number> {
  return new Map([signing, ...retired].map(({ fingerprint }) => [fingerprint, since]));
}

/** A world in which all is well with `authority` since `since`, but for what is given. */
function world(authority: Authority, since: number, differs: Partial<CertificateView> = {}): CertificateView {
  return {
    stored: { kind: 'sound', authority },
    targets: both(toBundle(authority)),
    leaf: leafOf(authority, since),
    trustedSince: trusted(authority, since),
    ...differs,
  };
}

const kindAt = (view: CertificateView, now: number) => due(view, lifetimes, now).kind;
const retired = (step: Due) =>
  step.kind === 'newCa' ? step.others.retired.map(({ fingerprint }) => fingerprint) : step.kind;

describe("a caBundle that is somebody else's to write", () => {
  it('is left alone, and everything else goes on', () => {
    const others = both('').map((one) => ({ ...one, found: one.found && { ...one.found, writtenByOthers: true } }));
    const view = world(first, start, { targets: others });
    expect(kindAt(view, start)).toBe('nothing');
    expect(kindAt({ ...view, leaf: undefined }, start)).toBe('newLeaf');
    const other = target('', 'validating/x');
    const mixed = world(first, start, { targets: [...others.slice(0, 1), other] });
    expect(due(mixed, lifetimes, start)).toMatchObject({ kind: 'publish', targets: [other] });
  });
});

describe('CAs that are not ours', () => {
  it('stay beside ours for as long as they are told to, and then leave', async () => {
    const { certificate } = await foreignCa('company');
    const targets = both(toBundle(first) + certificate);
    const foreignCas = { kept: [new X509Certificate(certificate)], until: start + minute };
    const view = world(first, start, { targets, foreignCas });
    expect(due(view, lifetimes, start)).toEqual({ kind: 'nothing', until: start + minute });
    const gone = { ...view, foreignCas: { kept: [], until: Number.POSITIVE_INFINITY } };
    expect(due(gone, lifetimes, start)).toMatchObject({ kind: 'publish', bundle: toBundle(first) });
  });
});

describe('a CA', () => {
  it('is founded where there is no Secret and nothing is trusted', () => {
    const view: CertificateView = {
      stored: { kind: 'missing' },
      targets: both(''),
      leaf: undefined,
      trustedSince: new Map(),
    };
    expect(retired(due(view, lifetimes, start))).toEqual([]);
  });

  it('is founded where the Secret is gone, and what is trusted or served is retired, newest first', () => {
    const targets = [target(first.signing.pem), target('', 'validating/x')];
    const view = world(second2, start + 60 * day, { stored: { kind: 'missing' }, targets });
    expect(retired(due(view, lifetimes, start + 60 * day))).toEqual([
      second2.signing.fingerprint,
      first.signing.fingerprint,
    ]);
  });

  it('is founded where the Secret is damaged, and what can be read in it is retired', () => {
    const stored = parseAuthority({ ...toSecretData(first), 'ca.key': '' }, start);
    const view: CertificateView = { stored, targets: both(''), leaf: undefined, trustedSince: new Map() };
    expect(retired(due(view, lifetimes, start))).toEqual([first.signing.fingerprint]);
  });

  it('is founded where an old backup of the Secret is back, and both others are retired', () => {
    const view = world(first, start, { targets: both(second2.signing.pem), leaf: leafOf(second2, start + 60 * day) });
    expect(retired(due(view, lifetimes, start + 60 * day))).toEqual([
      second2.signing.fingerprint,
      first.signing.fingerprint,
    ]);
  });

  it('is founded, too, where the CA of the backup is still trusted beside the newer one that is served', () => {
    const view = world(first, start, { targets: both(toBundle(second2)), leaf: leafOf(second2, start + 60 * day) });
    expect(retired(due(view, lifetimes, start + 60 * day))).toEqual([
      second2.signing.fingerprint,
      first.signing.fingerprint,
    ]);
  });

  it('is renewed after two thirds of its lifetime, not before', () => {
    const leafAt = (now: number) => ({ leaf: leafOf(first, now) });
    expect(kindAt(world(first, start, leafAt(start + 60 * day - second)), start + 60 * day - second)).toBe('nothing');
    expect(kindAt(world(first, start, leafAt(start + 60 * day)), start + 60 * day)).toBe('newCa');
  });

  it('is renewed by a lifetime that was made shorter since', () => {
    const step = due(world(first, start), { ...lifetimes, ca: 3 * day }, start + 2 * day);
    expect(step.kind).toBe('newCa');
  });

  it('is not renewed before the one at hand was trusted for two settling times', () => {
    const now = start + 80 * day;
    const leaf = leafOf(first, now);
    expect(kindAt(world(first, now - 2 * minute + second, { leaf }), now)).toBe('nothing');
    expect(kindAt(world(first, now - 2 * minute, { leaf }), now)).toBe('newCa');
    expect(kindAt(world(first, now, { leaf, trustedSince: new Map() }), now)).toBe('nothing');
  });

  it('issued by a clock that is an hour ahead is left alone', () => {
    expect(kindAt(world(first, start), start - hour)).toBe('nothing');
  });
});

describe('the caBundle', () => {
  it.each([
    ['cleared', ''],
    ["somebody else's", '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['right but for a line break', `${first.signing.pem}\n`],
  ])('is published where it is %s', (_, bundle) => {
    const step = due(world(first, start, { targets: [target(bundle), target(toBundle(first))] }), lifetimes, start);
    expect(step.kind === 'publish' && step.targets.map(({ found }) => found?.entries[0]?.bundle)).toEqual([bundle]);
    expect(step.kind === 'publish' && step.bundle).toBe(toBundle(first));
  });

  it('is left alone where it is right, and where there is no configuration', () => {
    expect(kindAt(world(first, start), start)).toBe('nothing');
    expect(kindAt(world(first, start, { targets: [absent, target(toBundle(first))] }), start)).toBe('nothing');
  });

  it('holds the new CA before a leaf of it is due', () => {
    const now = start + 60 * day;
    const view = world(second2, now, {
      targets: both(toBundle(first)),
      leaf: leafOf(first, now),
      trustedSince: new Map(),
    });
    expect(kindAt(view, now)).toBe('publish');
  });

  it('loses a CA that the Secret has dropped', () => {
    const alone = { ...second2, retired: [], dropped: [first.signing.fingerprint] };
    expect(kindAt(world(alone, start + 60 * day, { targets: both(toBundle(second2)) }), start + 60 * day)).toBe(
      'publish',
    );
  });
});

describe('a leaf', () => {
  const now = start + 60 * day;

  it('is issued at once where there is none, even before anything is published', () => {
    expect(kindAt(world(first, start, { leaf: undefined, targets: both(''), trustedSince: new Map() }), start)).toBe(
      'newLeaf',
    );
  });

  it('of the old CA goes on until the new one was trusted for the settling time', () => {
    const old = { leaf: leafOf(first, now) };
    expect(kindAt(world(second2, now - minute + second, old), now)).toBe('nothing');
    expect(kindAt(world(second2, now - minute, old), now)).toBe('newLeaf');
    expect(kindAt(world(second2, now, { ...old, trustedSince: new Map() }), now)).toBe('nothing');
  });

  it('is renewed after two thirds of its lifetime, also while the caBundle cannot be written', () => {
    expect(kindAt(world(first, start), start + 4 * day - second)).toBe('nothing');
    expect(kindAt(world(first, start), start + 4 * day)).toBe('newLeaf');
    expect(kindAt(world(first, start, { targets: both('') }), start + 4 * day)).toBe('newLeaf');
  });

  it('is replaced at once where its CA is no longer known, it expired, or a clock was put back', () => {
    expect(kindAt(world(first, start, { leaf: leafOf(third, start) }), start)).toBe('newLeaf');
    const old = leafOf(first, start);
    expect(kindAt(world(first, start, { leaf: old }), old.validTo)).toBe('newLeaf');
    const ahead = leafOf(first, start + day);
    expect(kindAt(world(first, start, { leaf: ahead }), start)).toBe('newLeaf');
  });

  it('that ends with its CA is not issued over and over', () => {
    const late = start + 89 * day;
    expect(kindAt(world(first, start, { leaf: leafOf(first, late), trustedSince: new Map() }), start + 90 * day)).toBe(
      'nothing',
    );
  });
});

describe('a retired CA', () => {
  const then = start + 60 * day;
  const overlap = lifetimes.leaf + 2 * minute;

  it('is dropped once no leaf of it can be served, not before', () => {
    const end = then + overlap;
    const leaf = leafOf(second2, end);
    expect(kindAt(world(second2, then, { leaf }), end - second)).toBe('nothing');
    const step = due(world(second2, then, { leaf }), lifetimes, end);
    expect(step.kind === 'drop' && step.authority.retired).toEqual([]);
    expect(step.kind === 'drop' && step.dropped).toEqual([first.signing]);
    expect(step.kind === 'drop' && step.authority.dropped).toEqual([first.signing.fingerprint]);
  });

  it('is forgotten once it was dropped and no caBundle holds it any more', () => {
    const now = then + 60 * day;
    const view = world({ ...second2, retired: [], dropped: [first.signing.fingerprint] }, then, {
      leaf: leafOf(second2, now),
    });
    const step = due(view, lifetimes, now);
    expect(step.kind === 'newCa' && step.others).toEqual({ retired: [second2.signing], dropped: [] });
  });

  it('is dropped by the date of its successor where this replica started later, with room for wrong clocks', () => {
    const end = then + overlap + clockTolerance;
    const view = world(second2, end - 3 * minute, { leaf: leafOf(second2, end) });
    expect(kindAt(view, end - second)).toBe('nothing');
    expect(kindAt(view, end)).toBe('drop');
  });

  it('is not dropped sooner where its successor was issued by a clock an hour behind', () => {
    const now = then + hour;
    const leaf = leafOf(second2, now + overlap);
    expect(kindAt(world(second2, now, { leaf }), now + overlap - second)).toBe('nothing');
    expect(kindAt(world(second2, now, { leaf }), now + overlap)).toBe('drop');
  });

  it('stays while the new CA is not yet trusted everywhere', () => {
    const late = start + 70 * day;
    const view = world(second2, late, { trustedSince: new Map() });
    expect(kindAt(view, late)).toBe('nothing');
    expect(kindAt({ ...view, trustedSince: trusted(second2, late - minute) }, late)).toBe('nothing');
  });
});

describe('doing what is due', () => {
  it('ends, and says when to reconcile again', () => {
    const step = due(world(first, start), lifetimes, start);
    expect(step).toEqual({ kind: 'nothing', until: start + 4 * day });
  });

  it('never retires more than eight, however many CAs a caBundle holds', async () => {
    const many = await Promise.all(Array.from({ length: 20 }, (_, i) => issueCa(start - i * second, day)));
    const bundle = many.map(({ certificate }) => certificate).join('');
    const view: CertificateView = {
      stored: { kind: 'missing' },
      targets: both(bundle),
      leaf: undefined,
      trustedSince: new Map(),
    };
    expect(readCaCertificates(bundle, start)).toHaveLength(20);
    const step = due(view, lifetimes, start);
    expect(retired(step)).toEqual(
      readCaCertificates(bundle, start)
        .slice(0, 8)
        .map(({ fingerprint }) => fingerprint),
    );
    expect(step.kind === 'newCa' && step.others.dropped).toHaveLength(12);
  });
});
