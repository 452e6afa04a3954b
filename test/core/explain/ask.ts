/**
 * Asks `explain` about texts, and tells the answer in a few words.
 */
import { explain, readConfiguration } from '../../../src/core/explain/explain.ts';
import type { ConfigurationSource } from '../../../src/core/explain/occurrence.ts';
import type { Included } from '../../../src/core/explain/read-hadoop.ts';
import { findRelease } from '../../../src/core/explain/version.ts';
import { locator } from '../../../src/core/formats/xml/position.ts';

export interface Asked {
  readonly bucket?: string;
  readonly hadoop?: string;
  /** By their `href`. */
  readonly included?: Readonly<Record<string, string>>;
}

/** Hadoop's files by their names, and Spark's where the name ends in .conf, in the order of loading. */
export function ask(files: Readonly<Record<string, string>>, { bucket, hadoop = '3.5.0', included = {} }: Asked = {}) {
  const release = findRelease(hadoop);
  if (release === null) throw new Error(`${hadoop} is not known`);
  const sources = Object.entries(files).map(
    ([name, text]): ConfigurationSource => ({ name, text, format: name.endsWith('.conf') ? 'spark' : 'hadoop' }),
  );
  const findIncluded = (href: string): Included => {
    const text = included[href];
    return text === undefined ? 'missing' : { name: href, text };
  };
  const read = readConfiguration({ sources, release, findIncluded });
  if (!read.ok)
    return { unreadable: `${read.fault.file}:${read.fault.line}:${read.fault.column} ${read.fault.reason}` };
  const { encryption, settings, overridden, doubts } = explain(read.configuration, bucket ?? null);
  return {
    encryption:
      encryption && ('method' in encryption ? `${encryption.method} ${encryption.key || '-'}` : encryption.kind),
    decided: { algorithm: place(settings.algorithm.by), key: place(settings.key.by) },
    without: overridden.map(
      ({ occurrence, why, by }) => `${place(occurrence)} ${why}${by === null ? '' : ` ${place(by)}`}`,
    ),
    doubts: doubts.map(({ kind, file, line }) => `${kind} ${file}:${line}`),
  };
}

function place(
  at: { readonly file: { readonly name: string; readonly text: string }; readonly offset: number } | null,
) {
  return at && `${at.file.name}:${locator(at.file.text)(at.offset).line}`;
}

/** A file with a property on each line; a name that begins with `!` is final. */
export function site(...properties: readonly (readonly [name: string, value: string | null])[]): string {
  const lines = properties.map(([name, value]) => {
    const final = name.startsWith('!') ? '<final>true</final>' : '';
    return `<property><name>${name.replace(/^!/, '')}</name>${value === null ? '' : `<value>${value}</value>`}${final}</property>`;
  });
  return ['<configuration>', ...lines, '</configuration>', ''].join('\n');
}
