/**
 * The two expected ways in which a command ends without its result. Both are told in their own words, without a stack.
 */

/** The command line can't mean anything: told with a pointer to the help, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The world doesn't allow it: the message says what, where, and what to do. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  constructor(message: string, { exitCode = 2, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
