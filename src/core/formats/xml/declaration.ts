/**
 * The XML declaration. Only XML 1.0 in UTF-8 or ASCII is accepted: Hadoop follows any other declared encoding, and would read
 * another text than the API server stores.
 */
import { SyntaxFault } from './token.ts';

const form =
  /<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/y;

/** Whether a declaration begins here; `<?xml-stylesheet` and `<?xml?>` don't begin one. */
export function beginsDeclaration(text: string, offset: number): boolean {
  return /^<\?xml[ \t\r\n]/.test(text.slice(offset, offset + 6));
}

/**
 * Reads the declaration at `offset` and returns where it ends.
 * @throws SyntaxFault where its form, version or encoding is not one that we read as Hadoop does.
 */
export function readDeclaration(text: string, offset: number): number {
  form.lastIndex = offset;
  const match = form.exec(text);
  if (match === null)
    throw new SyntaxFault(offset, 'the XML declaration is malformed: write <?xml version="1.0" encoding="UTF-8"?>');
  const version = match[1] ?? match[2];
  if (version === '1.1') {
    throw new SyntaxFault(offset, 'the file declares XML 1.1: write version="1.0"', 'UnsupportedEncoding');
  }
  if (version !== '1.0') throw new SyntaxFault(offset, 'the XML declaration has a version other than 1.0');
  const encoding = match[3] ?? match[4];
  if (encoding !== undefined) checkEncoding(encoding, text, offset);
  return form.lastIndex;
}

/** As Woodstox compares encoding names: in any case, with an optional "cs" before them, and with blanks, hyphens and underscores in between. */
const utf8 = /^(?:cs)?ut[ \t\r\n_-]*f[ \t\r\n_-]*8[ \t\r\n_-]*$/i;
const ascii = /^(?:cs)?(?:us[ \t\r\n_-]*)?a[ \t\r\n_-]*s[ \t\r\n_-]*c[ \t\r\n_-]*i[ \t\r\n_-]*i[ \t\r\n_-]*$/i;
/** The size of Woodstox's buffer for the name. */
const maxEncodingLength = 59;

function checkEncoding(encoding: string, text: string, offset: number): void {
  const shortEnough = encoding.length <= maxEncodingLength;
  if (shortEnough && utf8.test(encoding)) return;
  if (!shortEnough || !ascii.test(encoding)) {
    throw new SyntaxFault(
      offset,
      `the file declares the encoding ${JSON.stringify(encoding.slice(0, 40))}: save it as UTF-8 and declare that`,
      'UnsupportedEncoding',
    );
  }
  const foreign = /\P{ASCII}/u.exec(text.slice(offset));
  if (foreign !== null) {
    throw new SyntaxFault(offset + foreign.index, 'the file declares ASCII but holds another character: declare UTF-8');
  }
}
