/**
 * Which values of a ConfigMap or a Secret are Hadoop files: by their data key, or by what they hold.
 */
import { decodeBase64 } from '../base64.ts';
import { isConfiguration, isNamedConfiguration } from '../clients/s3a/by-content.ts';
import type { XmlFileRole } from '../clients/s3a/plan.ts';

/**
 * Which values are Hadoop files, by their data key. A file that is given our properties has them first, so that it never
 * says less about encryption than it did.
 *
 * | files   | get our properties                                                                                      |
 * | ------- | ------------------------------------------------------------------------------------------------------- |
 * | `core`  | always: every client reads them                                                                         |
 * | `hive`  | always: most metastores mount nothing else                                                              |
 * | `other` | where no file of `core` stands beside them, and where they say anything about encryption themselves;    |
 * |         | left alone where they are no Hadoop configuration                                                       |
 */
export interface FileRules {
  readonly core: readonly string[];
  readonly hive?: readonly string[];
  /** Each may begin with `*`, for example `*-site.xml`. */
  readonly other: readonly string[];
  /** Those of Spark's properties, for example `spark.properties`, which get ours at their end. */
  readonly spark?: readonly string[];
  /**
   * Under Strict, also every other value that is a Hadoop configuration. It gets our properties, since pods can mount it as
   * core-site.xml (`items`, `subPath`); where they don't, ours say there what core-site.xml says already.
   */
  readonly byContent?: boolean;
}

/** What holds files: both have the same rules, but for where their values are and that a Secret's are told to nobody. */
export type ConfigObjectKind = 'ConfigMap' | 'Secret';

/** As much of a ConfigMap or Secret as the plan needs. Only own keys count, so `__proto__` is a data key like any other. */
export interface ConfigObjectContent {
  /** A ConfigMap where nothing is said. */
  readonly kind?: ConfigObjectKind | undefined;
  /** Values as text; a Secret's in base64, as the API has them. */
  readonly data?: Readonly<Record<string, string>> | undefined;
  /** Values in base64, as the API has them. */
  readonly binaryData?: Readonly<Record<string, string>> | undefined;
}

export type FileRole = XmlFileRole | 'spark';

export interface ConfigFile {
  readonly field: 'data' | 'binaryData';
  readonly dataKey: string;
  /** Which of the rules it is one by. */
  readonly by: keyof FileRules;
  readonly role: FileRole;
  /** As the API has it. */
  readonly value: string;
  readonly base64: boolean;
}

/**
 * The config files of an object, each looked for once: what tells one by its content reads it. Those that count under Strict alone
 * are not looked for until they are asked for.
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

  /** Whether there is any under this enforcement: what makes a ConfigMap or Secret a config object. */
  some(strict: boolean): boolean {
    return this.named.some() || (strict && this.others.some());
  }

  /**
   * Those that count under this enforcement, the named ones first, and of these those of `data`; in each field those with an exact
   * key first, the others in the order of their keys.
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

/** What an iterator gives, kept, and taken from it no further than asked. */
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

export function isBase64({ kind }: ConfigObjectContent, field: 'data' | 'binaryData'): boolean {
  return field === 'binaryData' || kind === 'Secret';
}

/** The text, or each byte as a character where it is no UTF-8. */
function readBytes(encoded: string): string {
  try {
    return decodeBase64(encoded) ?? atob(encoded);
  } catch {
    return ''; // it is no base64, which the API server refuses
  }
}

/**
 * What base64 makes of `configura` and, in UTF-16, of `conf`, at each of the three places of a byte in a group. The chart's
 * conditions look for the same; pieces of ten characters, since CEL counts longer ones twice.
 */
const marks = ['Y29uZmlndX', 'NvbmZpZ3Vy', 'jb25maWd1c', 'YwBvAG4AZg', 'MAbwBuAGYA', 'jAG8AbgBmA'];
