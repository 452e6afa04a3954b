/**
 * The audit: reads assignments, namespaces and the webhook's scope, decides which assignment each namespace has, and examines
 * every ConfigMap (and Secret, where asked for) once. It needs only get and list.
 */
import type { StoredObject } from '../../ports/stored-object.ts';
import { type AssignmentSet, toAssignmentRows } from './assignment-set.ts';
import {
  type ConfigObjectKind,
  type Decision,
  decide,
  type FileRules,
  type Namespace,
  type Transport,
  toStoredConfigObject,
  type WebhookScope,
} from './core.ts';
import { type Examined, examine } from './examine.ts';
import { buildLedger, type Ledger, type ObjectName } from './ledger.ts';
import type { Limits } from './limits.ts';
import { listAll } from './list-all.ts';
import { countObjects, readInstallation, readNamespaces, toFailure } from './read-cluster.ts';
import type { AuditReport } from './report.ts';

export interface AuditOptions {
  readonly transport: Transport;
  readonly cluster: AuditReport['cluster'];
  readonly assignments: AssignmentSet;
  readonly files: FileRules;
  /** Whether Secrets are listed too. Their values are never shown. */
  readonly secrets: boolean;
  /** Null for all. */
  readonly namespaces: readonly string[] | null;
  readonly limits: Limits;
  readonly at: Date;
  readonly signal: AbortSignal;
  /** `total` is the server's count, made before the list; undefined where the server gives none. */
  readonly onProgress: (kind: ConfigObjectKind, objects: number, total: number | undefined) => void;
}

/** @throws Failure that says which right is missing, or what can't be reached. */
export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { assignments, cluster, secrets, at } = options;
  const installation = await readInstallation(options);
  const namespaces = await readNamespaces(options, options.namespaces);
  const ledger = buildLedger(decideAll(namespaces, assignments, installation.scope), options.limits);
  let unknown = 0;
  for (const kind of secrets ? (['ConfigMap', 'Secret'] as const) : (['ConfigMap'] as const)) {
    unknown += await passBy(kind, options, ledger);
  }
  const { byAssignment, ...found } = ledger.report();
  return {
    kind: 'AuditReport',
    format: 1,
    at: at.toISOString(),
    cluster,
    scope: {
      operator: installation.operator,
      secrets,
      namespaces: options.namespaces,
      files: assignments.files,
    },
    remarks: [
      ...(installation.remark === null ? [] : [installation.remark]),
      ...assignments.remarks,
      ...(unknown === 0 ? [] : [`${unknown} objects in namespaces that were created meanwhile are left out`]),
    ],
    assignments: toAssignmentRows(assignments, byAssignment),
    ...found,
  };
}

function decideAll(namespaces: readonly Namespace[], { candidates }: AssignmentSet, scope: WebhookScope) {
  return new Map<string, Decision>(
    namespaces.map((namespace) => [namespace.name, decide(namespace, candidates, scope)]),
  );
}

/** How many objects are in a namespace that the list of namespaces didn't hold. */
async function passBy(kind: ConfigObjectKind, options: AuditOptions, ledger: Ledger): Promise<number> {
  const { transport, signal, files, onProgress } = options;
  const resource = kind === 'Secret' ? 'secrets' : 'configmaps';
  // Helm's release Secrets are large and many, and no pod mounts them.
  const selector = kind === 'Secret' && { fieldSelector: 'type!=helm.sh/release.v1' };
  let unknown = 0;
  let passed = 0;
  const paths = options.namespaces?.map((name) => `/api/v1/namespaces/${encodeURIComponent(name)}/${resource}`) ?? [
    `/api/v1/${resource}`,
  ];
  const reduce = (object: StoredObject): { object: ObjectName; examined: Examined } | undefined => {
    const configObject = toStoredConfigObject(object, kind);
    const { namespace, name } = configObject;
    const decision = ledger.decision(namespace);
    if (decision === undefined) unknown += 1;
    const examined = decision && examine(configObject, decision, files);
    return examined && { object: { namespace, kind, name }, examined };
  };
  for (const path of new Set(paths)) {
    try {
      let objects = 0;
      const total = paths.length === 1 ? await countObjects(options, path) : undefined;
      await listAll({
        transport,
        signal,
        collection: { path, ...selector },
        reduce,
        take: ({ object, examined }) => ledger.add(object, examined),
        onProgress: (count) => {
          objects = count;
          onProgress(kind, passed + count, total);
        },
      });
      passed += objects;
    } catch (error) {
      throw toFailure(error, 'list', resource, 'name the namespaces that you may read with --namespace');
    }
  }
  return unknown;
}
