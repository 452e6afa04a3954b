/**
 * Which values of a ConfigMap or a Secret are Hadoop files: by their data key, or by what they hold.
 */
import { decodeBase64 } from '../base64.ts';
import { isConfiguration, isNamedConfiguration } from '../clients/s3a/by-content.ts';
import type { XmlFileRole } from '../clients/s3a/plan.ts';

/**
 * Which data keys are config files. Our properties go into every such file that sets encryption itself, so no file loses
 * encryption settings without getting ours.
 *
 * | files   | get our properties                                                                                      |
 * | ------- | ------------------------------------------------------------------------------------------------------- |
 * | `core`  | always: every client reads them                                                                         |
 * | `hive`  | always: most metastores mount nothing else                                                              |
 * | `other` | where the object has no `core` file, and where they set encryption themselves;                          |
 * |         | left alone where they are no Hadoop configuration                                                       |
 * | `spark` | always, at their end                                                                                    |
 */
export interface FileRules {
  readonly core: readonly string[];
  readonly hive?: readonly string[];
  /** A pattern may begin with `*`, for example `*-site.xml`. */
  readonly other: readonly string[];
  /** Files of Spark's properties, for example `spark.properties`. */
  readonly spark?: readonly string[];
  /**
   * Under Strict, also every other value that is a Hadoop configuration. It gets our properties, since pods can mount it as
   * core-site.xml (`items`, `subPath`). Where no pod does, they only repeat what core-site.xml says.
   */
  readonly byContent?: boolean;
}

/** Both kinds follow the same rules. Only the encoding of their values differs, and that a Secret's values are never shown. */
export type ConfigObjectKind = 'ConfigMap' | 'Secret';

/** As much of a ConfigMap or Secret as the plan needs. Only own keys count, so `__proto__` is a data key like any other. */
export interface ConfigObjectContent {
  /** Default: ConfigMap. */
  readonly kind?: ConfigObjectKind | undefined;
  /** Values as text; for a Secret in base64, as in the API. */
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Values in base64, as in the API. */
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
}

export type FileRole = XmlFileRole | 'spark';

export interface ConfigFile {
  readonly field: 'data' | 'binaryData';
  readonly dataKey: string;
  /** The rule that makes the value a config file. */
  readonly by: keyof FileRules;
  readonly role: FileRole;
  /** As in the API: text or base64. */
  readonly value: string;
  readonly base64: boolean;
}

/**
 * The config files of an object. They are searched for once, since telling one by its content means parsing it. Files that
 * count under Strict only are searched for when they are first needed.
 */
export class ConfigFiles {
  readonly content: ConfigObjectContent;
  private readonly named: Buffered<ConfigFile>;
  private readonly others: Buffered<ConfigFile>;

  constructor(content: ConfigObjectContent, rules: FileRules) {
    this.content = content;
    this.named = new Buffered(findNamed(content, rules));
    this.others = new Buffered(rules.byContent ? findByContent(content, rules) : []);
  }

  /** Whether the object has a config file, which makes it a config object. `strict`: files that count under Strict only are included. */
  some(strict: boolean): boolean {
    return this.named.some() || (strict && this.others.some());
  }

  /**
   * The config files: first those by data key, then those by content (`strict` only). In each group `data` comes before
   * `binaryData`; in each field exact data keys come before patterns, which are sorted by data key.
   */
  list(strict: boolean): readonly ConfigFile[] {
    return strict ? [...this.named.all(), ...this.others.all()] : this.named.all();
  }

  /** True where both objects hold the same files with the same values. */
  same(other: ConfigFiles, strict: boolean): boolean {
    const [ours, theirs] = [this.list(strict), other.list(strict)];
    return (
      ours.length === theirs.length &&
      ours.every(({ field, dataKey, value }, index) => {
        const its = theirs[index];
        return its?.field === field && its.dataKey === dataKey && its.value === value;
      })
    );
  }
}

/** Keeps the values of an iterator, and reads it only as far as needed. */
class Buffered<T> {
  private readonly taken: T[] = [];
  private readonly rest: Iterator<T>;

  constructor(values: Iterable<T>) {
    this.rest = values[Symbol.iterator]();
  }

  some(): boolean {
    return this.taken.length > 0 || this.next();
  }

  all(): readonly T[] {
    while (this.next());
    return this.taken;
  }

  private next(): boolean {
    const { done, value } = this.rest.next();
    if (!done) this.taken.push(value);
    return !done;
  }
}

const fields = ['data', 'binaryData'] as const;

/** The rules that name exact keys, in the order in which their files are planned. */
const exactRules = ['core', 'hive', 'spark'] as const;

function* findNamed(content: ConfigObjectContent, rules: FileRules): Generator<ConfigFile> {
  const { core, other } = rules;
  const has = (field: (typeof fields)[number], dataKey: string) => Object.hasOwn(content[field] ?? {}, dataKey);
  const besideCore = core.some((dataKey) => fields.some((field) => has(field, dataKey)));
  for (const field of fields) {
    const values = content[field] ?? {};
    const base64 = isBase64(content, field);
    for (const by of exactRules) {
      for (const dataKey of rules[by] ?? []) {
        const value = has(field, dataKey) ? values[dataKey] : undefined;
        if (value !== undefined) yield { field, dataKey, by, role: by === 'spark' ? 'spark' : 'core', value, base64 };
      }
    }
    if (other.length === 0) continue;
    const named = Object.keys(values).filter((dataKey) => !isExact(dataKey, rules) && isOther(dataKey, rules));
    for (const dataKey of named.sort()) {
      const value = values[dataKey] ?? '';
      const role = besideCore ? 'other' : 'core';
      if (isNamedConfiguration(base64 ? readBytes(value) : value)) {
        yield { field, dataKey, by: 'other', role, value, base64 };
      }
    }
  }
}

function* findByContent(content: ConfigObjectContent, rules: FileRules): Generator<ConfigFile> {
  for (const field of fields) {
    const values = content[field] ?? {};
    const base64 = isBase64(content, field);
    const others = Object.keys(values).filter((dataKey) => !isExact(dataKey, rules) && !isOther(dataKey, rules));
    for (const dataKey of others.sort()) {
      const value = values[dataKey] ?? '';
      const mayBe = !base64 || marks.some((mark) => value.includes(mark));
      if (mayBe && isConfiguration(base64 ? readBytes(value) : value)) {
        yield { field, dataKey, by: 'byContent', role: 'core', value, base64 };
      }
    }
  }
}

function isExact(dataKey: string, rules: FileRules): boolean {
  return exactRules.some((by) => rules[by]?.includes(dataKey));
}

function isOther(dataKey: string, { other }: FileRules): boolean {
  return other.some((pattern) => matches(pattern, dataKey));
}

function matches(pattern: string, dataKey: string): boolean {
  return pattern.startsWith('*') ? dataKey.endsWith(pattern.slice(1)) : dataKey === pattern;
}

/** Whether the values of a field are in base64: `binaryData`, and all of a Secret's. */
export function isBase64({ kind }: ConfigObjectContent, field: 'data' | 'binaryData'): boolean {
  return field === 'binaryData' || kind === 'Secret';
}

/** The decoded text; where it isn't UTF-8, each byte as a character. */
function readBytes(encoded: string): string {
  try {
    return decodeBase64(encoded) ?? atob(encoded);
  } catch {
    return ''; // not base64, which the API server refuses
  }
}

/**
 * `configura` and, in UTF-16, `conf` in base64, at each of the three offsets of a byte in a base64 group. The chart's
 * matchConditions search for the same texts. They have ten characters, since CEL counts longer ones twice.
 */
const marks = ['Y29uZmlndX', 'NvbmZpZ3Vy', 'jb25maWd1c', 'YwBvAG4AZg', 'MAbwBuAGYA', 'jAG8AbgBmA'];
