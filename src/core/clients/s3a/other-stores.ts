/**
 * Files and buckets whose endpoint isn't AWS (MinIO, Ceph and the like), and the properties that keep ours from such a bucket.
 */
import type { Encryption } from '../../assignment/resolve.ts';
import { shortName } from './check-input.ts';
import { effectiveValues, javaTrim, type Property, parserVersions } from './configuration.ts';
import { type HadoopDocument, propertiesOf } from './document.ts';
import {
  namesOfBucket,
  nothing,
  toEncryptionProperty,
  toSettingKey,
  type WantedProperty,
} from './encryption-properties.ts';
import { endpointName, readEndpoint } from './endpoint.ts';
import { expand, type Values } from './expand.ts';
import { sourcePrefix } from './sort-elements.ts';
import { noWay, type WaysToAws } from './ways-to-aws.ts';

/** An endpoint that isn't AWS, and where it is set. */
export interface OtherStore {
  /** Null: the endpoint of every bucket that has none of its own. */
  readonly bucket: string | null;
  readonly name: string;
  readonly endpoint: string;
  readonly offset: number;
}

/** A property that sets an endpoint, and its place. The last one of a name counts. */
export interface EndpointSetting {
  readonly name: string;
  readonly offset: number;
}

/** The endpoints that aren't AWS in any version of Hadoop. A value that depends on something outside the file counts as AWS. */
export function findOtherStores(document: HadoopDocument): OtherStore[] {
  const settings: EndpointSetting[] = [];
  for (const { properties, offset } of document.elements) {
    for (const { trimmedName: name } of properties) if (endpointName.test(name)) settings.push({ name, offset });
  }
  const readings = () => parserVersions.map((parserVersion) => effectiveValues(propertiesOf(document, parserVersion)));
  return toOtherStores(settings, readings);
}

/**
 * @param settings those that `endpointName` matches
 * @param readings the final value of each name, once for each way in which Hadoop may read the file
 */
export function toOtherStores(settings: readonly EndpointSetting[], readings: () => readonly Values[]): OtherStore[] {
  if (settings.length === 0) return [];
  const found = new Map(settings.map((one) => [one.name, one]));
  const read = readings();
  return [...found.values()].flatMap(({ name, offset }) => {
    const [endpoint, ...others] = read.map((values) => toOtherEndpoint(values.get(name) ?? '', values));
    const agreed = endpoint !== undefined && others.every((other) => other !== undefined);
    return agreed ? [{ bucket: endpointName.exec(name)?.[1] ?? null, name, endpoint, offset }] : [];
  });
}

/** The endpoint where it is known and isn't AWS. */
export function toOtherEndpoint(value: string, values: Values): string | undefined {
  const { text, known } = expand(value, values);
  return known && readEndpoint(text).store === 'other' ? javaTrim(text) : undefined;
}

/** What all files of a ConfigMap say about the store. */
export interface Around {
  /** A core-site.xml sets an endpoint that isn't AWS, which holds where a file sets none. */
  readonly elsewhere: boolean;
  readonly waysToAws: WaysToAws;
  /** The encryption properties of all files, without ours. */
  readonly said: SaidBySetting;
}

export const alone: Around = { elsewhere: false, waysToAws: noWay, said: new Map() };

/** What is left alone: the whole file, where neither it nor a file beside it may lead to AWS; else the buckets for which this holds. */
export function findLeft(
  settings: Iterable<{ readonly trimmedName: string }>,
  stores: readonly OtherStore[],
  elsewhere: boolean,
  { unseen, buckets }: WaysToAws,
): 'file' | readonly string[] {
  if (unseen) return [];
  const isOther =
    stores.some(({ bucket }) => bucket === null) ||
    (elsewhere && ![...settings].some(({ trimmedName }) => trimmedName === 'fs.s3a.endpoint'));
  if (isOther && buckets.size === 0) return 'file';
  return [...new Set(stores.flatMap(({ bucket }) => bucket ?? []))].filter((bucket) => !buckets.has(bucket));
}

/** The encryption with the given buckets marked as unmanaged. */
export function leaveBuckets<E extends Encryption>(encryption: E, left: readonly string[]): E {
  if (left.length === 0) return encryption;
  const others = encryption.buckets.filter(({ name }) => !left.includes(name));
  return { ...encryption, buckets: [...others, ...left.map((name) => ({ name, unmanaged: true as const }))] };
}

/** The note about a store that is not left alone. */
export function toStoreMessage({ bucket, name, endpoint }: OtherStore, leaves: boolean): string {
  const what = bucket === null ? 'such files' : 'such buckets';
  const way = leaves
    ? 'it is not left alone, since another endpoint, an access point or an include in these files may lead to AWS: set the endpoint of each bucket, and nothing else'
    : `otherStores: Leave in the assignment leaves ${what} alone`;
  return `${shortName(name)} is ${shortName(endpoint)}, not AWS: a store without KMS refuses uploads with a key; ${way}`;
}

/** The end of `<source>` in a pin: a property that keeps ours from a bucket. */
export const pinMark = ' (otherStores: Leave)';

/** An encryption property of the user. */
export type Said = Pick<Property, 'trimmedName' | 'value' | 'final'>;

/** The encryption properties of a file in its order, without ours. */
export function findSaid(document: HadoopDocument): readonly Said[] {
  return propertiesOf(document, 'hadoop-3').filter(
    ({ trimmedName, source }) =>
      source?.startsWith(sourcePrefix) !== true && toEncryptionProperty(trimmedName) !== null,
  );
}

/** The user's properties by setting and bucket, in the order of the file. A map, since a file may name ten thousand buckets. */
export type SaidBySetting = ReadonlyMap<string, readonly Said[]>;

export function bySetting(properties: readonly Said[]): SaidBySetting {
  const said = new Map<string, Said[]>();
  for (const property of properties) {
    const encryptionProperty = toEncryptionProperty(property.trimmedName);
    if (encryptionProperty === null) continue;
    const key = toSettingKey(encryptionProperty);
    const before = said.get(key);
    if (before === undefined) said.set(key, [property]);
    else before.push(property);
  }
  return said;
}

/** The pins of a file for several buckets; see `pinsOf`. */
export function pinsIn(
  document: HadoopDocument,
  buckets: readonly string[],
  around: SaidBySetting,
  source: string,
): WantedProperty[] {
  if (buckets.length === 0) return [];
  const pinned = propertiesOf(document, 'hadoop-3').filter((property) => property.source?.endsWith(pinMark));
  const standing = new Map(pinned.map(({ name, value }) => [name, value]));
  const own = bySetting(findSaid(document));
  return buckets.flatMap((bucket) => pinsOf(bucket, own, around, standing, source));
}

/**
 * The pins of a bucket that is left alone: properties for each of its own names, so that our properties for all buckets have
 * no effect on it. A pin repeats the value that the files had for the bucket, or for all buckets, before our edit; usually
 * there was none. The file's own properties for the bucket stay and need no pin. Those of another file are cut there, since
 * that file alone doesn't show the store.
 *
 * @param own the file's encryption properties, without ours
 * @param around the encryption properties of all files, without ours
 * @param standing the values of the pins that the file holds already, by name
 */
export function pinsOf(
  bucket: string,
  own: SaidBySetting,
  around: SaidBySetting,
  standing: ReadonlyMap<string, string | null>,
  source: string,
): WantedProperty[] {
  const ofBucket = namesOfBucket(bucket);
  return (['algorithm', 'key'] as const).flatMap((setting) => {
    const [key, keyForAll] = [toSettingKey({ setting, bucket }), toSettingKey({ setting, bucket: null })];
    if (own.has(key)) return [];
    const said = around.get(key) ?? own.get(keyForAll) ?? around.get(keyForAll);
    const decided = said && decisive(said, setting);
    return ofBucket
      .filter((one) => one.setting === setting)
      .map(({ name }) => {
        const value = said === undefined ? standing.get(name) : decided;
        return { name, value: value || nothing, source: source + pinMark };
      });
  });
}

/**
 * The value that Hadoop uses of several for one setting: the last, until the first final one. A set algorithm goes before an
 * empty one: whether the deprecated or the present name counts depends on Hadoop's version.
 */
function decisive(properties: readonly Said[], setting: 'algorithm' | 'key'): string | null | undefined {
  const firstFinal = properties.findIndex(({ final }) => final);
  const counting = firstFinal < 0 ? properties : properties.slice(0, firstFinal + 1);
  const set = counting.filter(({ value }) => value !== null);
  const encrypting = setting === 'algorithm' ? set.findLast(({ value }) => javaTrim(value ?? '') !== '') : undefined;
  return (encrypting ?? set.at(-1))?.value;
}
