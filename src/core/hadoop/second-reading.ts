/**
 * Whether the second XML reader finds in a result what the plan promises: our block first, and no other member.
 */
import { readAgain } from '../xml/second-reader.ts';
import { ConfigurationReader, dialects, type Properties } from './configuration.ts';
import { isForbidden } from './members.ts';
import type { Encryption, WantedProperty } from './s3a.ts';

export function agrees(text: string, wanted: readonly WantedProperty[], encryption: Encryption): boolean {
  const read = readProperties(text);
  if (read === null) return false;
  return dialects.every((dialect) => {
    const properties = read[dialect];
    const first = wanted.every(({ name, value }, index) => {
      const property = properties[index];
      return property?.name === name && property.value === value && property.final;
    });
    return first && !properties.slice(wanted.length).some((property) => isForbidden(property, encryption));
  });
}

function readProperties(text: string): Properties | null {
  const found: Properties = { 'hadoop-2': [], 'hadoop-3': [] };
  const reader = new ConfigurationReader();
  try {
    readAgain(text, {
      start: (local, attributes) => reader.start(local, attributes),
      text: (value) => reader.text(value),
      end: (local) => reader.end(local, found),
    });
  } catch {
    return null; // fast-xml-parser throws on what it can't read: that is a disagreement like any other
  }
  return found;
}
