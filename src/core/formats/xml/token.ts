/**
 * The tokens of a document. They are contiguous: joined, their spans are the input, character for character.
 */
import type { RefusalReason } from '../../reasons.ts';

/** Offsets are UTF-16 code units; `end` is exclusive. */
interface Span {
  readonly offset: number;
  readonly end: number;
}

export interface Attribute {
  readonly prefix: string;
  readonly local: string;
  /** References resolved, line ends and tabs normalised to blanks. */
  readonly value: string;
}

/** A start tag, or an empty element's only tag (`selfClosing`). */
export interface StartToken extends Span {
  readonly kind: 'start';
  /** The name as written, with its prefix. */
  readonly name: string;
  readonly local: string;
  /** Without namespace declarations. */
  readonly attributes: readonly Attribute[];
  readonly selfClosing: boolean;
}

export interface EndToken extends Span {
  readonly kind: 'end';
  readonly local: string;
}

/** Character data or a CDATA section; `value` has references resolved and line ends normalised to LF. */
export interface TextToken extends Span {
  readonly kind: 'text' | 'cdata';
  readonly value: string;
}

/** What Hadoop never sees: the byte order mark, declaration, comments, instructions, white space outside the root. */
export interface SkippedToken extends Span {
  readonly kind: 'bom' | 'declaration' | 'comment' | 'instruction' | 'space';
}

export type Token = StartToken | EndToken | TextToken | SkippedToken;

/** Why a document can't be read; `offset` is where. */
export interface XmlFault {
  readonly reason: RefusalReason;
  readonly offset: number;
  readonly message: string;
}

/** Thrown inside the scanner and caught in `scan`; never seen outside this folder. */
export class SyntaxFault extends Error implements XmlFault {
  readonly reason: RefusalReason;
  readonly offset: number;

  constructor(offset: number, message: string, reason: RefusalReason = 'Malformed') {
    super(message);
    this.reason = reason;
    this.offset = offset;
  }
}
