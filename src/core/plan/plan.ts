/**
 * The plan for one file, whatever its format and whoever reads it. One rule: find the settings that decide encryption, put ours
 * where they win, cut the rest, refuse other encryption, change nothing else, and read the result again.
 */
import type { Encryption, OtherStores } from '../assignment/resolve.ts';
import type { Edit } from './edits.ts';
import { buildReport, type Note, type Refused, type Remark, type Violation } from './report.ts';
import { maxBytes, utf8Length } from './size.ts';

/** What a file shall say. */
export interface DesiredFile extends Encryption {
  /** The name that ours are marked with, for example `KmsKeyAssignment/finance`. */
  readonly source: string;
  /** Refuse what can't be proven, instead of noting it. */
  readonly strict: boolean;
  /** Encrypt where nothing is said. */
  readonly otherStores?: OtherStores;
}

/** `leftAlone`: the file, or what it says of a bucket, stays as it is, since the store isn't AWS (`otherStores: Leave`). */
export type Plan =
  | {
      readonly kind: 'unchanged';
      readonly notes: readonly Note[];
      /** The file holds what the assignment sets; otherwise there is nothing of it in the file, and another key changes nothing. */
      readonly holdsBlock: boolean;
      readonly leftAlone?: true;
    }
  | {
      readonly kind: 'change';
      /** The file holds what an assignment set at an earlier time: it encrypts with KMS, only not as it is wanted now. */
      readonly outdated: boolean;
      readonly edits: readonly Edit[];
      readonly notes: readonly Note[];
      readonly result: string;
      readonly leftAlone?: true;
    }
  | Refused;

/** `look`: the file isn't to be written (its object is immutable, or the webhook only validates), so that its result is not read again. */
export type Purpose = 'write' | 'look';

/** A format in the hands of a client, `D` its document, `S` what of it the assignment is for. */
export interface Client<D, S extends PlanScope> {
  /** Reads a file as the client does, or says why the client would not. */
  readonly read: (
    text: string,
  ) => { readonly ok: true; readonly document: D } | { readonly ok: false; readonly fault: Violation };
  /** Null where the file as a whole is left alone. */
  readonly toScope: (document: D, assigned: DesiredFile) => S | null;
  /** What makes the assignment impossible there, or can't be proven (`NotProvable`); the first that is refused counts. */
  readonly findViolations: (document: D, scope: S) => readonly Violation[];
  /** Puts ours where they win and cuts the rest, or says why it can't be done. */
  readonly edit: (text: string, document: D, scope: S) => Edited | Violation;
}

export interface PlanScope {
  /** What is assigned, but for what is left alone. */
  readonly desired: DesiredFile;
  readonly leavesSome: boolean;
  /** Stores that aren't AWS, and are not left alone. */
  readonly otherStores: readonly Remark[];
}

export interface Edited {
  readonly result: string;
  /** From the text to the result; none where the text is right. */
  readonly edits: readonly Edit[];
  /** The user's own settings among what was cut, where they said something else. */
  readonly overridden: readonly Remark[];
  readonly holdsBlock: boolean;
  readonly isOutdated: () => boolean;
  /** Whether a second reader, which shares no code with the first, finds in the result what was meant. */
  readonly isReadAgain: () => boolean;
}

/**
 * Plans one file. Pure, deterministic and idempotent: planning its own result gives `unchanged`. Every character outside the
 * edits stays as it is. What the client refuses to read, or what can't be read here exactly as it does, is refused; nothing is
 * guessed.
 */
export function planFile<D, S extends PlanScope>(
  text: string,
  assigned: DesiredFile,
  { read, toScope, findViolations, edit }: Client<D, S>,
  purpose: Purpose,
): Plan {
  const { refuse, notes } = buildReport(text);
  if (utf8Length(text) > maxBytes) return refuse(tooLarge('the file has'));
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
  if (utf8Length(result) > maxBytes) return refuse(tooLarge('with the encryption properties the file has'));
  if (edits.length > 0 && purpose === 'write' && !edited.isReadAgain()) return refuse(readersDisagree);
  const told = {
    notes: [
      ...notes('overridden', edited.overridden),
      ...notes('notProvable', violations),
      ...notes('otherStore', scope.otherStores),
    ],
    ...(scope.leavesSome && { leftAlone: true as const }),
  };
  if (edits.length === 0) return { kind: 'unchanged', holdsBlock, ...told };
  return { kind: 'change', edits, result, outdated: edited.isOutdated(), ...told };
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
