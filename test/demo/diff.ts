/**
 * Two versions of a file as a unified diff.
 */
import { structuredPatch } from 'diff';

export interface DiffLine {
  readonly kind: 'header' | 'place' | 'added' | 'removed' | 'same';
  readonly text: string;
}

export interface Version {
  readonly name: string;
  readonly text: string;
}

/** No lines at all where nothing differs. */
export function toDiff(before: Version, after: Version): DiffLine[] {
  const { hunks } = structuredPatch(before.name, after.name, before.text, after.text, '', '', { context: 3 });
  if (hunks.length === 0) return [];
  return [
    { kind: 'header', text: `--- ${before.name}` },
    { kind: 'header', text: `+++ ${after.name}` },
    ...hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      { kind: 'place' as const, text: `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@` },
      ...slide(lines).map((text) => ({ kind: kinds[text.charAt(0)] ?? 'same', text })),
    ]),
  ];
}

const kinds: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed' };

/**
 * Of several lines that are alike, any may be told to be the new one: here those are, between which a run of additions or
 * removals begins and ends least indented, so that elements appear whole.
 */
function slide(lines: readonly string[]): string[] {
  const slid = [...lines];
  for (let start = 0; start < slid.length; start++) {
    const end = endOfRun(slid, start);
    if (end === start) continue;
    const sign = slid[start]?.charAt(0) ?? '';
    let from = start;
    let best = start;
    const text = (index: number) => slid[index]?.slice(1);
    const edges = (first: number) => indentOf(text(first)) + indentOf(text(first + end - start - 1));
    // One line up changes nothing but which of two equal lines carries the sign.
    while (isSame(slid[from - 1]) && text(from - 1) === text(from - 1 + end - start)) {
      from--;
      if (edges(from) < edges(best)) best = from;
    }
    for (let index = best; index < end; index++) {
      slid[index] = (index < best + end - start ? sign : ' ') + text(index);
    }
    start = end - 1;
  }
  return slid;
}

/** Behind the last of the lines from `start` on that are all added, or all removed, and have no others beside them. */
function endOfRun(lines: readonly string[], start: number): number {
  const sign = lines[start]?.charAt(0);
  if (sign !== '+' && sign !== '-') return start;
  let end = start;
  while (lines[end]?.charAt(0) === sign) end++;
  return isSame(lines[start - 1]) && (end === lines.length || isSame(lines[end])) ? end : start;
}

function isSame(line: string | undefined): boolean {
  return line?.startsWith(' ') ?? false;
}

function indentOf(text = ''): number {
  return text.search(/\S|$/);
}
