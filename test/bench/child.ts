/**
 * Programs of a benchmark in processes of their own, which say that they are ready by a message.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Child<T> {
  /** What it said first. */
  readonly ready: T;
  readonly ask: (question: string) => Promise<unknown>;
  readonly stop: () => void;
}

/** Starts a program of this folder. It must end itself when its parent is gone (`endWithParent`). @throws Error where it ends before it says anything */
export async function startChild<T>(
  file: string,
  args: readonly string[],
  nodeFlags: readonly string[] = [],
): Promise<Child<T>> {
  const child = fork(join(import.meta.dirname, file), [...args], { execArgv: [...process.execArgv, ...nodeFlags] });
  const ready = (await next(child, file)) as T;
  return {
    ready,
    ask: (question) => {
      child.send(question);
      return next(child, file);
    },
    stop: () => void child.kill(),
  };
}

/** For the program itself. */
export function endWithParent(): void {
  process.once('disconnect', () => process.exit());
}

async function next(child: ChildProcess, file: string): Promise<unknown> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', ended).then(([message]) => message),
      once(child, 'exit', ended).then(([code]) => {
        throw new Error(`${file} has ended with ${code}`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}
