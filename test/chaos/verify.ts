/**
 * Whether all is well, decided from what the API server stores and nothing else: neither the plan nor the operator's own
 * resolution takes part.
 */
import { effectiveEncryption, readProperties } from '../product/effective.ts';
import type { KubernetesObject } from '../product/use-product.ts';

/** As the API server lists them. */
export interface Stored {
  readonly namespaces: readonly KubernetesObject[];
  readonly assignments: readonly KubernetesObject[];
  readonly configMaps: readonly KubernetesObject[];
}

/** Outside the chart's scope. */
const excluded = ['kube-system', 'sse-kms-system'];
const hadoopFiles = ['core-site.xml', 'hdfs-site.xml'];

type Right = { readonly kind: 'assigned' | 'conflict' | 'none'; readonly names: readonly string[] };

/** Each thing that isn't as it should be, in words. */
export function findProblems({ namespaces, assignments, configMaps }: Stored): string[] {
  const problems: string[] = [];
  const expected = new Map<string, Expected>(assignments.map((each) => [each.metadata.name, toExpected()]));
  const configObjectsOf = Map.groupBy(
    configMaps.filter(isConfigObject),
    ({ metadata }) => metadata.namespace as string,
  );
  for (const { metadata } of namespaces) {
    if (excluded.includes(metadata.name)) continue;
    const { kind, names } = resolve(metadata, assignments);
    if (kind === 'conflict') for (const name of names) (expected.get(name) as Expected).conflicts++;
    if (kind !== 'assigned') continue;
    const [name] = names as [string];
    const { spec } = assignments.find((each) => each.metadata.name === name);
    const its = expected.get(name) as Expected;
    its.namespaces++;
    for (const configMap of configObjectsOf.get(metadata.name) ?? []) {
      its.total++;
      const outcome = judge(configMap, spec);
      its[outcome]++;
      if (outcome !== 'pending' || spec.enforcement === 'Audit') continue;
      problems.push(`${metadata.name}/${configMap.metadata.name} does not encrypt as ${name} says`);
    }
  }
  for (const each of assignments) {
    const wanted = toStatus(each, expected.get(each.metadata.name) as Expected, namespaces);
    const found = toComparable(each);
    const differences = Object.keys(wanted).filter((field) => wanted[field] !== found[field]);
    const told = differences.map((field) => `${field} is ${found[field]} instead of ${wanted[field]}`);
    if (told.length > 0) problems.push(`the status of ${each.metadata.name}: ${told.join(', ')}`);
  }
  return problems;
}

interface Expected {
  namespaces: number;
  total: number;
  compliant: number;
  pending: number;
  refused: number;
  immutable: number;
  outdated: number;
  conflicts: number;
}

function toExpected(): Expected {
  return { namespaces: 0, total: 0, compliant: 0, pending: 0, refused: 0, immutable: 0, outdated: 0, conflicts: 0 };
}

function isConfigObject({ data, binaryData }: KubernetesObject): boolean {
  return hadoopFiles.some((file) => data?.[file] !== undefined || binaryData?.[file] !== undefined);
}

/** Exact names, else labels, else the empty selector; several of one rank are in conflict, for no two keys here are the same. */
function resolve({ name, labels = {} }: KubernetesObject, assignments: readonly KubernetesObject[]): Right {
  const ranks = [
    assignments.filter(({ spec }) => spec.namespaces?.includes(name)),
    assignments.filter(({ spec }) => {
      const wanted = Object.entries(spec.namespaceSelector?.matchLabels ?? {});
      return wanted.length > 0 && wanted.every(([label, value]) => labels[label] === value);
    }),
    assignments.filter(({ spec }) => spec.namespaceSelector && !spec.namespaceSelector.matchLabels),
  ];
  const highest = ranks.find((rank) => rank.length > 0) ?? [];
  const kind = highest.length === 0 ? 'none' : highest.length === 1 ? 'assigned' : 'conflict';
  return { kind, names: highest.map(({ metadata }) => metadata.name) };
}

type Found = 'compliant' | 'pending' | 'refused' | 'immutable' | 'outdated';

function judge(configMap: KubernetesObject, spec: KubernetesObject): Found {
  const files = new Map<string, string>();
  for (const name of hadoopFiles) {
    const { data, binaryData } = configMap;
    if (data?.[name] !== undefined) files.set(name, data[name]);
    else if (binaryData?.[name]) files.set(name, Buffer.from(binaryData[name], 'base64').toString());
  }
  if (configMap.metadata.name.startsWith('broken')) return 'refused';
  const wanted = { algorithm: spec.algorithm, key: spec.key.arn };
  const core = files.get('core-site.xml');
  const encrypts = core === undefined || same(effectiveEncryption(core), wanted);
  const forAllBuckets = [...files.values()].every((file) => !setsKeysOfBuckets(file));
  if (encrypts && forAllBuckets) return 'compliant';
  if (!configMap.immutable) return 'pending';
  // Keys differ, and so may algorithms; each is by an assignment, since nobody else marks his properties so.
  return core?.includes('<source>KmsKeyAssignment/') && forAllBuckets ? 'outdated' : 'immutable';
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function setsKeysOfBuckets(file: string): boolean {
  return readProperties(file).some(({ name }) => /^fs\.s3a\.bucket\..*encryption/.test(name));
}

type Comparable = Record<string, string | number | undefined>;

function toStatus(
  { metadata, spec }: KubernetesObject,
  its: Expected,
  namespaces: readonly KubernetesObject[],
): Comparable {
  const missing = (spec.namespaces ?? []).some(
    (wanted: string) => !namespaces.some((each) => each.metadata.name === wanted),
  );
  const audit = spec.enforcement === 'Audit';
  const reasons: readonly (readonly [boolean, string])[] = [
    [its.conflicts > 0, 'Conflicted'],
    [missing, 'NamespaceNotFound'],
    [its.refused > 0, 'Refused'],
    [its.immutable > 0, 'Immutable'],
    [!audit && its.pending > 0, 'Pending'],
    [audit, 'Audited'],
    [true, 'Compliant'],
  ];
  const reason = reasons.find(([holds]) => holds)?.[1] as string;
  const problems = its.conflicts + its.refused + its.immutable + its.pending;
  return {
    observedGeneration: metadata.generation,
    'observedGeneration of Ready': metadata.generation,
    'observedGeneration of Conflicted': metadata.generation,
    Ready: ['Audited', 'Compliant'].includes(reason) ? 'True' : 'False',
    'reason of Ready': reason,
    Conflicted: its.conflicts > 0 ? 'True' : 'False',
    namespaces: its.namespaces,
    total: its.total,
    compliant: its.compliant,
    pending: its.pending,
    refused: its.refused,
    immutable: its.immutable,
    outdated: its.outdated,
    summary: `${its.compliant}/${its.total - its.outdated}`,
    // Under Audit each file of a ConfigMap is a problem of its own.
    ...(audit ? {} : { problemCount: problems }),
  };
}

function toComparable({ status = {} }: KubernetesObject): Comparable {
  const condition = (type: string) => status.conditions?.find((each: KubernetesObject) => each.type === type);
  const { total, compliant, pending, refused, immutable, outdated } = status.objects ?? {};
  return {
    observedGeneration: status.observedGeneration,
    'observedGeneration of Ready': condition('Ready')?.observedGeneration,
    'observedGeneration of Conflicted': condition('Conflicted')?.observedGeneration,
    Ready: condition('Ready')?.status,
    'reason of Ready': condition('Ready')?.reason,
    Conflicted: condition('Conflicted')?.status,
    namespaces: status.namespaces,
    total,
    compliant,
    pending,
    refused,
    immutable,
    outdated,
    summary: status.summary,
    problemCount: status.problemCount,
  };
}
