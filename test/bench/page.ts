/**
 * Puts a measured table into a page, between marks that name it.
 */

/** The page with this section anew; all else stays. @throws Error where the page has no marks of that name */
export function withSection(page: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- bench ${name} -->`, `<!-- end of bench ${name} -->`];
  const [start, stop] = [page.indexOf(begin), page.indexOf(end)];
  if (start === -1 || stop < start) throw new Error(`the page has no ${begin} before an ${end}`);
  return `${page.slice(0, start + begin.length)}\n${lines.join('\n')}\n${page.slice(stop)}`;
}
