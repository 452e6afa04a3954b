/**
 * Whether the second XML reader finds in a result what the plan promises: our block first, and no other member.
 */
import { readAgain } from '../xml/second-reader.ts';
import { ConfigurationReader, dialects, type Property } from './configuration.ts';
import { isForbidden } from './members.ts';
import type { Encryption, WantedProperty } from './s3a.ts';

export function agrees(text: string, wanted: readonly WantedProperty[], encryption: Encryption): boolean {
  const seen = { 'hadoop-2': 0, 'hadoop-3': 0 };
  let agreed = true;
  const reader = new ConfigurationReader((property) => {
    for (const dialect of property.dialects) {
      const due = wanted[seen[dialect]++];
      const right = due === undefined ? !isForbidden(property, encryption) : isWritten(property, due);
      if (!right) agreed = false;
    }
  });
  try {
    readAgain(text, reader);
  } catch {
    return false; // fast-xml-parser throws on what it can't read: that is a disagreement like any other
  }
  return agreed && dialects.every((dialect) => seen[dialect] >= wanted.length);
}

function isWritten(property: Property, { name, value }: WantedProperty): boolean {
  return property.name === name && property.value === value && property.final;
}
