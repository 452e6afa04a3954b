/**
 * The file as Hadoop reads it: the state machine of org.apache.hadoop.conf.Configuration, fed with parser events. It ignores
 * nesting: it reacts to local names at any depth, and resets its state only at `<property>`.
 */
import type { Attribute } from '../../formats/xml/token.ts';

/**
 * How Hadoop's parser reads `<tag>`: 2.10 doesn't know it, so its text becomes part of the name or value around it; 3.x reads
 * it separately. A file must be compliant in both versions.
 */
export type ParserVersion = 'hadoop-2' | 'hadoop-3';

/** One property as Hadoop stores it at a `</property>`. */
export interface Property {
  /** Trimmed where it came from `<name>`, as written where it came from an attribute. */
  readonly name: string;
  /** An untrimmed name takes effect for a bucket at once, and for all buckets once Hadoop has written the file and reads it again. */
  readonly trimmedName: string;
  /** Null: the property has no value and sets nothing. If it is final, it still keeps later properties from setting the name. */
  readonly value: string | null;
  readonly final: boolean;
  /** The first `<source>`, or null. Hadoop's own writeXml adds others after ours. */
  readonly source: string | null;
  /** The parser versions that read this property. */
  readonly parserVersions: readonly ParserVersion[];
}

export const parserVersions = ['hadoop-2', 'hadoop-3'] as const satisfies readonly ParserVersion[];

/** Reads a document's events in order, in both parser versions. They differ only after the first `<tag>`. */
export class ConfigurationReader {
  private readonly take: (property: Property) => void;
  private machines: readonly StateMachine[] = [new StateMachine(parserVersions)];

  /** `take` gets each property at the end tag that completes it. */
  constructor(take: (property: Property) => void) {
    this.take = take;
  }

  start(local: string, attributes: readonly Attribute[]): void {
    if (local === 'tag') this.machines = this.machines.flatMap((machine) => machine.split());
    for (const machine of this.machines) machine.start(local, attributes);
  }

  text(value: string): void {
    for (const machine of this.machines) machine.text(value);
  }

  end(local: string): void {
    for (const machine of this.machines) {
      const property = machine.end(local);
      if (property !== undefined) this.take(property);
    }
  }
}

class StateMachine {
  private readonly parserVersions: readonly ParserVersion[];
  private readonly readsTags: boolean;
  private readonly token: CollectedText;
  /** How many elements that collect text are open. */
  private open = 0;
  private name: string | null = null;
  private trimmedName = '';
  private value: string | null = null;
  private final = false;
  private source: string | null = null;

  constructor(parserVersions: readonly ParserVersion[], token = new CollectedText()) {
    this.parserVersions = parserVersions;
    this.token = token;
    this.readsTags = parserVersions.includes('hadoop-3');
  }

  /** One copy for each parser version, in the present state. */
  split(): StateMachine[] {
    if (this.parserVersions.length === 1) return [this];
    const { token, open, name, trimmedName, value, final, source } = this;
    const state = { open, name, trimmedName, value, final, source };
    return this.parserVersions.map((one) => Object.assign(new StateMachine([one], token.copy()), state));
  }

  start(local: string, attributes: readonly Attribute[]): void {
    switch (local) {
      case 'property':
        this.startProperty(attributes);
        break;
      case 'name':
      case 'value':
      case 'final':
      case 'source':
        this.collect();
        break;
      case 'tag':
        if (this.readsTags) this.collect();
        break;
    }
  }

  /** Text outside elements that collect text has no effect: each of these starts with an empty text. */
  text(value: string): void {
    if (this.open > 0) this.token.add(value);
  }

  end(local: string): Property | undefined {
    switch (local) {
      case 'name':
        this.open--;
        if (this.token.text !== '') this.setName(this.token.trimmed(), this.token.trimmed());
        return undefined;
      case 'value':
        this.open--;
        if (this.token.text !== '') this.value = this.token.text;
        return undefined;
      case 'final':
        this.open--;
        this.final = this.token.text === 'true';
        return undefined;
      case 'source':
        this.open--;
        this.source ??= this.token.text;
        return undefined;
      case 'tag':
        if (this.readsTags) this.open--;
        return undefined;
      case 'property':
        if (this.name === null) return undefined;
        return {
          name: this.name,
          trimmedName: this.trimmedName,
          value: this.value,
          final: this.final,
          source: this.source,
          parserVersions: this.parserVersions,
        };
      default:
        return undefined;
    }
  }

  private collect(): void {
    this.token.clear();
    this.open++;
  }

  private setName(name: string, trimmed: string): void {
    this.name = name;
    this.trimmedName = trimmed;
  }

  private startProperty(attributes: readonly Attribute[]): void {
    this.name = null;
    this.value = null;
    this.final = false;
    this.source = null;
    for (const { local, value } of attributes) {
      if (local === 'name') this.setName(value, javaTrim(value));
      else if (local === 'value') this.value = value;
      else if (local === 'final') this.final = value === 'true';
      else if (local === 'source') this.source ??= value;
    }
  }
}

/**
 * The text that is being collected. The bounds of the trimmed text are updated with each piece: nested elements may read it
 * a thousand times, and a name may be as long as the file.
 */
class CollectedText {
  text = '';
  private first = -1;
  private last = -1;

  clear(): void {
    this.text = '';
    this.first = -1;
    this.last = -1;
  }

  copy(): CollectedText {
    return Object.assign(new CollectedText(), { text: this.text, first: this.first, last: this.last });
  }

  add(piece: string): void {
    const { start, end } = javaTrimmed(piece);
    if (start < end) {
      if (this.first < 0) this.first = this.text.length + start;
      this.last = this.text.length + end;
    }
    this.text += piece;
  }

  trimmed(): string {
    return this.first < 0 ? '' : this.text.slice(this.first, this.last);
  }
}

/** Java's String.trim: every character up to U+0020, so not NBSP or U+FEFF, which JavaScript's trim removes. */
export function javaTrim(text: string): string {
  const { start, end } = javaTrimmed(text);
  return text.slice(start, end);
}

function javaTrimmed(text: string): { readonly start: number; readonly end: number } {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return { start, end };
}

/** The value that each name ends up with: the last property wins, until the first final one. */
export function effectiveValues(properties: Iterable<Property>): Map<string, string> {
  const values = new Map<string, string>();
  const finals = new Set<string>();
  for (const { name, value, final } of properties) {
    if (value !== null && !finals.has(name)) values.set(name, value);
    if (final) finals.add(name);
  }
  return values;
}
