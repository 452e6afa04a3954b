/**
 * The file as Hadoop reads it: the state machine of org.apache.hadoop.conf.Configuration, fed with parser events. It is
 * flat: it looks at local names at any depth, forgets nothing but at `<property>`, and never stops collecting text.
 */
import type { Attribute } from '../xml/token.ts';

/**
 * 2.10 doesn't know `<tag>`, so that its text runs into the name or value around it; 3.x reads it apart. A file must be
 * right for both.
 */
export type Dialect = 'hadoop-2' | 'hadoop-3';

/** One property as Hadoop takes it over at a `</property>`. */
export interface Property {
  /** Trimmed where it came from `<name>`, as written where it came from an attribute. */
  readonly name: string;
  /** Null: no value, which sets nothing; but a final one freezes the name as it is. */
  readonly value: string | null;
  readonly final: boolean;
  /** The first of its sources, where it has any; Hadoop's own writeXml adds others behind ours. */
  readonly source: string | null;
}

const withoutTag: ReadonlySet<string> = new Set(['name', 'value', 'final', 'source']);
const withTag: ReadonlySet<string> = new Set([...withoutTag, 'tag']);

export const dialects = ['hadoop-2', 'hadoop-3'] as const satisfies readonly Dialect[];

/** What each dialect takes over, in order. */
export type Properties = Readonly<Record<Dialect, Property[]>>;

/** Reads a document's events in order, in both dialects, which differ from the first `<tag>` on only. */
export class ConfigurationReader {
  private readonly hadoop3 = new StateMachine(withTag);
  private hadoop2: StateMachine | null = null;

  start(local: string, attributes: readonly Attribute[]): void {
    if (local === 'tag') this.hadoop2 ??= this.hadoop3.fork(withoutTag);
    this.hadoop3.start(local, attributes);
    this.hadoop2?.start(local, attributes);
  }

  text(value: string): void {
    this.hadoop3.text(value);
    this.hadoop2?.text(value);
  }

  /** Adds what the end tag completes, if anything, to `found`. */
  end(local: string, found: Properties | undefined): void {
    const property = this.hadoop3.end(local);
    if (property !== undefined) found?.['hadoop-3'].push(property);
    const other = this.hadoop2 === null ? property : this.hadoop2.end(local);
    if (other !== undefined) found?.['hadoop-2'].push(other);
  }
}

class StateMachine {
  private readonly collecting: ReadonlySet<string>;
  private token = '';
  private name: string | null = null;
  private value: string | null = null;
  private final = false;
  private source: string | null = null;

  constructor(collecting: ReadonlySet<string>) {
    this.collecting = collecting;
  }

  fork(collecting: ReadonlySet<string>): StateMachine {
    const { token, name, value, final, source } = this;
    return Object.assign(new StateMachine(collecting), { token, name, value, final, source });
  }

  start(local: string, attributes: readonly Attribute[]): void {
    if (local === 'property') this.startProperty(attributes);
    else if (this.collecting.has(local)) this.token = '';
  }

  /** Text before the first collected element counts nowhere, since each of them begins anew. */
  text(value: string): void {
    this.token += value;
  }

  end(local: string): Property | undefined {
    switch (local) {
      case 'name':
        if (this.token !== '') this.name = javaTrim(this.token);
        return undefined;
      case 'value':
        if (this.token !== '') this.value = this.token;
        return undefined;
      case 'final':
        this.final = this.token === 'true';
        return undefined;
      case 'source':
        this.source ??= this.token;
        return undefined;
      case 'property':
        if (this.name === null) return undefined;
        return { name: this.name, value: this.value, final: this.final, source: this.source };
      default:
        return undefined;
    }
  }

  private startProperty(attributes: readonly Attribute[]): void {
    this.name = null;
    this.value = null;
    this.final = false;
    this.source = null;
    for (const { local, value } of attributes) {
      if (local === 'name') this.name = value;
      else if (local === 'value') this.value = value;
      else if (local === 'final') this.final = value === 'true';
      else if (local === 'source') this.source ??= value;
    }
  }
}

/** Java's String.trim: every character up to U+0020, so not NBSP or U+FEFF, which JavaScript's trim removes. */
export function javaTrim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 0x20) start++;
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(start, end);
}

/** The value each name ends up with: the last one, until the first final one. */
export function effectiveValues(properties: Iterable<Property>): Map<string, string> {
  const values = new Map<string, string>();
  const finals = new Set<string>();
  for (const { name, value, final } of properties) {
    if (value !== null && !finals.has(name)) values.set(name, value);
    if (final) finals.add(name);
  }
  return values;
}
