/**
 * A cluster of any size, the same one each time: teams with assignments, files of every outcome, and hostile names where a
 * user could bring them in. The report of it is made by the audit's own parts, without an API server.
 */
import type { StoredObject } from '../../../src/ports/stored-object.ts';
import { Random } from '../../hadoop/fuzz/random.ts';

export interface Sample {
  readonly namespaces: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
  readonly assignments: readonly { readonly metadata: { readonly name: string }; readonly spec: object }[];
  /** Made one at a time. */
  configMaps(): Generator<StoredObject>;
}

export const keyArn = (number: number) =>
  `arn:aws:kms:eu-central-1:360379543683:key/071a86ff-8881-4ba0-9230-${String(number).padStart(12, '0')}`;

const teams = ['ledger', 'payments', 'risk', 'search', 'fraud', 'catalog', 'ads', 'billing', 'growth', 'maps'];
const names = ['hive-conf', 'spark-conf', 'etl-hadoop', 'jupyter-hadoop', 'metastore', 'ingest-conf', 'hadoop-client'];
const stages = ['prod', 'staging', 'dev', 'batch', 'adhoc'];

export function buildSample(size: { readonly namespaces: number; readonly configMaps: number }): Sample {
  const namespaces = Array.from({ length: size.namespaces }, (_, index) => {
    const team = teams[index % teams.length] ?? '';
    const stage = stages[Math.floor(index / teams.length) % stages.length] ?? '';
    const number = Math.floor(index / (teams.length * stages.length));
    return { name: `${team}-${stage}${number === 0 ? '' : `-${number}`}`, labels: { team, stage } };
  });
  const assignments = teams.map((team, index) =>
    toAssignment(team, {
      namespaceSelector: {
        matchLabels: { team },
        // Two stages of the last team have no assignment.
        ...(team === 'maps' && { matchExpressions: [{ key: 'stage', operator: 'NotIn', values: ['dev', 'adhoc'] }] }),
      },
      key: { arn: keyArn(index) },
      enforcement: index === 2 ? 'Audit' : index === 5 ? 'Strict' : 'Enforce',
      ...(index === 3 && { otherStores: 'Leave' }),
    }),
  );
  const rival = toAssignment('growth-data', {
    namespaceSelector: { matchLabels: { team: 'growth', stage: 'adhoc' } },
    key: { arn: keyArn(40) },
  });
  return {
    namespaces,
    assignments: [...assignments, rival],
    *configMaps() {
      for (let index = 0; index < size.configMaps; index++) {
        const random = new Random(7, index);
        const namespace = namespaces[index % namespaces.length];
        const team = teams.indexOf(namespace?.labels.team ?? '');
        yield toConfigMap(namespace?.name ?? '', index, team, pickKind(index % namespaces.length, random));
      }
    },
  };
}

export function toAssignment(name: string, spec: object) {
  return { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', metadata: { name }, spec };
}

type Kind =
  | 'own'
  | 'plain'
  | 'bucket'
  | 'outdated'
  | 'store'
  | 'malformed'
  | 'immutable'
  | 'sse-c'
  | 'spark'
  | 'elsewhere';
type Weights = readonly (readonly [weight: number, kind: Kind])[];

/** What is wrong is wrong in some namespaces, as in real clusters: most have nothing but files that are right. */
const moods: readonly (readonly [weight: number, kinds: Weights])[] = [
  [72, [[1, 'own']]],
  [
    12,
    [
      [6, 'own'],
      [5, 'plain'],
      [2, 'bucket'],
      [2, 'spark'],
    ],
  ],
  [
    5,
    [
      [12, 'own'],
      [2, 'malformed'],
      [1, 'sse-c'],
      [1, 'plain'],
    ],
  ],
  [
    4,
    [
      [6, 'own'],
      [6, 'outdated'],
      [1, 'immutable'],
    ],
  ],
  [
    4,
    [
      [3, 'own'],
      [2, 'store'],
    ],
  ],
  [
    3,
    [
      [8, 'own'],
      [2, 'elsewhere'],
      [2, 'immutable'],
    ],
  ],
];

function pickKind(namespace: number, random: Random): Kind {
  return random.pickWeighted(new Random(11, namespace).pickWeighted(moods));
}

function toConfigMap(namespace: string, index: number, team: number, kind: Kind): StoredObject {
  const metadata = { name: `${names[index % names.length]}-${index}`, namespace };
  const own = encrypted(team, keyArn(team));
  const earlier = encrypted(team, keyArn(team + 20));
  const core = (text: string, rest: object = {}): StoredObject => ({
    metadata,
    data: { 'core-site.xml': text },
    ...rest,
  });
  switch (kind) {
    case 'own':
      return core(own);
    case 'plain':
      return core(file(property('fs.defaultFS', `s3a://warehouse-${index % 9}`)));
    case 'bucket':
      return core(file(property('fs.s3a.bucket.logs.server-side-encryption-algorithm', 'AES256')));
    case 'outdated':
      return core(earlier, { immutable: true });
    case 'store':
      return core(file(property('fs.s3a.endpoint', 'http://minio.storage.svc:9000')));
    case 'malformed':
      return core('<configuration>\n  <property><name>fs.defaultFS</name>\n</configuration>\n');
    case 'immutable':
      return core(file(property('fs.defaultFS', 's3a://x')), { immutable: true });
    case 'sse-c':
      return core(
        file(
          property('fs.s3a.encryption.algorithm', 'SSE-C') + property('fs.s3a.encryption.key', `${'a'.repeat(43)}=`),
        ),
      );
    case 'spark':
      return { metadata, data: { 'spark-defaults.conf': 'spark.eventLog.dir s3a://logs/events\n' } };
    default:
      return { metadata, data: { 'hadoop.xml': file(property('fs.s3a.endpoint', 's3.eu-central-1.amazonaws.com')) } };
  }
}

export const property = (name: string, value: string) =>
  `  <property>\n    <name>${name}</name>\n    <value>${value}</value>\n  </property>\n`;

export const file = (properties: string) => `<?xml version="1.0"?>\n<configuration>\n${properties}</configuration>\n`;

/** As the webhook leaves a file. */
export function encrypted(team: number, arn: string): string {
  const block = [
    ['fs.s3a.server-side-encryption-algorithm', 'SSE-KMS'],
    ['fs.s3a.server-side-encryption.key', arn],
    ['fs.s3a.encryption.algorithm', 'SSE-KMS'],
    ['fs.s3a.encryption.key', arn],
    ['fs.s3a.server-side-encryption-key', arn],
  ];
  const source = `KmsKeyAssignment/${teams[team]}`;
  const ours = block.map(
    ([name, value]) =>
      `  <property>\n    <name>${name}</name>\n    <value>${value}</value>\n    <final>true</final>\n    <source>${source}</source>\n  </property>\n`,
  );
  return file(ours.join('') + property('fs.defaultFS', 's3a://warehouse'));
}
