/**
 * An end to waiting for a decision.
 */

export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';
}

/**
 * Fastify's handlerTimeout ends with the receipt of the body (fastify/fastify#6725), so what comes after needs its own.
 * @throws DeadlineExceeded after so many milliseconds; what `decision` does later is ignored.
 */
export async function withDeadline<T>(decision: Promise<T>, milliseconds: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineExceeded(`no decision within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([decision, late]);
  } finally {
    clearTimeout(timer);
  }
}
