/**
 * Colours and progress, which are for people in front of a terminal alone.
 */
import { styleText } from 'node:util';
import type { Io } from './command.ts';

export type Style = Extract<Parameters<typeof styleText>[0], string>;

/** Paints text where `stream` is a terminal and NO_COLOR (https://no-color.org) is unset or empty; else leaves it as it is. */
export function painter(io: Io, stream: 'out' | 'err' = 'out'): (style: Style, text: string) => string {
  const paints = io.isTerminal[stream] && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  return paints ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

export interface Progress {
  /** Says how far the work is; draws at most ten times a second. */
  at(done: number): void;
  /** Wipes the line. */
  end(): void;
}

const silent: Progress = { at: () => {}, end: () => {} };

/** A line on stderr that counts, shown only on a terminal and only where the work takes longer than half a second. */
export function startProgress(
  io: Io,
  what: string,
  total: number,
  now: () => number = () => performance.now(),
): Progress {
  if (!io.isTerminal.err || io.env.TERM === 'dumb') return silent;
  const started = now();
  let last = started + 400;
  let drawn = false;
  return {
    at(done) {
      if (now() - last < 100) return;
      last = now();
      drawn = true;
      io.err(`\r\u001b[2K${what}: ${done} of ${total}`);
    },
    end() {
      if (drawn) io.err('\r\u001b[2K');
    },
  };
}
