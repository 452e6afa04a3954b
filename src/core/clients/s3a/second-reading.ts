/**
 * Whether the second XML reader finds in a result what the plan promises: our properties first, and no other encryption property.
 */

import type { Encryption } from '../../assignment/resolve.ts';
import { readAgain } from '../../formats/xml/second-reader.ts';
import type { Edit } from '../../plan/edits.ts';
import type { DesiredFile } from '../../plan/plan.ts';
import { buildRecent } from '../../recent.ts';
import { ConfigurationReader, type Property, parserVersions } from './configuration.ts';
import type { WantedProperty } from './encryption-properties.ts';
import type { Insertion } from './layout.ts';
import { isForbidden } from './sort-elements.ts';

/** Reads the whole result with the second reader. `wanted` must be its first properties, in both parser versions. */
export function agrees(text: string, wanted: readonly WantedProperty[], encryption: Encryption): boolean {
  const { take, isMet } = expectProperties(wanted, encryption);
  return isReadable(text, take) && isMet();
}

/** `isMet` once each property was taken: first the wanted ones, then none that must be cut. */
function expectProperties(wanted: readonly WantedProperty[], encryption: Encryption) {
  const seen = { 'hadoop-2': 0, 'hadoop-3': 0 };
  let agreed = true;
  return {
    take(property: Property): void {
      for (const parserVersion of property.parserVersions) {
        const due = wanted[seen[parserVersion]++];
        const right = due === undefined ? !isForbidden(property, encryption) : isWritten(property, due);
        if (!right) agreed = false;
      }
    },
    isMet: () => agreed && parserVersions.every((parserVersion) => seen[parserVersion] >= wanted.length),
  };
}

/** Stands for our block. It is an encryption property too, so a reader that finds it twice, for example nested, finds one too many. */
const standIn: WantedProperty = { name: 'fs.s3a.encryption.algorithm', value: 'stand-in' };
const standInElement = `<property name="${standIn.name}" value="${standIn.value}" final="true"/>`;

/**
 * As `agrees`, for a result into which our block is inserted, in two parts. The block is read by itself. The file is read with
 * one property, the stand-in, in place of the block. Together this proves the same as reading the whole: where a reader finds the
 * stand-in first, it would find our properties first, since both are whole elements. The text after the block is read only where
 * a reader might find an encryption property in it. A block, and what stands before one, is read once for all files that have it.
 *
 * @param toResult gives the result for an edit that inserts something at the place of the block
 */
export function agreesInParts(
  { block, before, rootEnd, put }: Insertion,
  toResult: (put: Edit) => string,
  wanted: readonly WantedProperty[],
  desired: Encryption & Pick<DesiredFile, 'confidential'>,
): boolean {
  const ours = readOnce(`<configuration>${block}</configuration>`);
  if (ours?.length !== wanted.length || !areExpected(ours, wanted, desired)) return false;
  const whole = toResult(put(standInElement));
  const head = before + standInElement;
  if (!isFreeOfEncryption(whole.slice(head.length))) return agrees(whole, [standIn], desired);
  const first = desired.confidential ? readAll(head + rootEnd) : readOnce(head + rootEnd);
  return first !== null && areExpected(first, [standIn], desired);
}

function areExpected(
  properties: readonly Property[],
  wanted: readonly WantedProperty[],
  encryption: Encryption,
): boolean {
  const { take, isMet } = expectProperties(wanted, encryption);
  for (const property of properties) take(property);
  return isMet();
}

/**
 * True where no reader, whatever its rules, can find an encryption property. Every such name contains the word "encryption".
 * In a text without that word a reader finds one only if it joins the name from pieces: from a reference, or from a `<name>`
 * that contains other markup.
 */
function isFreeOfEncryption(text: string): boolean {
  return (
    !text.includes('encryption') && !(text.includes('&') && namedByReference.test(text)) && !nameWithMarkup.test(text)
  );
}

const namedByReference = /name\s*=|name[^<]*&/;
const nameWithMarkup = /[<:]name(?![\w.:-])(?:[^<>]*[^<>/])?>[^<]*<(?!\/)/;

/**
 * By text: a block for each assignment and style of indentation, and what stands before it, which is alike in most files. 8 MB in
 * the worst case, 300 kB usually.
 */
const readings = buildRecent<readonly Property[]>({ most: 128, longest: 32_768 });

function readOnce(text: string): readonly Property[] | null {
  const known = readings.get(text);
  if (known !== undefined) return known;
  const properties = readAll(text);
  if (properties !== null) readings.put(text, properties);
  return properties;
}

function readAll(text: string): readonly Property[] | null {
  const properties: Property[] = [];
  return isReadable(text, (property) => properties.push(property)) ? properties : null;
}

/** Calls `take` with each property. False where the reader throws: that counts as a disagreement. */
function isReadable(text: string, take: (property: Property) => void): boolean {
  try {
    readAgain(text, new ConfigurationReader(take));
    return true;
  } catch {
    return false;
  }
}

function isWritten(property: Property, { name, value }: WantedProperty): boolean {
  return property.name === name && property.value === value && property.final;
}
