/**
 * What S3A does with an algorithm, a key and a context: it encrypts, or it refuses to start.
 */
import { isJavaWhitespace } from '../clients/spark/java-options.ts';
import type { Method, Release } from './version.ts';

export type EffectiveEncryption =
  /** `key` is empty where S3A names no key: AWS then uses the account's default key, or the method needs none. */
  | { readonly kind: 'encrypted'; readonly method: Method; readonly key: string }
  /** S3A asks for nothing, so that the bucket's own default encryption decides. `key` has no effect. */
  | { readonly kind: 'none'; readonly key: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Algorithm, key and context are as S3A looks them up: trimmed, and empty where nothing is set. */
export function toEncryption(algorithm: string, key: string, context: string, release: Release): EffectiveEncryption {
  const method = findMethod(algorithm, release);
  if (method === undefined) {
    const known = release.methods.join(', ');
    return refused(
      `S3A of Hadoop ${release.version} doesn't know the algorithm ${JSON.stringify(algorithm)}: it knows ${known}`,
    );
  }
  if (!isContext(context)) {
    return refused(`the encryption context ${JSON.stringify(context)} is no list of name=value, separated by commas`);
  }
  if (method === 'SSE-C' && isBlank(key)) return refused('the algorithm is SSE-C, and no key is set');
  if (method === 'AES256' && !isBlank(key))
    return refused('the algorithm is AES256, which takes no key, and a key is set');
  return method === null ? { kind: 'none', key } : { kind: 'encrypted', method, key };
}

function refused(message: string): EffectiveEncryption {
  return { kind: 'refused', message };
}

/** Null: no encryption. Undefined: an unknown algorithm. The flag `u` folds U+017F and U+212A too, as Java's equalsIgnoreCase does. */
function findMethod(algorithm: string, { methods, ignoresCase }: Release): Method | null | undefined {
  if (isBlank(algorithm)) return null;
  return methods.find((method) =>
    ignoresCase ? new RegExp(`^${method}$`, 'iu').test(algorithm) : method === algorithm,
  );
}

/** As StringUtils.isBlank. */
function isBlank(text: string): boolean {
  return [...text].every(isJavaWhitespace);
}

/** Splits as S3A does. Java's split drops empty parts at the end. */
function isContext(context: string): boolean {
  const pairs = context.split(/[ \t\n\v\f\r]*[,\n][ \t\n\v\f\r]*/).filter((pair) => pair !== '');
  return pairs.every((pair) => {
    const halves = pair.split(/[ \t\n\v\f\r]*=[ \t\n\v\f\r]*/);
    while (halves.at(-1) === '') halves.pop();
    return halves.length === 2 && halves[0] !== '';
  });
}
