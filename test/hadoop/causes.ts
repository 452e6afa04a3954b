/**
 * Whether a refusal has the cause it names: told from the bytes and from what Hadoop reads, not from the plan's reader.
 */
import type { RefusalReason } from '../../src/core/reasons.ts';
import type { Reading } from './judge.ts';

/** `readings`: those of all versions in mode asWritten; empty where one of them can't read the file. */
export function hasCause(reason: RefusalReason, bytes: Uint8Array, readings: readonly Reading[]): boolean {
  const text = withoutDisguise(Buffer.from(bytes).toString('latin1'));
  const values = readings.flatMap((reading) => [
    ...Object.entries(reading.properties ?? {}),
    ...Object.entries(reading.expanded ?? {}),
  ]);
  switch (reason) {
    case 'Malformed':
      return readings.length === 0;
    case 'UnsupportedEncoding':
      return readings.length === 0 || !isStrictUtf8(bytes) || !isPlainDeclaration(text);
    case 'DoctypeNotAllowed':
      return text.includes('<!DOCTYPE');
    case 'RootNotConfiguration':
      return !/^(?:[^<]|<[?!](?:(?!\?>|-->).)*(?:\?>|-->))*<(?:[^\s:<>/]+:)?configuration[\s/>]/s.test(text);
    case 'FallbackDisablesProperties':
      return /<(?:[^\s:<>]+:)?fallback[\s/>]/.test(text);
    case 'OtherEncryptionInUse':
      return /SSE-C|CSE-|\.cse\.|[\w+/]{43}=/iu.test(text) || values.some(([name, value]) => isOther(name, value));
    case 'ClearTextFallbackOff':
      // A long s, as Java folds it; the name may be split by markup.
      return (
        [text, ...values.map(([name]) => name)].some((one) => one.includes('clear-text-fallback')) &&
        /fal(?:s|\xc5\xbf|&#x0*17f;|&#0*383;)e|\$\{/i.test(text)
      );
    case 'CannotBeCut':
      return (
        entangles(text) || /\]<(?:[^\s:<>]+:)?property[\s/>][\s\S]*>[\]>]/.test(Buffer.from(bytes).toString('latin1'))
      );
    case 'TooLarge':
      return bytes.length > 1024 * 1024 - 20_000;
    case 'NotProvable':
      return /include|credential|headers|impl|sign|audit|delegation|factory|accesspoint|endpoint|metadatastore/i.test(
        text,
      );
    case 'ReadersDisagree':
      return false;
    default:
      return reason satisfies never;
  }
}

/** Without what splits a name or a value. */
function withoutDisguise(text: string): string {
  const joined = text.replace(/<!--.*?-->|<\?(?!xml\s).*?\?>|<!\[CDATA\[|\]\]>/gs, '');
  return joined.replace(/&#(x?)([0-9a-f]+);/gi, (reference, hex: string, digits: string) => {
    const code = Number.parseInt(digits, hex === '' ? 10 : 16);
    return code > 0x20 && code < 0x7f && code !== 0x3c ? String.fromCharCode(code) : reference;
  });
}

function isStrictUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function isPlainDeclaration(text: string): boolean {
  const declaration = /^(?:\xef\xbb\xbf)?<\?xml\s[^>]*>/.exec(text)?.[0] ?? '';
  const encoding = /encoding\s*=\s*["']([^"']*)/.exec(declaration)?.[1] ?? 'UTF-8';
  return (
    !declaration.includes('"1.1"') &&
    /^(?:cs)?(?:ut[ \t\r\n_-]*f[ \t\r\n_-]*8|(?:us[ \t\r\n_-]*)?ascii)[ \t\r\n]*$/i.test(encoding)
  );
}

/** `${…}` may be anything, and 32 bytes in base64 are what SSE-C needs for a key. */
function isOther(name: string, value: string): boolean {
  return /encryption/.test(name) && /SSE-C|CSE-|\$\{|^\s*[\w+/]{43}=\s*$/iu.test(value);
}

/** Whether a property holds another property, an include, or a tag, which the versions read in two ways. */
function entangles(text: string): boolean {
  let depth = 0;
  for (const [whole, close, local = ''] of text.matchAll(
    /<(\/?)(?:[^\s:<>/!?]+:)?([^\s:<>/!?]+)(?:"[^"]*"|'[^']*'|[^>"'])*>/g,
  )) {
    if (close === '' && depth > 0 && /^(?:property|include|fallback|tag)$/.test(local)) return true;
    if (local === 'property' && !whole.endsWith('/>')) depth += close === '' ? 1 : -1;
  }
  return false;
}
