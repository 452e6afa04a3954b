/**
 * Edits as data: computing them and applying them are two functions.
 */

/** Replace `length` UTF-16 code units at `offset` by `text`. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/**
 * Applies edits, which may come in any order, and returns the new text.
 * @throws RangeError if two edits overlap or one lies outside the text: a bug in the planner, never the user's fault.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.offset - b.offset || a.length - b.length);
  const parts: string[] = [];
  let end = 0;
  for (const edit of ordered) {
    if (edit.offset < end) throw new RangeError(`edit at ${edit.offset} overlaps the one that ends at ${end}`);
    if (edit.length < 0 || edit.offset + edit.length > text.length) {
      throw new RangeError(`edit at ${edit.offset} of ${edit.length} units lies outside the text`);
    }
    parts.push(text.slice(end, edit.offset), edit.text);
    end = edit.offset + edit.length;
  }
  parts.push(text.slice(end));
  return parts.join('');
}
