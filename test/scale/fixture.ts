/**
 * A cluster of a given size, the same one each time: namespaces with names of any length, ConfigMaps of many sizes most of
 * which are none of our business, and assignments of which first each has a share and then one has all.
 */
import { Random } from '../hadoop/fuzz/random.ts';

export interface Sizes {
  readonly configMaps: number;
  /** So many of them hold a core-site.xml. */
  readonly configObjects: number;
  readonly namespaces: number;
  /** 2 at least. */
  readonly assignments: number;
}

export interface FixtureConfigMap {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
  readonly immutable?: true;
}

export interface FixtureNamespace {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Fixture {
  readonly namespaces: readonly FixtureNamespace[];
  /** All but one of the assignments: each selects its share of the namespaces by a label. */
  readonly shares: readonly object[];
  /** The last assignment, which names every namespace, up to the API's limit of 1000, and so comes before all others. */
  readonly all: (keyNumber: number) => object;
  /** Made one at a time, since together they are as large as etcd. Config objects are spread evenly among the others. */
  configMaps(): Generator<FixtureConfigMap>;
}

/** By this label config objects are found again. */
export const configObjectLabel = 'scale.test/configObject';
export const allName = 'all';

export function toArn(keyNumber: number): string {
  return `arn:aws:kms:us-west-2:360379543683:key/00000000-0000-0000-0000-${String(keyNumber).padStart(12, '0')}`;
}

/** @throws RangeError for sizes that contradict one another */
export function buildFixture(sizes: Sizes): Fixture {
  const { configMaps, configObjects, assignments } = sizes;
  if (configObjects > configMaps) throw new RangeError('there cannot be more configObjects than ConfigMaps');
  if (assignments < 2) throw new RangeError('there have to be two assignments at least');
  if (sizes.namespaces > 1000) throw new RangeError('one assignment names 1000 namespaces at most');
  const shareCount = assignments - 1;
  const namespaces = Array.from({ length: sizes.namespaces }, (_, index) => {
    const random = new Random(1, index);
    const padding = Array.from({ length: random.below(54) }, () => random.pick([...'abcdefghij0123456789-'])).join('');
    return { name: `n${index}-${padding}x`, labels: { 'scale.test/share': `s${index % shareCount}` } };
  });
  const names = namespaces.map(({ name }) => name);
  return {
    namespaces,
    shares: Array.from({ length: shareCount }, (_, index) =>
      toAssignment(`share-${index}`, {
        namespaceSelector: { matchLabels: { 'scale.test/share': `s${index}` } },
        key: { arn: toArn(1_000_000 + index) },
      }),
    ),
    all: (keyNumber) => toAssignment(allName, { namespaces: names, key: { arn: toArn(keyNumber) } }),
    *configMaps() {
      const text = toText(new Random(2, 0), 64_000);
      for (let index = 0; index < configMaps; index++) {
        const random = new Random(3, index);
        const namespace = random.pick(names);
        const number = Math.floor((index * configObjects) / configMaps);
        const isConfigObject = Math.floor(((index + 1) * configObjects) / configMaps) > number;
        yield isConfigObject
          ? { namespace, name: `hadoop-${number}`, labels: { [configObjectLabel]: 'yes' }, data: toHadoopFiles(random) }
          : { namespace, name: `other-${index}`, labels: {}, data: toOtherFiles(random, text) };
      }
    },
  };
}

export function toAssignment(name: string, spec: object): object {
  return { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', metadata: { name }, spec };
}

/** 2 to 5 kB, as real ones are: most of them without a word about encryption, some with settings that have to go. */
export function toHadoopFiles(random: Random): Record<string, string> {
  const wanted = 2000 + random.below(3000);
  const properties: string[] = [];
  if (random.chance(0.1)) properties.push(toProperty('fs.s3a.bucket.logs.server-side-encryption-algorithm', 'AES256'));
  for (let length = 0, i = 0; length < wanted; i++) {
    const property = toProperty(`fs.s3a.${random.pick(words)}.${random.pick(words)}.${i}`, `${random.next()}`);
    properties.push(property);
    length += property.length;
  }
  const core = `<?xml version="1.0"?>\n<configuration>\n${properties.join('')}</configuration>\n`;
  const beside = random.chance(0.3) ? { 'log4j.properties': 'rootLogger.level = INFO\n'.repeat(20) } : {};
  const hdfs = random.chance(0.2) ? { 'hdfs-site.xml': core.replaceAll('fs.s3a.', 'dfs.') } : {};
  return { 'core-site.xml': core, ...beside, ...hdfs };
}

const words = ['connection', 'threads', 'committer', 'endpoint', 'buffer', 'fast', 'upload', 'retry', 'multipart'];

function toProperty(name: string, value: string): string {
  return `  <property>\n    <name>${name}</name>\n    <value>${value}</value>\n  </property>\n`;
}

/** Mostly small, some up to 60 kB; 4 kB on average. */
function toOtherFiles(random: Random, text: string): Record<string, string> {
  const [least, most] = random.pickWeighted<readonly [number, number]>([
    [70, [100, 2000]],
    [25, [2000, 10_000]],
    [5, [10_000, 60_000]],
  ]);
  const length = least + random.below(most - least);
  const start = random.below(text.length - length);
  return { 'application.yaml': text.slice(start, start + length) };
}

function toText(random: Random, length: number): string {
  const lines: string[] = [];
  for (let written = 0; written < length; ) {
    const line = `${random.pick(words)}.${random.pick(words)}: "${random.next().toString(36)}" # <${random.pick(words)}>\n`;
    lines.push(line);
    written += line.length;
  }
  return lines.join('');
}
