/**
 * Our blocks in a file of Spark's properties: a comment that names an assignment, and the encryption entries right after it.
 */

import type { PropertiesComment, PropertiesEntry } from '../../formats/properties/read.ts';
import { decidesEncryption, toCatalogOption } from '../iceberg/catalogs.ts';
import { toEncryptionProperty } from '../s3a/encryption-properties.ts';
import { pinMark } from '../s3a/other-stores.ts';
import { sourcePrefix } from '../s3a/sort-elements.ts';
import { toHadoopName } from './settings.ts';

export interface Block {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly PropertiesEntry[];
  /** The entries, after a comment of their own, that keep the others from buckets that are left alone. */
  readonly pins: readonly PropertiesEntry[];
}

export function findBlocks(text: string, items: readonly (PropertiesEntry | PropertiesComment)[]): Block[] {
  const blocks: Block[] = [];
  for (let index = 0; index < items.length; index++) {
    const marker = items[index] as PropertiesEntry | PropertiesComment;
    if (!isMarker(marker)) continue;
    const entries: PropertiesEntry[] = [];
    let pinsFrom = isPinMarker(marker) ? 0 : Number.POSITIVE_INFINITY;
    let { end } = marker;
    for (; index + 1 < items.length; index++) {
      const item = items[index + 1] as PropertiesEntry | PropertiesComment;
      if (item.start !== end) break;
      if (item.kind === 'entry' && isEncryptionProperty(item.name)) entries.push(item);
      else if (isMarker(item) && isPinMarker(item)) pinsFrom = entries.length;
      else break;
      end = item.end;
    }
    const start = marker.start - separatorLength(text, marker, end);
    blocks.push({ start, end, entries, pins: entries.slice(pinsFrom) });
  }
  return blocks;
}

export function toMarker(source: string): string {
  return `# ${source}`;
}

function isMarker(item: PropertiesEntry | PropertiesComment): item is PropertiesComment {
  return item.kind === 'comment' && item.text.startsWith(toMarker(sourcePrefix));
}

function isPinMarker({ text }: PropertiesComment): boolean {
  return text.endsWith(pinMark);
}

function isEncryptionProperty(name: string): boolean {
  const option = toCatalogOption(name);
  return toEncryptionProperty(toHadoopName(name) ?? '') !== null || (option !== null && decidesEncryption(option));
}

/** The length of the two line ends before a block at the end of the file. Elsewhere they may be what separates two entries. */
function separatorLength(text: string, { start, end }: PropertiesComment, blockEnd: number): number {
  const lineEnd = /(?:\r\n|\r|\n)$/.exec(text.slice(start, end))?.[0];
  if (lineEnd === undefined || blockEnd < text.length) return 0;
  return text.slice(0, start).endsWith(lineEnd.repeat(2)) ? 2 * lineEnd.length : 0;
}
