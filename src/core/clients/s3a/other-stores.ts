/**
 * Files and buckets whose endpoint isn't AWS (MinIO, Ceph and the like), and how a bucket there keeps what it had.
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
import { expand } from './expand.ts';
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

/** What sets an endpoint, and where; the last of a name counts. */
export interface EndpointSetting {
  readonly name: string;
  readonly offset: number;
}

/** Those that every version of Hadoop reads. A value that the file alone doesn't tell counts as AWS. */
export function findOtherStores(document: HadoopDocument): OtherStore[] {
  const settings = document.elements.flatMap(({ properties, offset }) =>
    properties.map(({ trimmedName: name }) => ({ name, offset })),
  );
  const readings = () => parserVersions.map((parserVersion) => effectiveValues(propertiesOf(document, parserVersion)));
  return toOtherStores(settings, readings);
}

/** `readings`: what the names end up with, once for each way in which the file may be read. */
export function toOtherStores(
  settings: readonly EndpointSetting[],
  readings: () => readonly ReadonlyMap<string, string>[],
): OtherStore[] {
  const found = new Map(settings.filter(({ name }) => endpointName.test(name)).map((one) => [one.name, one]));
  if (found.size === 0) return [];
  const read = readings();
  return [...found.values()].flatMap(({ name, offset }) => {
    const [endpoint, ...others] = read.map((values) => toOtherEndpoint(values.get(name) ?? '', values));
    const agreed = endpoint !== undefined && others.every((other) => other !== undefined);
    return agreed ? [{ bucket: endpointName.exec(name)?.[1] ?? null, name, endpoint, offset }] : [];
  });
}

/** The endpoint where it is known and isn't AWS. */
export function toOtherEndpoint(value: string, values: ReadonlyMap<string, string>): string | undefined {
  const { text, known } = expand(value, values);
  return known && readEndpoint(text).store === 'other' ? javaTrim(text) : undefined;
}

/** What the other files of a ConfigMap say of the store. */
export interface Around {
  /** A core-site.xml sets an endpoint that isn't AWS, which holds where a file sets none. */
  readonly elsewhere: boolean;
  readonly waysToAws: WaysToAws;
  /** What all files say about encryption beside us. */
  readonly said: SaidBySetting;
}

export const alone: Around = { elsewhere: false, waysToAws: noWay, said: new Map() };

/** What is left alone: the file, where nothing in it or around it may lead to AWS, or buckets for which nothing may. */
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

/** The same encryption, but for buckets that are left alone. */
export function leaveBuckets<E extends Encryption>(encryption: E, left: readonly string[]): E {
  if (left.length === 0) return encryption;
  const others = encryption.buckets.filter(({ name }) => !left.includes(name));
  return { ...encryption, buckets: [...others, ...left.map((name) => ({ name, unmanaged: true as const }))] };
}

/** What to tell of one that is not left alone. */
export function toStoreMessage({ bucket, name, endpoint }: OtherStore, leaves: boolean): string {
  const what = bucket === null ? 'such files' : 'such buckets';
  const way = leaves
    ? 'it is not left alone, since another endpoint, an access point or an include in these files may lead to AWS: set the endpoint of each bucket, and nothing else'
    : `otherStores: Leave in the assignment leaves ${what} alone`;
  return `${shortName(name)} is ${shortName(endpoint)}, not AWS: a store without KMS refuses uploads with a key; ${way}`;
}

/** Behind the source of a property that keeps ours from a bucket. */
export const pinMark = ' (otherStores: Leave)';

/** As much of a property as tells what it says. */
export type Said = Pick<Property, 'trimmedName' | 'value' | 'final'>;

/** What a file says about encryption beside us, in its order. */
export function findSaid(document: HadoopDocument): readonly Said[] {
  return propertiesOf(document, 'hadoop-3').filter(
    ({ trimmedName, source }) =>
      source?.startsWith(sourcePrefix) !== true && toEncryptionProperty(trimmedName) !== null,
  );
}

/** What a file says of each setting of each bucket, in its order: looked up, since a file may name ten thousand buckets. */
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

/** The pins of a file, as `pinsOf` has them. */
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
 * What keeps our properties for all buckets from a bucket that is left alone: each of its own names, with what the files said
 * before us of the bucket, or for all buckets, which is nothing as a rule. What this file says of the bucket by itself stays,
 * and needs no pin; what another says of it is cut there, for that file alone doesn't tell the store.
 *
 * @param own what the file says beside us
 * @param around what all files say beside us
 * @param standing the pins that stand in it, by name
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
 * The value that Hadoop keeps of several for one setting: the last, until the first final. An algorithm goes before none, since
 * which of an earlier and the present name counts is for the version to say.
 */
function decisive(properties: readonly Said[], setting: 'algorithm' | 'key'): string | null | undefined {
  const firstFinal = properties.findIndex(({ final }) => final);
  const counting = firstFinal < 0 ? properties : properties.slice(0, firstFinal + 1);
  const set = counting.filter(({ value }) => value !== null);
  const encrypting = setting === 'algorithm' ? set.findLast(({ value }) => javaTrim(value ?? '') !== '') : undefined;
  return (encrypting ?? set.at(-1))?.value;
}
