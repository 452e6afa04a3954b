/**
 * The plan for a Hadoop file. Our properties stand first in the root, each of them final, under every name that some version
 * reads; every other encryption property is cut out. In Hadoop the first final property wins over all later ones, in the file
 * and in every later resource.
 */
import { applyEdits } from '../../plan/edits.ts';
import {
  type Client,
  type DesiredFile,
  type Edited,
  type Plan,
  type PlanScope,
  type Purpose,
  planFile,
} from '../../plan/plan.ts';
import type { Violation } from '../../plan/report.ts';
import { findViolations } from './checks.ts';
import { type HadoopDocument, readDocument } from './document.ts';
import { wantedProperties } from './encryption-properties.ts';
import { cutElements, findJoinedBrackets, layOutBlock } from './layout.ts';
import { type Around, alone, findLeft, findOtherStores, leaveBuckets, pinsIn, toStoreMessage } from './other-stores.ts';
import { holdsEarlierBlock } from './outdated.ts';
import { agrees, agreesInParts } from './second-reading.ts';
import { holdsForbidden, sortElements } from './sort-elements.ts';
import { findWaysToAws, joinWays, noWay } from './ways-to-aws.ts';

/**
 * A `core` file always gets our properties. An `other` file (hdfs-site.xml beside core-site.xml) gets them only where it sets
 * encryption itself: with a cut alone it would set less than before.
 */
export type XmlFileRole = 'core' | 'other';

/** Plans one file. @param around what the files of its object say about the store */
export function plan(
  text: string,
  assigned: DesiredFile,
  role: XmlFileRole,
  around: Around = alone,
  purpose: Purpose = 'write',
): Plan {
  return planFile(text, assigned, buildClient(role, around), purpose);
}

interface S3aScope extends PlanScope {
  /** Buckets that are left alone. */
  readonly left: readonly string[];
}

function buildClient(role: XmlFileRole, around: Around): Client<HadoopDocument, S3aScope> {
  return {
    read: readDocument,
    toScope: (document, assigned) => toScope(document, assigned, around),
    findViolations: (document, { desired }) => findViolations(document, desired.buckets),
    edit: (text, document, scope) => edit(text, document, scope, role, around),
  };
}

function toScope(document: HadoopDocument, assigned: DesiredFile, around: Around): S3aScope | null {
  const stores = findOtherStores(document);
  const leaves = assigned.otherStores === 'Leave';
  const properties = document.elements.flatMap((element) => element.properties);
  const ways = leaves ? joinWays([findWaysToAws(document), around.waysToAws]) : noWay;
  const left = leaves ? findLeft(properties, stores, around.elsewhere, ways) : [];
  if (left === 'file') return null;
  return {
    desired: leaveBuckets(assigned, left),
    left,
    leavesSome: left.length > 0,
    otherStores: stores
      .filter(({ bucket }) => bucket === null || !left.includes(bucket))
      .map((store) => ({ offset: store.offset, message: toStoreMessage(store, leaves) })),
  };
}

function edit(
  text: string,
  document: HadoopDocument,
  { desired, left }: S3aScope,
  role: XmlFileRole,
  around: Around,
): Edited | Violation {
  const isFilled = role === 'core' || left.length > 0 || holdsForbidden(document, desired);
  const pins = pinsIn(document, left, around.said, desired.source);
  const wanted = isFilled ? [...wantedProperties(desired), ...pins] : [];
  const { cut, inseparable, blockStands, overridden } = sortElements(document, wanted, desired);
  const [first] = inseparable;
  if (first !== undefined) return { reason: 'CannotBeCut', ...first };
  const cuts = cutElements(text, cut);
  const joining = findJoinedBrackets(text, cuts);
  if (joining !== undefined) {
    const message = "without this property ']]>' would stand in text: remove the brackets";
    return { reason: 'CannotBeCut', offset: joining.offset, message };
  }
  const stands = blockStands || wanted.length === 0;
  const insertion = stands ? null : layOutBlock(text, document, cuts, wanted, desired.source);
  const edits = insertion === null ? cuts : [insertion.put(insertion.block), ...cuts];
  const result = edits.length === 0 ? text : applyEdits(text, edits);
  return {
    result,
    edits,
    overridden,
    holdsBlock: wanted.length > 0,
    isOutdated: () => holdsEarlierBlock(document, desired),
    isReadAgain: () =>
      insertion === null
        ? agrees(result, wanted, desired)
        : agreesInParts(insertion, (put) => applyEdits(text, [put, ...cuts]), wanted, desired),
  };
}
