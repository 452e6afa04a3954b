/**
 * Two versions of a Hadoop file as a unified diff. Properties are told apart by their names: line by line, all of them look
 * alike, and a new one in front of others would show as parts of all.
 */
import { diffArrays } from 'diff';

export interface DiffLine {
  readonly kind: 'header' | 'place' | 'added' | 'removed' | 'same';
  readonly text: string;
}

export interface Version {
  readonly name: string;
  readonly text: string;
}

/** How many unchanged lines a change is shown with, before and after it. */
const context = 3;

/** No lines at all where nothing differs. */
export function toDiff(before: Version, after: Version): DiffLine[] {
  const hunks = toHunks(compare(toBlocks(before.text), toBlocks(after.text)));
  if (hunks.length === 0) return [];
  const header = (text: string): DiffLine => ({ kind: 'header', text });
  return [header(`--- ${before.name}`), header(`+++ ${after.name}`), ...hunks];
}

/** A property on its lines, or a line outside of one. */
interface Block {
  readonly key: string;
  readonly lines: readonly string[];
}

function toBlocks(text: string): Block[] {
  const blocks = text.match(/^[ \t]*<property>[\s\S]*?<\/property>.*\n?|.*\n|.+$/gm) ?? [];
  return blocks.map((block) => ({
    key: /<name>[\s\S]*<\/name>/.exec(block)?.[0] ?? block,
    lines: block.match(/.*\n|.+$/g) ?? [],
  }));
}

function compare(before: readonly Block[], after: readonly Block[]): DiffLine[] {
  const keys = (blocks: readonly Block[]) => blocks.map(({ key }) => key);
  const lines: DiffLine[] = [];
  let old = 0;
  let now = 0;
  for (const { count, added, removed } of diffArrays(keys(before), keys(after))) {
    for (let i = 0; i < count; i++) {
      const from = added ? [] : (before[old++]?.lines ?? []);
      const to = removed ? [] : (after[now++]?.lines ?? []);
      lines.push(...compareLines(from, to));
    }
  }
  return lines;
}

function compareLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  return diffArrays([...before], [...after]).flatMap(({ value, added, removed }) => {
    const kind = added ? 'added' : removed ? 'removed' : 'same';
    return value.map((line) => ({ kind, text: `${signs[kind]}${line.trimEnd()}` }) as const);
  });
}

const signs = { added: '+', removed: '-', same: ' ' } as const;

/** The changed lines with their context, each stretch headed by its place in both versions. */
function toHunks(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ kind }) => kind !== 'same');
  const hunks: DiffLine[] = [];
  for (let start = 0; start < lines.length; start++) {
    if (!isNear(start)) continue;
    let end = start;
    while (end < lines.length && isNear(end)) end++;
    const hunk = lines.slice(start, end);
    const place = (without: DiffLine['kind']) => {
      const count = (some: readonly DiffLine[]) => some.filter(({ kind }) => kind !== without).length;
      const length = count(hunk);
      return `${count(lines.slice(0, start)) + (length === 0 ? 0 : 1)},${length}`;
    };
    hunks.push({ kind: 'place', text: `@@ -${place('added')} +${place('removed')} @@` }, ...hunk);
    start = end;
  }
  return hunks;
}
