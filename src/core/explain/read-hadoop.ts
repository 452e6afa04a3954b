/**
 * A Hadoop file as a list of the properties that Hadoop reads from it, in order, with the included files in their places.
 */
import { ConfigurationReader } from '../clients/s3a/configuration.ts';
import { locator } from '../formats/xml/position.ts';
import { scan } from '../formats/xml/scan.ts';
import type { StartToken, Token } from '../formats/xml/token.ts';
import type { ConfigurationSource, Occurrence, Unreadable } from './occurrence.ts';
import type { Release } from './version.ts';

/** What an `<include href>` refers to: a file, no file, or something that can't be known here. */
export type Included = Pick<ConfigurationSource, 'name' | 'text'> | 'missing' | 'unknown';
/** Called with the `href` and the name of the file that holds the include. */
export type FindIncluded = (href: string, from: string) => Included;

export type HadoopRead =
  | { readonly ok: true; readonly occurrences: readonly Occurrence[]; readonly unknownIncludes: readonly Unseen[] }
  | { readonly ok: false; readonly fault: Unreadable };

/** An include whose file isn't known here. */
export interface Unseen {
  readonly file: Pick<ConfigurationSource, 'name' | 'text'>;
  readonly offset: number;
  readonly href: string;
}

/** The part of a release that matters here. */
type Parser = Pick<Release, 'parser' | 'readsCdata'>;

/** No real file nests includes deeper. A file that includes itself overflows Hadoop's stack. */
const deepest = 50;

export function readHadoop(
  file: Pick<ConfigurationSource, 'name' | 'text'>,
  parser: Parser,
  find: FindIncluded,
  depth = 0,
): HadoopRead {
  const reader = new Reader(file, parser, find, depth);
  const fault = scan(file.text, (token) => reader.take(token));
  if (reader.fault !== null) return { ok: false, fault: reader.fault };
  if (fault === null) return { ok: true, occurrences: reader.occurrences, unknownIncludes: reader.unseen };
  const { reason, offset, message } = fault;
  const forHadoop = reason === 'Malformed' && !isLenient(file.text, offset);
  return { ok: false, fault: { ...toUnreadable(file, offset, reason, message), forHadoop } };
}

/**
 * What Woodstox may read although XML forbids it: a `]]>` in text across the end of its buffer, and control characters as
 * white space in the declaration.
 */
function isLenient(text: string, offset: number): boolean {
  return text.startsWith(']]>', offset) || /^\ufeff?<\?xml[^>]*[^\P{Cc}\t\n\r]/u.test(text);
}

export function toUnreadable(
  file: Pick<ConfigurationSource, 'name' | 'text'>,
  offset: number,
  reason: string,
  message: string,
): Unreadable {
  return { file: file.name, ...locator(file.text)(offset), reason, message, forHadoop: true };
}

class Reader {
  readonly occurrences: Occurrence[] = [];
  readonly unseen: Unseen[] = [];
  fault: Unreadable | null = null;
  private readonly file: Pick<ConfigurationSource, 'name' | 'text'>;
  private readonly parser: Parser;
  private readonly find: FindIncluded;
  private readonly depth: number;
  private readonly reader: ConfigurationReader;
  /** Where the innermost property begins. Each `<property>` start tag resets Hadoop's state. */
  private propertyAt = 0;
  private href: string | null = null;
  private includeAt = 0;
  /** Two flags of Hadoop's parser, under Hadoop's names: an include was not found; a `<fallback>` began after the last `</include>`. */
  private fallbackAllowed = false;
  private fallbackEntered = false;

  constructor(file: Pick<ConfigurationSource, 'name' | 'text'>, parser: Parser, find: FindIncluded, depth: number) {
    this.file = file;
    this.parser = parser;
    this.find = find;
    this.depth = depth;
    this.reader = new ConfigurationReader(({ name, value, final, source, parserVersions }) => {
      if (!parserVersions.includes(this.parser.parser)) return;
      const ignored = this.fallbackEntered && !this.fallbackAllowed;
      const at = { file, offset: this.propertyAt };
      this.occurrences.push({ ...at, property: name, name, value, final, source, ignored, set: false });
    });
  }

  take(token: Token): void {
    if (this.fault !== null) return;
    if (token.kind === 'start') {
      this.start(token);
      if (token.selfClosing) this.end(token.local);
    } else if (token.kind === 'end') this.end(token.local);
    else if (token.kind === 'text' || (token.kind === 'cdata' && this.parser.readsCdata)) this.reader.text(token.value);
  }

  private start(token: StartToken): void {
    if (token.local === 'property') this.propertyAt = token.offset;
    else if (token.local === 'fallback') this.fallbackEntered = true;
    else if (token.local === 'include') this.include(token);
    this.reader.start(token.local, token.attributes);
  }

  private end(local: string): void {
    this.reader.end(local);
    if (local !== 'include') return;
    if (this.fallbackAllowed && !this.fallbackEntered) {
      const message = `the included file ${this.href} does not exist, and the <include> has no <fallback>: Hadoop throws`;
      this.fault = toUnreadable(this.file, this.includeAt, 'IncludeMissing', message);
    }
    this.fallbackAllowed = false;
    this.fallbackEntered = false;
  }

  private include({ attributes, offset }: StartToken): void {
    const href = attributes.findLast(({ local }) => local === 'href')?.value;
    if (href === undefined) return;
    this.href = href;
    this.includeAt = offset;
    const found = this.find(href, this.file.name);
    if (found === 'missing') this.fallbackAllowed = true;
    else if (found === 'unknown') this.unseen.push({ file: this.file, offset, href });
    else if (this.depth >= deepest) {
      this.fault = toUnreadable(
        this.file,
        offset,
        'IncludesItself',
        `${href} includes itself: Hadoop reads it until its stack overflows`,
      );
    } else this.bringIn(found);
  }

  private bringIn(file: Pick<ConfigurationSource, 'name' | 'text'>): void {
    const read = readHadoop(file, this.parser, this.find, this.depth + 1);
    if (!read.ok) {
      this.fault = read.fault;
      return;
    }
    this.occurrences.push(...read.occurrences);
    this.unseen.push(...read.unknownIncludes);
  }
}
