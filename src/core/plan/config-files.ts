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
  readonly role: FileRole;
  /** As the API has it. */
  readonly value: string;
  readonly base64: boolean;
}

/** The files that count under this enforcement. */
export function filesUnder(files: FileRules, strict: boolean): FileRules {
  return strict || files.byContent !== true ? files : { ...files, byContent: false };
}

/** True where the ConfigMap holds at least one of the Hadoop files: a *carrier*. */
export function holdsConfigFiles(content: ConfigObjectContent, files: FileRules): boolean {
  return !findConfigFiles(content, files).next().done;
}

/** True where both hold the same Hadoop files with the same values. */
export function holdsSameFiles(a: ConfigObjectContent, b: ConfigObjectContent, files: FileRules): boolean {
  const ofA = [...findConfigFiles(a, files)];
  const ofB = [...findConfigFiles(b, files)];
  return (
    ofA.length === ofB.length &&
    ofA.every(({ field, dataKey, value }, index) => {
      const other = ofB[index];
      return other?.field === field && other.dataKey === dataKey && other.value === value;
    })
  );
}

const fields = ['data', 'binaryData'] as const;

/** Those of `data` first; in each field those with an exact key first, the others in the order of their keys. */
export function* findConfigFiles(content: ConfigObjectContent, files: FileRules): Generator<ConfigFile> {
  const { core, hive = [], other, spark = [], byContent } = files;
  const has = (field: (typeof fields)[number], dataKey: string) => Object.hasOwn(content[field] ?? {}, dataKey);
  const besideCore = core.some((dataKey) => fields.some((field) => has(field, dataKey)));
  const exact = [
    ...[...core, ...hive].map((dataKey) => ({ dataKey, role: 'core' as const })),
    ...spark.map((dataKey) => ({ dataKey, role: 'spark' as const })),
  ];
  const named = new Set(exact.map(({ dataKey }) => dataKey));
  for (const field of fields) {
    const values = content[field] ?? {};
    const base64 = isBase64(content, field);
    for (const { dataKey, role } of exact) {
      const value = has(field, dataKey) ? values[dataKey] : undefined;
      if (value !== undefined) yield { field, dataKey, role, value, base64 };
    }
    const isNamed = (dataKey: string) => other.some((pattern) => matches(pattern, dataKey));
    const others = Object.keys(values).filter((dataKey) => !named.has(dataKey) && (byContent || isNamed(dataKey)));
    for (const dataKey of others.sort()) {
      const value = values[dataKey] ?? '';
      if (isNamed(dataKey)) {
        const role = besideCore ? 'other' : 'core';
        if (isNamedConfiguration(base64 ? readBytes(value) : value)) yield { field, dataKey, role, value, base64 };
        continue;
      }
      const mayBe = !base64 || marks.some((mark) => value.includes(mark));
      if (mayBe && isConfiguration(base64 ? readBytes(value) : value)) {
        yield { field, dataKey, role: 'core', value, base64 };
      }
    }
  }
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
