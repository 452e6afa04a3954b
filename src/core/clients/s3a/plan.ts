/**
 * The plan for one file. One rule: our properties stand first in the root, each of them final, under every name that
 * counts; every other member of the encryption family is cut out. In Hadoop the first final property wins over all that
 * follows it, in the file and in every later resource.
 */
import type { OtherStores } from '../../assignment/resolve.ts';
import { applyEdits, type Edit } from '../../plan/edits.ts';
import { buildReport, type Note, type Refused } from '../../plan/report.ts';
import { maxBytes, utf8Length } from '../../plan/size.ts';
import { findViolations } from './checks.ts';
import { readDocument } from './document.ts';
import { cutElements, findJoinedBrackets, layOutBlock } from './layout.ts';
import { holdsForbidden, sortElements } from './members.ts';
import { type Around, alone, findLeft, findOtherStores, leaveBuckets, pinsIn, toStoreMessage } from './other-stores.ts';
import { holdsEarlierBlock } from './outdated.ts';
import { type Encryption, wantedProperties } from './s3a.ts';
import { agrees, agreesInParts } from './second-reading.ts';
import { findWaysToAws, joinWays, noWay } from './ways-to-aws.ts';

export type { Note, Refused } from '../../plan/report.ts';

/**
 * `core` gets our properties in any case; `other` (hdfs-site.xml beside core-site.xml) where it says anything about encryption
 * itself: a file out of which that were only cut would say less than it did.
 */
export type XmlFileRole = 'core' | 'other';

/** What a file shall say. */
export interface DesiredFile extends Encryption {
  /** What `<source>` shows, for example `KmsKeyAssignment/finance`. */
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

/** `look`: the file can't be written, since its object is immutable; how it stands is wanted, without a second reading. */
export type Purpose = 'write' | 'look';

/**
 * Plans one file. Pure, deterministic and idempotent: planning its own result gives `unchanged`. Every character
 * outside the edits stays as it is. What Hadoop refuses to read, or what can't be read here exactly as Hadoop reads it,
 * is refused; nothing is guessed.
 *
 * @param around what the other files beside it say of the store
 */
export function plan(
  text: string,
  assigned: DesiredFile,
  role: XmlFileRole,
  around: Around = alone,
  purpose: Purpose = 'write',
): Plan {
  const { refuse, notes: noteAll } = buildReport(text);

  if (utf8Length(text) > maxBytes) {
    return refuse('TooLarge', 0, `the file has more than ${maxBytes} bytes, which no ConfigMap can hold: shorten it`);
  }
  const read = readDocument(text);
  if (!read.ok) return refuse(read.fault.reason, read.fault.offset, read.fault.message);
  const { document } = read;
  const stores = findOtherStores(document);
  const leaves = assigned.otherStores === 'Leave';
  const properties = document.elements.flatMap((element) => element.properties);
  const ways = leaves ? joinWays([findWaysToAws(document), around.waysToAws]) : noWay;
  const left = leaves ? findLeft(properties, stores, around.elsewhere, ways) : [];
  if (left === 'file') return { kind: 'unchanged', notes: [], holdsBlock: false, leftAlone: true };
  const desired = leaveBuckets(assigned, left);
  const violations = findViolations(document, desired.buckets);
  const violation = violations.find(({ reason }) => desired.strict || reason !== 'NotProvable');
  if (violation !== undefined) return refuse(violation.reason, violation.offset, violation.message);

  const isFilled = role === 'core' || left.length > 0 || holdsForbidden(document, desired);
  const pins = pinsIn(document, left, around.said, desired.source);
  const wanted = isFilled ? [...wantedProperties(desired), ...pins] : [];
  const sorted = sortElements(document, wanted, desired);
  const inseparable = sorted.inseparable[0];
  if (inseparable !== undefined) return refuse('CannotBeCut', inseparable.offset, inseparable.message);

  const cuts = cutElements(text, sorted.cut);
  const joining = findJoinedBrackets(text, cuts);
  if (joining !== undefined) {
    return refuse(
      'CannotBeCut',
      joining.offset,
      "without this property ']]>' would stand in text: remove the brackets",
    );
  }
  const stands = sorted.blockStands || wanted.length === 0;
  const insertion = stands ? null : layOutBlock(text, document, cuts, wanted, desired.source);
  const edits = insertion === null ? cuts : [insertion.put(insertion.block), ...cuts];
  const result = edits.length === 0 ? text : applyEdits(text, edits);
  if (utf8Length(result) > maxBytes) {
    return refuse('TooLarge', 0, `with the encryption properties the file has more than ${maxBytes} bytes: shorten it`);
  }
  const agreed =
    purpose === 'look' ||
    (insertion === null
      ? agrees(result, wanted, desired)
      : agreesInParts(
          insertion.block,
          (standIn) => applyEdits(text, [insertion.put(standIn), ...cuts]),
          wanted,
          desired,
        ));
  if (!agreed) {
    return refuse('ReadersDisagree', 0, 'two XML readers disagree about the result: simplify the file');
  }
  const notes = [
    ...noteAll('overridden', sorted.overridden),
    ...noteAll('notProvable', violations),
    ...noteAll(
      'otherStore',
      stores
        .filter(({ bucket }) => bucket === null || !left.includes(bucket))
        .map((store) => ({ ...store, message: toStoreMessage(store, leaves) })),
    ),
  ];
  const told = { notes, ...(left.length > 0 && { leftAlone: true as const }) };
  if (edits.length === 0) return { kind: 'unchanged', holdsBlock: wanted.length > 0, ...told };
  return { kind: 'change', edits, result, outdated: holdsEarlierBlock(document, desired), ...told };
}
