/**
 * Whether the second XML reader finds in a result what the plan promises: our block first, and no other member.
 */

import type { Encryption } from '../../assignment/resolve.ts';
import { readAgain } from '../../formats/xml/second-reader.ts';
import type { Edit } from '../../plan/edits.ts';
import { buildRecent } from '../../recent.ts';
import { ConfigurationReader, type Property, parserVersions } from './configuration.ts';
import type { WantedProperty } from './encryption-properties.ts';
import type { Insertion } from './layout.ts';
import { isForbidden } from './sort-elements.ts';

export function agrees(text: string, wanted: readonly WantedProperty[], encryption: Encryption): boolean {
  const seen = { 'hadoop-2': 0, 'hadoop-3': 0 };
  let agreed = true;
  const take = (property: Property) => {
    for (const parserVersion of property.parserVersions) {
      const due = wanted[seen[parserVersion]++];
      const right = due === undefined ? !isForbidden(property, encryption) : isWritten(property, due);
      if (!right) agreed = false;
    }
  };
  return (
    isReadable(text, take) && agreed && parserVersions.every((parserVersion) => seen[parserVersion] >= wanted.length)
  );
}

/** A member of the family, as ours are: where it is read once more, inside another property for example, it is one too many. */
const standIn: WantedProperty = { name: 'fs.s3a.encryption.algorithm', value: 'stand-in' };
const standInElement = `<property name="${standIn.name}" value="${standIn.value}" final="true"/>`;

/**
 * The same of a result that our block is put into. The block is read by itself, and once for all files: one property stands in its
 * place where the file is read. Both readings together say what one of the whole would: wherever a reader finds the stand-in
 * first, it finds our properties first, since either is whole elements. What follows the block is read only where some reader
 * might find an encryption property in it.
 *
 * @param toResult the result, given the edit that puts something where the block goes
 */
export function agreesInParts(
  { block, before, rootEnd, put }: Insertion,
  toResult: (put: Edit) => string,
  wanted: readonly WantedProperty[],
  encryption: Encryption,
): boolean {
  if (!isBlockOf(wanted, block)) return false;
  const whole = toResult(put(standInElement));
  const head = before + standInElement;
  return agrees(isFreeOfEncryption(whole.slice(head.length)) ? head + rootEnd : whole, [standIn], encryption);
}

/**
 * True where no reader, whatever its rules, can find an encryption property. The name of each has the word in it, so that a text
 * without the word holds one only if a reader puts its name together from pieces: what a reference stands for, or the text of a
 * `<name>` in which other markup stands.
 */
function isFreeOfEncryption(text: string): boolean {
  return (
    !text.includes('encryption') && !(text.includes('&') && namedByReference.test(text)) && !nameWithMarkup.test(text)
  );
}

const namedByReference = /name\s*=|name[^<]*&/;
const nameWithMarkup = /[<:]name(?![\w.:-])(?:[^<>]*[^<>/])?>[^<]*<(?!\/)/;

/** By the block: there are as many as assignments, and ways of indenting. 4 MB in the worst case, 300 kB usually. */
const blocks = buildRecent<readonly Property[]>({ most: 128, longest: 32_768 });

function isBlockOf(wanted: readonly WantedProperty[], block: string): boolean {
  let properties = blocks.get(block);
  if (properties === undefined) {
    const read: Property[] = [];
    if (!isReadable(`<configuration>${block}</configuration>`, (property) => read.push(property))) return false;
    blocks.put(block, read);
    properties = read;
  }
  return (
    properties.length === wanted.length &&
    properties.every((property, index) => {
      const due = wanted[index];
      return due !== undefined && property.parserVersions.length === parserVersions.length && isWritten(property, due);
    })
  );
}

/** Hands each property on to `take`. False where the reader gives up: that is a disagreement like any other. */
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
