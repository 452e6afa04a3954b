/**
 * The condition KeyUsable of an assignment: what KMS says of its key, and of its buckets' keys. Ready doesn't depend on it.
 */
import type { Condition } from '../api/assignment-status.ts';
import { type KeyReason, keyReasons } from '../core/kms/judge-key.ts';
import type { CurrentJudgement } from '../core/kms/key-knowledge.ts';
import { defaultKey, type KeyUse } from '../core/kms/key-uses.ts';

/** One about a bucket's Region names these buckets alone. */
export interface KeyFinding extends KeyUse {
  readonly judgement: CurrentJudgement;
}

const texts: Readonly<Record<KeyReason, string>> = {
  NotFound: 'there is no such key in its account and Region',
  RegionMismatch: "the bucket is in another Region, and S3 takes a key of the bucket's own alone",
  WrongUsage: "it isn't for encryption: its usage is not ENCRYPT_DECRYPT",
  AsymmetricKey: 'it is asymmetric, and S3 encrypts with symmetric keys alone',
  PendingDeletion: 'it is scheduled for deletion',
  Disabled: 'it is disabled: S3 can neither encrypt nor decrypt with it',
  PendingImport: 'it has no key material yet',
  Unavailable: 'it is being created, or the key store that holds it is away',
  AccessDenied: 'the operator may not ask KMS about it: see the log',
  Unreachable: 'KMS gives no usable answer: see the log',
  RegionUnknown: "each Region has its own, and the operator's is not known: set kms.region",
  Usable: 'S3 can encrypt with it',
};

const mostShown = 5;

/** What is the matter with the gravest finding decides; all that aren't usable are named, up to a limit. */
export function toKeyUsable(findings: readonly KeyFinding[]): Omit<Condition, 'lastTransitionTime'> | undefined {
  const sorted = [...findings].sort((a, b) => gravity(a) - gravity(b));
  const [gravest] = sorted;
  if (gravest === undefined) return undefined;
  const { status, reason } = gravest.judgement;
  const bad = sorted.filter(({ judgement }) => judgement.reason !== 'Usable');
  const more = bad.length > mostShown ? `; and ${bad.length - mostShown} more` : '';
  const message =
    bad.length === 0
      ? `S3 can encrypt with ${findings.length === 1 ? 'the key' : `all ${findings.length} keys`}, KMS says`
      : `${bad.slice(0, mostShown).map(toKeyMessage).join('; ')}${more}`;
  return { type: 'KeyUsable', status, reason, message };
}

/** What is the matter with one key. */
export function toKeyMessage({ key, buckets, judgement }: KeyFinding): string {
  const name = key === defaultKey ? "the account's default key (aws/s3)" : key;
  const [first, ...others] = buckets;
  const rest = others.length === 0 ? '' : ` and ${others.length} more`;
  const where = first === undefined ? '' : ` (bucket ${first}${rest})`;
  const { reason, deletionDate, lastAnswerAt } = judgement;
  const date = deletionDate === undefined ? '' : ` on ${toTime(deletionDate)}; aws kms cancel-key-deletion keeps it`;
  const since = lastAnswerAt === undefined ? '' : `; KMS last answered at ${toTime(new Date(lastAnswerAt))}`;
  return `${name}${where}: ${texts[reason]}${date}${since}`;
}

function gravity({ judgement }: KeyFinding): number {
  return keyReasons.indexOf(judgement.reason);
}

function toTime(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
