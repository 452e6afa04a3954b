/**
 * A time limit for decisions.
 */

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/** @throws DeadlineExceeded after so many milliseconds; a later result of `decision` is ignored. */
export async function withDeadline<T>(decision: Promise<T>, milliseconds: number): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineExceeded(`no decision within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([decision, expired]);
  } finally {
    clearTimeout(timer);
  }
}
