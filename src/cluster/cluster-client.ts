/**
 * The `ClusterClient` of ports/, implemented with requests to the API server.
 */

import type { Logger } from 'pino';
import type { AssignmentStatus } from '../api/assignment-status.ts';
import type { ConfigObjectKind } from '../core/plan/config-object.ts';
import type { ConfigObjectEvent, EventHandler, KeyEvent } from '../ports/cluster-client.ts';
import type { ApiServerObserver } from '../ports/observers.ts';
import { assignmentsPath, listAssignments, writeStatus } from './assignments.ts';
import { readConfigObject, readmit } from './config-objects.ts';
import { writeEvent, writeKeyEvent } from './events.ts';
import type { Collection } from './list.ts';
import { type ListWatchOptions, startListWatch, type Timing } from './list-watch.ts';
import { readNamespace } from './namespaces.ts';
import { buildReportStore } from './reports.ts';
import { buildExchangeCounts, type ContentionLease } from './reverted-counts.ts';
import type { Transport } from './transport.ts';

export interface ClusterClientOptions {
  readonly transport: Transport;
  /** The operator's own MutatingWebhookConfiguration. */
  readonly webhookConfiguration: string;
  /** The operator's own ValidatingWebhookConfiguration; undefined where it isn't watched. */
  readonly validatingConfiguration?: string;
  /** Who writes Events: the pod's name. */
  readonly podName: string;
  /** Whether Secrets are watched, too. */
  readonly secrets?: boolean;
  /** Whether Reports of OpenReports are written. */
  readonly reports?: boolean;
  /** Called when one of the two webhook configurations may have changed; the certificates' part repairs caBundles then. */
  readonly onWebhookConfigurations?: () => void;
  /** Where replicas share counts of reverted updates; undefined where they don't. */
  readonly contentionLease?: ContentionLease;
  readonly log: Logger;
  readonly timing?: Partial<Timing>;
  /** For metrics. */
  readonly observer?: ApiServerObserver | undefined;
}

/** Builds the client. Its methods throw as `Transport.send` does, except for their named outcomes. */
export function buildClusterClient(options: ClusterClientOptions) {
  const {
    transport,
    webhookConfiguration,
    validatingConfiguration,
    podName,
    secrets = false,
    reports = false,
    onWebhookConfigurations = () => {},
    contentionLease,
    log,
    timing = {},
    observer,
  } = options;
  const source = { controller: 'ssekms.io/operator', instance: podName };
  const watching =
    (collection: Collection) =>
    <T>(handler: Pick<ListWatchOptions<T>, 'reduce' | 'onChange' | 'onListed'>) =>
      startListWatch<T>({ transport, collection, log, timing, ...(observer && { observer }), ...handler });

  /** `reduce` also runs at each resync, so the caBundles are checked then too. */
  const watchingConfiguration = (kind: 'mutating' | 'validating', name: string) => {
    const watch = watching({
      path: `/apis/admissionregistration.k8s.io/v1/${kind}webhookconfigurations`,
      fieldSelector: `metadata.name=${name}`,
    });
    return <T>(handler: EventHandler<T>) =>
      watch<T>({
        ...handler,
        reduce: (object, before) => {
          onWebhookConfigurations();
          return handler.reduce(object, before);
        },
        onChange: (...change) => {
          onWebhookConfigurations();
          handler.onChange(...change);
        },
      });
  };

  return {
    watchAssignments: watching({ path: assignmentsPath }),
    watchNamespaces: watching({ path: '/api/v1/namespaces' }),
    watchScope: watchingConfiguration('mutating', webhookConfiguration),
    ...(validatingConfiguration !== undefined && {
      watchValidator: watchingConfiguration('validating', validatingConfiguration),
    }),
    watchConfigMaps: watching({ path: '/api/v1/configmaps' }),
    // Helm's release Secrets are large and many, and no pod mounts them.
    ...(secrets && {
      watchSecrets: watching({ path: '/api/v1/secrets', fieldSelector: 'type!=helm.sh/release.v1' }),
    }),
    ...(contentionLease && { exchangeCounts: buildExchangeCounts(transport, contentionLease) }),
    listAssignments: (part: 'metadata' | 'whole') => listAssignments(transport, part),
    readNamespace: (name: string) => readNamespace(transport, name),
    readConfigObject: (namespace: string, name: string, signal: AbortSignal, kind?: ConfigObjectKind) =>
      readConfigObject(transport, namespace, name, signal, kind),
    readmit: (namespace: string, name: string, signal: AbortSignal, kind?: ConfigObjectKind) =>
      readmit(transport, namespace, name, signal, kind),
    writeStatus: (name: string, resourceVersion: string, status: AssignmentStatus, signal: AbortSignal) =>
      writeStatus(transport, name, resourceVersion, status, signal),
    writeEvent: (event: ConfigObjectEvent, signal: AbortSignal) => writeEvent(transport, source, event, signal),
    writeKeyEvent: (event: KeyEvent, signal: AbortSignal) => writeKeyEvent(transport, source, event, signal),
    ...(reports && { reports: buildReportStore(transport) }),
  };
}
