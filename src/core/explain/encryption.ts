/**
 * What S3A makes of an algorithm, a key and a context: an encryption, or a refusal to start.
 */
import { isJavaWhitespace } from '../clients/spark/java-options.ts';
import type { Method, Release } from './version.ts';

export type EffectiveEncryption =
  /** `key` is empty where S3A names none: AWS then takes the account's default key, or none is needed. */
  | { readonly kind: 'encrypted'; readonly method: Method; readonly key: string }
  /** S3A asks for nothing, so that the bucket's own default encryption decides. `key` has no effect. */
  | { readonly kind: 'none'; readonly key: string }
  | { readonly kind: 'refused'; readonly message: string };

/** All three as S3A looks them up, trimmed; empty where nothing is set. */
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

/** Null for none; `u` folds U+017F and U+212A too, as Java's equalsIgnoreCase does. */
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

/** As S3A splits it; Java's split drops what is empty at the end. */
function isContext(context: string): boolean {
  const pairs = context.split(/[ \t\n\v\f\r]*[,\n][ \t\n\v\f\r]*/).filter((pair) => pair !== '');
  return pairs.every((pair) => {
    const halves = pair.split(/[ \t\n\v\f\r]*=[ \t\n\v\f\r]*/);
    while (halves.at(-1) === '') halves.pop();
    return halves.length === 2 && halves[0] !== '';
  });
}
