/**
 * Everything that `render` and `check` look at: the config objects among the inputs, and what is known of the cluster.
 */
import type { Io, OptionValues } from '../command.ts';
import type { Cluster } from '../compliance.ts';
import type { Assignment, FileRules, Namespace } from '../core.ts';
import { UsageError } from '../errors.ts';
import { fileOptions, toFileRules } from '../shared-options.ts';
import { isAssignment, readAssignments, toAssignments, toNamespaces } from './assignments.ts';
import { type ConfigObject, toConfigObject, toConfigObjectOfFiles } from './config-objects.ts';
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

export interface Inputs {
  readonly sources: readonly Source[];
  readonly manifests: readonly ReadManifest[];
  readonly objects: readonly ConfigObject[];
  readonly cluster: Cluster;
  /** What can't be read, or is not as the API server takes it. */
  readonly faults: readonly Fault[];
}

/** @throws UsageError, or Failure where a file or an assignment can't be read */
export async function loadInputs(
  options: OptionValues<typeof inputOptions>,
  operands: readonly string[],
  io: Io,
): Promise<Inputs> {
  const files = toFileRules(options);
  const sources = await readSources(toPaths([...options.filename, ...operands], io), { files, as: options.as }, io);
  const faults: Fault[] = [];
  const manifests: ReadManifest[] = [];
  const objects: ConfigObject[] = [];
  for (const source of sources) {
    if (source.dataKey !== undefined) continue;
    const read = readManifest(source);
    if (!read.ok) {
      faults.push(...read.faults);
      continue;
    }
    manifests.push(read.manifest);
    for (const object of read.manifest.objects) {
      if (object.kind === 'Secret' && !options.secrets) continue;
      const found = toConfigObject(object);
      if (found === undefined) continue;
      objects.push(found.object);
      faults.push(...found.faults);
    }
  }
  objects.push(...groupBareFiles(sources));
  const { cluster, problems } = await toCluster(options, files, manifests, io);
  return { sources, manifests, objects, cluster, faults: [...faults, ...problems] };
}

function toPaths(named: readonly string[], io: Io): readonly string[] {
  if (named.length > 0) return named;
  if (io.isTerminal.in)
    throw new UsageError("there is nothing to read: name files or folders with -f, or '-' for the standard input");
  return ['-'];
}

function groupBareFiles(sources: readonly Source[]): ConfigObject[] {
  const groups = new Map<string, [Source, ...Source[]]>();
  for (const source of sources) {
    if (source.dataKey === undefined) continue;
    const group = groups.get(source.group);
    if (group === undefined) groups.set(source.group, [source]);
    else group.push(source);
  }
  return [...groups.values()].map(toConfigObjectOfFiles);
}

async function toCluster(
  options: OptionValues<typeof inputOptions>,
  files: FileRules,
  manifests: readonly ReadManifest[],
  io: Io,
): Promise<{ readonly cluster: Cluster; readonly problems: readonly Fault[] }> {
  const labelled = options['namespace-labels'].map(toNamespace);
  const among = manifests.flatMap(({ objects }) => [...objects, ...objects.flatMap(objectsOfFunction)]);
  if (options.assignments.length === 0 && !among.some(isAssignment)) {
    throw new UsageError('there is no KmsKeyAssignment among the inputs: name files that hold one with -a');
  }
  const named = options.assignments.length === 0 ? nothing : await readAssignments(options.assignments, io);
  const { assignments, faults } = toAssignments([...named.objects, ...among]);
  const namespaces = toNamespaces([...named.objects, ...among], labelled);
  const namespace = options.namespace ?? (io.env.HELM_NAMESPACE || undefined);
  return { cluster: { assignments, namespaces, namespace, files }, problems: faults };
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
