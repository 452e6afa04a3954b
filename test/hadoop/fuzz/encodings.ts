/**
 * From text to bytes: UTF-8 as a rule, and now and then something that only claims to be, or doesn't even.
 */
import type { Random } from './random.ts';

type Encoding = (text: string, random: Random) => Uint8Array;

const encodings: readonly (readonly [number, Encoding])[] = [
  [180, utf8],
  [3, withMark],
  [2, (text) => utf16(`\ufeff${text}`, false)],
  [1, (text) => utf16(`\ufeff${text}`, true)],
  [1, (text) => utf16(text, false)],
  [2, (text) => Buffer.from(text, 'latin1')],
  [3, overlong],
  [3, disturbed],
  [1, (text) => utf8(text).subarray(0, -1)],
];

export function encode(text: string, random: Random): Uint8Array {
  return random.pickWeighted(encodings)(text.toWellFormed(), random);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function withMark(text: string): Uint8Array {
  return utf8(`\ufeff${text}`);
}

function utf16(text: string, bigEndian: boolean): Uint8Array {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
}

/** One ASCII character in two or three bytes, which a lenient reader takes for the same. */
function overlong(text: string, random: Random): Uint8Array {
  const bytes = utf8(text);
  const at = random.below(bytes.length);
  const byte = bytes[at];
  if (byte === undefined || byte >= 0x80) return bytes;
  const long = random.chance(0.5)
    ? [0xc0 | (byte >> 6), 0x80 | (byte & 0x3f)]
    : [0xe0, 0x80 | (byte >> 6), 0x80 | (byte & 0x3f)];
  return Buffer.concat([bytes.subarray(0, at), Uint8Array.from(long), bytes.subarray(at + 1)]);
}

const oddBytes = [0x00, 0x1b, 0x80, 0x85, 0xa0, 0xbf, 0xc0, 0xe9, 0xed, 0xef, 0xf4, 0xf8, 0xfe, 0xff];

function disturbed(text: string, random: Random): Uint8Array {
  const bytes = utf8(text);
  const at = random.below(bytes.length + 1);
  const kept = random.chance(0.5) ? at : at + 1;
  return Buffer.concat([bytes.subarray(0, at), Uint8Array.of(random.pick(oddBytes)), bytes.subarray(kept)]);
}
