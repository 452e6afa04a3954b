/**
 * The inventory of keys: which ones files name now, which ones they would name, and which assignment gives them.
 */
import type { Decision } from './core.ts';
import { type Standing, toPresentKey } from './examine.ts';
import type { PresentKey } from './present-key.ts';
import type { KeyRow } from './report.ts';

export interface Keys {
  add(files: Standing['keys']): void;
  rows(): KeyRow[];
}

/** Files come from the cluster's users, and could name as many keys as there are files. */
const mostKeys = 2000;
const others: PresentKey = { kind: 'unknown', key: 'further keys' };

type Row = { -readonly [F in keyof KeyRow]: KeyRow[F] } & { assignedBy: string[] };

export function buildKeys(decisions: readonly Decision[]): Keys {
  const rows = new Map<string, Row>();

  function rowOf({ key, kind }: PresentKey): Row {
    const known = rows.get(key);
    if (known !== undefined) return known;
    if (rows.size >= mostKeys && key !== others.key) return rowOf(others);
    const row: Row = { key, kind, assignedBy: [], filesNow: 0, filesAfter: 0 };
    rows.set(key, row);
    return row;
  }

  for (const decision of decisions) {
    const candidates = decision.kind === 'conflict' ? decision.assignments : [];
    for (const one of decision.kind === 'assigned' ? [decision.desired.assignment] : candidates) {
      if (!('key' in one)) continue;
      const { assignedBy } = rowOf(toPresentKey(one.key));
      if (!assignedBy.includes(one.name)) assignedBy.push(one.name);
    }
  }

  return {
    add(files) {
      for (const { now, after } of files) {
        rowOf(now).filesNow += 1;
        rowOf(after).filesAfter += 1;
      }
    },
    rows: () =>
      [...rows.values()].sort(
        (a, b) => b.filesAfter + b.filesNow - a.filesAfter - a.filesNow || (a.key < b.key ? -1 : 1),
      ),
  };
}
