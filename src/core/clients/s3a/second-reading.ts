/**
 * Whether the second XML reader finds in a result what the plan promises: our block first, and no other member.
 */

import { readAgain } from '../../formats/xml/second-reader.ts';
import { buildRecent } from '../../recent.ts';
import { ConfigurationReader, type Property, parserVersions } from './configuration.ts';
import { isForbidden } from './members.ts';
import type { Encryption, WantedProperty } from './s3a.ts';

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
 * The same of a result that our block is put into, without reading the block anew for each file: it is read by itself, and
 * the file with one property in its place. `put` gives the text with these elements where the block goes. Both together say
 * what the whole would: wherever a reader finds that property first, it finds ours first, since either is whole elements.
 */
export function agreesInParts(
  block: string,
  put: (elements: string) => string,
  wanted: readonly WantedProperty[],
  encryption: Encryption,
): boolean {
  return isBlockOf(wanted, block) && agrees(put(standInElement), [standIn], encryption);
}

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
