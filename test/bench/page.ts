/**
 * Puts measured tables into a page, between marks that name them.
 */

export interface Section {
  readonly name: string;
  /** In Markdown. */
  readonly lines: readonly string[];
}

/** The page with these sections anew; all else stays. @throws Error where the page has no marks of that name */
export function withSections(page: string, sections: readonly Section[]): string {
  return sections.reduce((text, { name, lines }) => {
    const [begin, end] = [`<!-- bench ${name} -->`, `<!-- end of bench ${name} -->`];
    const [start, stop] = [text.indexOf(begin), text.indexOf(end)];
    if (start === -1 || stop < start) throw new Error(`the page has no ${begin} before an ${end}`);
    return `${text.slice(0, start + begin.length)}\n${lines.join('\n')}\n${text.slice(stop)}`;
  }, page);
}
