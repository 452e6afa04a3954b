/**
 * How the demo looks: numbered headings, commands with what they said, diffs, and promises that were kept or not.
 */
import type { styleText } from 'node:util';
import { type DiffLine, toDiff, type Version } from './diff.ts';

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export interface Show {
  /** Begins a step. */
  heading(title: string, about: string): void;
  say(text: string): void;
  /** A command as one would type it. */
  command(words: readonly string[]): void;
  /** What a command said. */
  output(text: string): void;
  diff(before: Version, after: Version): void;
  /** A claim of this step, and whether it holds; where not, what was seen instead. */
  promise(claim: string, holds: boolean, seen?: unknown): void;
  /** The step can't go on. */
  failure(error: unknown): void;
  /** Promises so far. */
  readonly kept: number;
  readonly broken: readonly string[];
}

/** @param root paths below it are shown as a reader who stands in it would type them */
export function createShow(write: (text: string) => void, paint: Paint, root: string): Show {
  let steps = 0;
  let kept = 0;
  let heading = '';
  const broken: string[] = [];
  const line = (text: string) => write(`${text}\n`);
  const breakPromise = (claim: string, seen: string) => {
    broken.push(`${heading}: ${claim}`);
    line(`   ${paint('red', `✗ ${claim}`)}`);
    if (seen !== '') line(indent(seen, '     '));
  };
  return {
    heading(title, about) {
      heading = `${++steps}. ${title}`;
      line(`\n${paint('bold', heading)}\n${indent(about, '   ')}\n`);
    },
    say: (text) => line(indent(text, '   ')),
    command: (words) => line(`   ${paint('cyan', `$ ${toShell(words.map((word) => word.replace(`${root}/`, '')))}`)}`),
    output(text) {
      for (const said of text.trimEnd().split('\n')) {
        const style = styleOf(said);
        line(indent(style ? paint(style, said) : said, '   '));
      }
    },
    diff(before, after) {
      for (const { kind, text } of toDiff(before, after)) line(`   ${paint(diffStyles[kind], text)}`);
    },
    promise(claim, holds, seen) {
      if (!holds) return breakPromise(claim, seen === undefined ? '' : `seen: ${toText(seen)}`);
      kept++;
      line(`   ${paint('green', `✓ ${claim}`)}`);
    },
    failure: (error) => breakPromise('runs to its end', error instanceof Error ? error.message : String(error)),
    get kept() {
      return kept;
    },
    broken,
  };
}

const diffStyles = {
  header: 'bold',
  place: 'cyan',
  added: 'green',
  removed: 'red',
  same: 'dim',
} as const satisfies Record<DiffLine['kind'], string>;

function styleOf(said: string) {
  if (said.startsWith('Warning:')) return 'yellow';
  return said.startsWith('Error') ? 'red' : undefined;
}

function indent(text: string, by: string): string {
  return text.trimEnd().replace(/^(?=.)/gm, by);
}

function toText(seen: unknown): string {
  return typeof seen === 'string' ? seen : JSON.stringify(seen, null, 1);
}

/** Words as a POSIX shell reads them back. */
export function toShell(words: readonly string[]): string {
  const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
  return words.map(quote).join(' ');
}
