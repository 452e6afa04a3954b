/**
 * The documentation as its readers have it: pages of Markdown, their headings, links, code and words.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');
export const docs = 'charts/sse-kms-operator/docs';

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
  /** Without blocks of code. */
  readonly prose: string;
  readonly blocks: readonly CodeBlock[];
}

export interface CodeBlock {
  /** For example `console`; empty where nothing is said. */
  readonly language: string;
  readonly text: string;
}

const fence = /^```(\S*)\n([\s\S]*?)^```$/gm;

export function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = [...text.matchAll(fence)].map(([, language = '', text = '']) => ({ language, text }));
  return { path, text, blocks, prose: text.replace(fence, '') };
}

export const pages: readonly Page[] = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'charts/sse-kms-operator/README.md'],
  ...globSync(`${docs}/*.md`, { cwd: root }).sort(),
].map(readPage);

export function page(name: string): Page {
  const found = pages.find(({ path }) => path === name || path === `${docs}/${name}`);
  if (found === undefined) throw new Error(`there is no page ${name}`);
  return found;
}

/** What stands in backticks within prose. */
export function codeWords({ prose }: Page): string[] {
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, words = '']) => words);
}

/** Cells of all tables' first column, each without backticks, split at commas. */
export function firstColumn(text: string): string[] {
  return [...text.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) => cell.replaceAll('`', '').split(', '));
}

/** The text below a heading, to the next one of its rank. */
export function section({ path, text }: Page, heading: string): string {
  const parts = text.split(/^(?=## )/m);
  const found = parts.find((part) => part.startsWith(`## ${heading}\n`));
  if (found === undefined) throw new Error(`${path} has no section '${heading}'`);
  return found;
}

export interface Heading {
  readonly rank: number;
  readonly title: string;
  readonly anchor: string;
}

/** With the anchors that GitHub and GitLab give them; of equal ones the later have a number. */
export function headings({ prose }: Page): Heading[] {
  const counts = new Map<string, number>();
  return [...prose.matchAll(/^(#{1,6}) (.+)$/gm)].map(([, marks = '', title = '']) => {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const base = plain.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return { rank: marks.length, title, anchor: count === 0 ? base : `${base}-${count}` };
  });
}

/** Where links of this page lead, as written; also those that are defined at its end. */
export function links({ prose }: Page): string[] {
  const inline = [...prose.matchAll(/\]\(([^)\s]+)\)/g)];
  const defined = [...prose.matchAll(/^\[[^\]]+\]: (\S+)$/gm)];
  return [...inline, ...defined].map(([, target = '']) => target);
}
