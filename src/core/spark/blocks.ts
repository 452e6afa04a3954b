/**
 * What an earlier plan wrote, or this one: a comment that names an assignment, and the encryption entries right behind it.
 */
import { sourcePrefix } from '../hadoop/members.ts';
import { pinMark } from '../hadoop/other-stores.ts';
import { toMember } from '../hadoop/s3a.ts';
import { decidesEncryption, toCatalogOption } from '../iceberg/catalogs.ts';
import type { Comment, Entry } from '../properties/read.ts';
import { toHadoopName } from './settings.ts';

export interface Block {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly Entry[];
  /** It keeps the others from buckets that are left alone. */
  readonly pins: boolean;
}

export function findBlocks(text: string, items: readonly (Entry | Comment)[]): Block[] {
  const blocks: Block[] = [];
  for (const [index, marker] of items.entries()) {
    if (marker.kind !== 'comment' || !isMarker(marker.text)) continue;
    const entries: Entry[] = [];
    let { end } = marker;
    for (let next = index + 1; next < items.length; next++) {
      const item = items[next] as Entry | Comment;
      if (item.kind !== 'entry' || item.start !== end || !isMember(item.name)) break;
      entries.push(item);
      end = item.end;
    }
    const pins = marker.text.endsWith(pinMark);
    blocks.push({ start: marker.start - separatorLength(text, marker, end), end, entries, pins });
  }
  return blocks;
}

export function toMarker(source: string): string {
  return `# ${source}`;
}

function isMarker(comment: string): boolean {
  return comment.startsWith(toMarker(sourcePrefix));
}

function isMember(name: string): boolean {
  const option = toCatalogOption(name);
  return toMember(toHadoopName(name) ?? '') !== null || (option !== null && decidesEncryption(option));
}

/** The two line ends before a block at the end; elsewhere they may be what keeps two entries apart. */
function separatorLength(text: string, { start, end }: Comment, blockEnd: number): number {
  const lineEnd = /(?:\r\n|\r|\n)$/.exec(text.slice(start, end))?.[0];
  if (lineEnd === undefined || blockEnd < text.length) return 0;
  return text.slice(0, start).endsWith(lineEnd.repeat(2)) ? 2 * lineEnd.length : 0;
}
