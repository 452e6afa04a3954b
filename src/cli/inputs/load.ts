/**
 * The inputs of `render` and `check`: the config objects among the given files, and what is known about the cluster.
 */
import type { Io, OptionValues } from '../command.ts';
import type { Cluster } from '../compliance.ts';
import type { Assignment, FileRules, Namespace } from '../core.ts';
import { UsageError } from '../errors.ts';
import { fileOptions, toFileRules } from '../shared-options.ts';
import { isAssignment, readAssignments, toAssignments, toNamespaces } from './assignments.ts';
import { type InputObject, toConfigObject, toConfigObjectOfFiles } from './config-objects.ts';
import type { Fault } from './faults.ts';
import { type ManifestObject, type ReadManifest, readManifest, toPlain } from './objects.ts';
import { readSources, type Source } from './sources.ts';

/** The options of both commands. */
export const inputOptions = {
  filename: {
    short: 'f',
    value: 'PATH',
    repeatable: true,
    about:
      "a manifest, a Hadoop file, a folder of them, or '-' for the standard input, which is also read without any PATH",
    completes: 'file',
  },
  assignments: {
    short: 'a',
    value: 'PATH',
    repeatable: true,
    about: 'KmsKeyAssignments: a file, or a folder; those among the inputs count as well',
    completes: 'file',
  },
  namespace: {
    short: 'n',
    value: 'NAME',
    about: 'of objects and files that name none; HELM_NAMESPACE where it is not given',
  },
  'namespace-labels': {
    value: 'NAME:KEY=VALUE,…',
    repeatable: true,
    about: 'the labels of a namespace whose manifest is not among the inputs',
  },
  as: { value: 'KEY', about: "the data key of a bare file, or of '-', whose name does not say it" },
  secrets: { about: 'Secrets as well as ConfigMaps' },
  ...fileOptions,
} as const;

/** A manifest, or the bare files of one folder, which are one config object. */
export interface Input {
  readonly sources: readonly Source[];
  /** Undefined for bare files, and for a text that can't be read. */
  readonly manifest: ReadManifest | undefined;
  readonly objects: readonly InputObject[];
  /** What can't be read, or is not as the API server takes it. */
  readonly faults: readonly Fault[];
}

export interface Inputs {
  readonly sources: readonly Source[];
  readonly cluster: Cluster;
  /** What is wrong with assignments among the inputs. */
  readonly faults: readonly Fault[];
  /** Reads one after the other, since syntax trees of a thousand manifests at once cost more time than reading them. */
  each(): Generator<Input>;
}

/** @throws UsageError, or Failure where a file or an assignment can't be read */
export async function loadInputs(
  options: OptionValues<typeof inputOptions>,
  operands: readonly string[],
  io: Io,
): Promise<Inputs> {
  const files = toFileRules(options);
  const sources = await readSources(toPaths([...options.filename, ...operands], io), { files, as: options.as }, io);
  const { cluster, faults } = await toCluster(options, files, sources, io);
  return { sources, cluster, faults, each: () => readEach(sources, options.secrets) };
}

function* readEach(sources: readonly Source[], secrets: boolean): Generator<Input> {
  const groups = groupBareFiles(sources);
  for (const source of sources) {
    if (source.dataKey === undefined) {
      yield toInput(source, secrets);
      continue;
    }
    const group = groups.get(source.group);
    if (group?.[0] !== source) continue;
    yield { sources: group, manifest: undefined, objects: [toConfigObjectOfFiles(group)], faults: [] };
  }
}

function toInput(source: Source, secrets: boolean): Input {
  const read = readManifest(source);
  if (!read.ok) return { sources: [source], manifest: undefined, objects: [], faults: read.faults };
  const { manifest } = read;
  const wanted = manifest.objects.filter(({ kind }) => kind !== 'Secret' || secrets);
  const found = wanted.map(toConfigObject).filter((one) => one !== undefined);
  const faults = found.flatMap((one) => one.faults);
  return { sources: [source], manifest, objects: found.map(({ object }) => object), faults };
}

function toPaths(named: readonly string[], io: Io): readonly string[] {
  if (named.length > 0) return named;
  if (io.isTerminal.in)
    throw new UsageError("there is nothing to read: name files or folders with -f, or '-' for the standard input");
  return ['-'];
}

function groupBareFiles(sources: readonly Source[]): Map<string, [Source, ...Source[]]> {
  const groups = new Map<string, [Source, ...Source[]]>();
  for (const source of sources) {
    if (source.dataKey === undefined) continue;
    const group = groups.get(source.group);
    if (group === undefined) groups.set(source.group, [source]);
    else group.push(source);
  }
  return groups;
}

/** Without one of these words a text holds nothing that says which key a namespace has. */
const saysOfNamespaces = /KmsKeyAssignment|Namespace|ResourceList/;

async function toCluster(
  options: OptionValues<typeof inputOptions>,
  files: FileRules,
  sources: readonly Source[],
  io: Io,
): Promise<{ readonly cluster: Cluster; readonly faults: readonly Fault[] }> {
  const labelled = options['namespace-labels'].map(toNamespace);
  const telling = sources.filter(({ dataKey, text }) => dataKey === undefined && saysOfNamespaces.test(text));
  const among = telling.flatMap((source) => {
    const read = readManifest(source);
    return read.ok ? read.manifest.objects.flatMap((object) => [object, ...objectsOfFunction(object)]) : [];
  });
  if (options.assignments.length === 0 && !among.some(isAssignment)) {
    throw new UsageError('there is no KmsKeyAssignment among the inputs: name files that hold one with -a');
  }
  const named = options.assignments.length === 0 ? nothing : await readAssignments(options.assignments, io);
  const { assignments, faults } = toAssignments([...named.objects, ...among]);
  const namespaces = toNamespaces([...named.objects, ...among], labelled);
  const namespace = options.namespace ?? (io.env.HELM_NAMESPACE || undefined);
  if (namespace !== undefined && !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace)) {
    const from = options.namespace === undefined ? 'HELM_NAMESPACE' : '--namespace';
    throw new UsageError(`${from} is '${namespace}', which no namespace can be called: a-z, 0-9 and '-' alone`);
  }
  return { cluster: { assignments, namespaces, namespace, files }, faults };
}

const nothing: { readonly assignments: readonly Assignment[]; readonly objects: readonly ManifestObject[] } = {
  assignments: [],
  objects: [],
};

/** A KRM function's configuration may be a ConfigMap whose values are manifests of assignments and namespaces. */
function objectsOfFunction(object: ManifestObject): readonly ManifestObject[] {
  if (!object.isFunctionConfig || object.kind !== 'ConfigMap') return [];
  const { data = {} } = toPlain(object) as { data?: Record<string, string> };
  return Object.entries(data).flatMap(([key, text]) => {
    const source = { ...object.source, name: `${object.source.name} (functionConfig, ${key})`, text };
    const read = readManifest(source);
    return read.ok ? read.manifest.objects : [];
  });
}

function toNamespace(text: string): Namespace {
  const [, name = '', labels = ''] = /^([^:=,]+):(.*)$/.exec(text) ?? [];
  const pairs = labels === '' ? [] : labels.split(',').map((pair) => pair.split('='));
  if (name === '' || pairs.some((pair) => pair.length !== 2 || pair[0] === '')) {
    throw new UsageError(
      `--namespace-labels must be like finance:team=data,stage=prod, or finance: for none, not '${text}'`,
    );
  }
  return { name, labels: Object.fromEntries(pairs) };
}
