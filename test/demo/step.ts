/**
 * A step of the demo, and how steps follow each other.
 */
import type { Show } from './show.ts';
import type { Stage } from './stage.ts';

export interface Step {
  readonly title: string;
  /** What it is about, for somebody who sees the product for the first time. */
  readonly about: string;
  /** Shows something, and checks what it promises against the API server's state. */
  readonly run: (stage: Stage) => Promise<void>;
}

/** Runs them all, also after one that fails. @throws the signal's reason, once it is aborted */
export async function runSteps(steps: readonly Step[], stage: Stage, show: Show, signal: AbortSignal): Promise<void> {
  for (const { title, about, run } of steps) {
    show.heading(title, about);
    try {
      await run(stage);
    } catch (error) {
      signal.throwIfAborted();
      show.failure(error);
    }
  }
}
