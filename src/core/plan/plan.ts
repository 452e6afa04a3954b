/**
 * The plan for one file, for any format and any client. One rule: find the settings that decide encryption, put ours where
 * they win, cut the rest, refuse other encryption, change nothing else, and read the result again.
 */
import type { Encryption, OtherStores } from '../assignment/resolve.ts';
import type { Edit } from './edits.ts';
import { buildReport, type Note, type Refused, type Remark, type Violation } from './report.ts';
import { isTooLong, maxBytes } from './size.ts';

/** The encryption that a file must set. */
export interface DesiredFile extends Encryption {
  /** Marks our properties, for example `KmsKeyAssignment/finance`. */
  readonly source: string;
  /** Refuse what can't be proven, instead of adding a note. */
  readonly strict: boolean;
  /** Of the file, which is in a Secret, nothing is kept in memory. */
  readonly confidential?: true;
  /** Default: Encrypt. */
  readonly otherStores?: OtherStores;
}

/** `leftAlone`: the file, or its settings for a bucket, stay as they are, since the store isn't AWS (`otherStores: Leave`). */
export type Plan =
  | {
      readonly kind: 'unchanged';
      readonly notes: readonly Note[];
      /** The file holds our properties. Where it doesn't, a change of the key changes nothing in the file. */
      readonly holdsBlock: boolean;
      readonly leftAlone?: true;
    }
  | {
      readonly kind: 'change';
      /** The file holds what an assignment set earlier: it encrypts with KMS, but not as desired now. */
      readonly outdated: boolean;
      readonly edits: readonly Edit[];
      readonly notes: readonly Note[];
      readonly result: string;
      readonly leftAlone?: true;
    }
  | Refused;

/** `assess`: the result won't be written (the object is immutable, or the webhook only validates), so it isn't read again. */
export type Purpose = 'write' | 'assess';

/** How one client's files are read, checked and edited. `D` is the parsed document, `S` the part of it that the assignment covers. */
export interface Client<D, S extends PlanScope> {
  /** Reads a file as the client does, or says why the client would refuse it. */
  readonly read: (
    text: string,
  ) => { readonly ok: true; readonly document: D } | { readonly ok: false; readonly fault: Violation };
  /** Null where the file as a whole is left alone. */
  readonly toScope: (document: D, assigned: DesiredFile) => S | null;
  /** What makes the assignment impossible in this file, or can't be proven (`NotProvable`). The first refusal counts. */
  readonly findViolations: (document: D, scope: S) => readonly Violation[];
  /** Puts our properties where they win and cuts the rest, or says why that is impossible. */
  readonly edit: (text: string, document: D, scope: S) => Edited | Violation;
}

export interface PlanScope {
  /** The assigned encryption, without what is left alone. */
  readonly desired: DesiredFile;
  readonly leavesSome: boolean;
  /** Stores that aren't AWS and are not left alone. */
  readonly otherStores: readonly Remark[];
}

export interface Edited {
  readonly result: string;
  /** From the text to the result; empty where the text is compliant. */
  readonly edits: readonly Edit[];
  /** The user's own settings that were cut and had another value than ours. */
  readonly overridden: readonly Remark[];
  readonly holdsBlock: boolean;
  readonly isOutdated: () => boolean;
  /** Whether a second reader, which shares no code with the first, finds the intended properties in the result. */
  readonly isReadAgain: () => boolean;
}

/**
 * Plans one file. Pure, deterministic and idempotent: planning its own result gives `unchanged`. Every character outside the
 * edits stays as it is. A file is refused where the client would refuse to read it, and where it can't be read here exactly
 * as the client reads it; nothing is guessed.
 */
export function planFile<D, S extends PlanScope>(
  text: string,
  assigned: DesiredFile,
  { read, toScope, findViolations, edit }: Client<D, S>,
  purpose: Purpose,
): Plan {
  const { refuse, notes } = buildReport(text);
  if (isTooLong(text)) return refuse(tooLarge('the file has'));
  const reading = read(text);
  if (!reading.ok) return refuse(reading.fault);
  const { document } = reading;
  const scope = toScope(document, assigned);
  if (scope === null) return { kind: 'unchanged', notes: [], holdsBlock: false, leftAlone: true };
  const violations = findViolations(document, scope);
  const violation = violations.find(({ reason }) => scope.desired.strict || reason !== 'NotProvable');
  if (violation !== undefined) return refuse(violation);

  const edited = edit(text, document, scope);
  if ('reason' in edited) return refuse(edited);
  const { result, edits, holdsBlock } = edited;
  if (isTooLong(result)) return refuse(tooLarge('with the encryption properties the file has'));
  if (edits.length > 0 && purpose === 'write' && !edited.isReadAgain()) return refuse(readersDisagree);
  const shared = {
    notes: [
      ...notes('overridden', edited.overridden),
      ...notes('notProvable', violations),
      ...notes('otherStore', scope.otherStores),
    ],
    ...(scope.leavesSome && { leftAlone: true as const }),
  };
  if (edits.length === 0) return { kind: 'unchanged', holdsBlock, ...shared };
  return { kind: 'change', edits, result, outdated: edited.isOutdated(), ...shared };
}

function tooLarge(what: string): Violation {
  const message = `${what} more than ${maxBytes} bytes, which no ConfigMap can hold: shorten it`;
  return { reason: 'TooLarge', offset: 0, message };
}

const readersDisagree: Violation = {
  reason: 'ReadersDisagree',
  offset: 0,
  message: 'two readers disagree about the result: simplify the file',
};
