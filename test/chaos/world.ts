/**
 * What a chaos run begins with: namespaces, assignments, and ConfigMaps that were there before the operator.
 */
import { Random } from '../hadoop/fuzz/random.ts';
import { otherKey } from '../product/manifests.ts';

export const tiers = ['gold', 'silver', 'none'] as const;
export type Tier = (typeof tiers)[number];

export type Target =
  | { readonly namespaces: readonly string[] }
  | { readonly namespaceSelector: { readonly matchLabels?: Readonly<Record<string, string>> } };

export interface StartingAssignment {
  readonly name: string;
  readonly target: Target;
}

export interface StartingWorld {
  readonly namespaces: readonly { readonly name: string; readonly tier: Tier }[];
  readonly assignments: readonly StartingAssignment[];
  readonly configMaps: readonly StartingConfigMap[];
}

export interface StartingConfigMap {
  readonly namespace: string;
  readonly name: string;
  readonly kind: DocumentKind;
  readonly body: object;
}

/** What a ConfigMap holds; `broken` is refused, `immutable` can't be repaired, and `other` is none of the operator's business. */
export const documentKinds = [
  'plain',
  'foreignKey',
  'bucket',
  'binary',
  'twoFiles',
  'broken',
  'immutable',
  'other',
] as const;
export type DocumentKind = (typeof documentKinds)[number];

const weights: readonly (readonly [number, DocumentKind])[] = [
  [40, 'plain'],
  [20, 'foreignKey'],
  [15, 'bucket'],
  [10, 'binary'],
  [10, 'twoFiles'],
  [1, 'broken'],
  [1, 'immutable'],
  [5, 'other'],
];

/** A new key each time, so that a key tells which assignment wrote it, and when. */
export function keyOf(number: number): string {
  return `arn:aws:kms:us-west-2:360379543683:key/00000000-0000-0000-0000-${`${number}`.padStart(12, '0')}`;
}

/** Namespaces are named by number, so that more of them can be added. */
export function namespaceName(number: number): string {
  return `team-${number}`;
}

export function buildWorld(seed: number, configMaps: number): StartingWorld {
  const random = new Random(seed, 0);
  const count = Math.max(12, Math.ceil(configMaps / 100));
  const namespaces = Array.from({ length: count }, (_, index) => ({
    name: namespaceName(index),
    tier: random.pick(tiers),
  }));
  const exact = namespaces.filter((_, index) => index % 3 === 0).map(({ name }) => name);
  const half = Math.ceil(exact.length / 2);
  return {
    namespaces,
    assignments: [
      { name: 'exact-a', target: { namespaces: exact.slice(0, half) } },
      { name: 'exact-b', target: { namespaces: exact.slice(half) } },
      { name: 'tier-gold', target: tierTarget('gold') },
      { name: 'tier-silver', target: tierTarget('silver') },
      { name: 'everyone', target: { namespaceSelector: {} } },
    ],
    configMaps: Array.from({ length: configMaps }, (_, index) => {
      const kind = random.pickWeighted(weights);
      const namespace = random.pick(namespaces).name;
      const name = `${kind.toLowerCase()}-${index}`;
      return { namespace, name, kind, body: toBody(name, kind, '0') };
    }),
  };
}

export function tierTarget(tier: Tier): Target {
  return { namespaceSelector: { matchLabels: { tier } } };
}

/** A ConfigMap of this kind; its file says which revision it is. */
export function toBody(name: string, kind: DocumentKind, revision: string): object {
  const metadata = { name };
  const file = toFile(kind, revision);
  switch (kind) {
    case 'binary':
      return { metadata, binaryData: { 'core-site.xml': Buffer.from(file).toString('base64') } };
    case 'twoFiles':
      return { metadata, data: { 'core-site.xml': file, 'hdfs-site.xml': bucketFile, note: revision } };
    case 'immutable':
      return { metadata, immutable: true, data: { 'core-site.xml': file } };
    case 'other':
      return { metadata, data: { note: revision } };
    default:
      return { metadata, data: { 'core-site.xml': file } };
  }
}

function toFile(kind: DocumentKind, revision: string): string {
  const own = toProperty('chaos.revision', revision);
  switch (kind) {
    case 'foreignKey':
      return toDocument(
        toProperty('fs.s3a.encryption.algorithm', 'SSE-KMS', '<final>true</final>'),
        own,
        toProperty('fs.s3a.encryption.key', otherKey, '<final>true</final>'),
      );
    case 'bucket':
      return toDocument(own, toProperty('fs.s3a.bucket.ledger.server-side-encryption.key', otherKey));
    case 'broken':
      return `${toDocument(own)}<configuration>`;
    default:
      return toDocument(own);
  }
}

const bucketFile = toDocument(
  toProperty('dfs.replication', '3'),
  toProperty('fs.s3a.bucket.ledger.encryption.algorithm', 'AES256'),
);

function toProperty(name: string, value: string, rest = ''): string {
  return `  <property>\n    <name>${name}</name>\n    <value>${value}</value>${rest}\n  </property>\n`;
}

function toDocument(...properties: readonly string[]): string {
  return `<?xml version="1.0"?>\n<!-- written by hand -->\n<configuration>\n${properties.join('')}</configuration>\n`;
}

/** The file without what the operator writes into it. */
export function withoutOurs(file: string): string {
  return file.replace(/ *<property>(?:(?!<\/property>)[\s\S])*<source>KmsKeyAssignment\/[\s\S]*?<\/property>\n?/g, '');
}
