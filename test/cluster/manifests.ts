/**
 * Workloads, as a user would write them: under Pod Security "restricted".
 */

export const restricted = {
  pod: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
  container: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
} as const;

export interface Workload {
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** ConfigMap that is mounted as /etc/hadoop/conf. */
  readonly configuration?: string;
}

export function podSpec({ image, command, env = {}, configuration }: Workload) {
  const conf = configuration ? [{ name: 'conf', mountPath: '/etc/hadoop/conf' }] : [];
  return {
    securityContext: restricted.pod,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: 'main',
        image,
        command,
        env: Object.entries(env).map(([name, value]) => ({ name, value })),
        securityContext: restricted.container,
        volumeMounts: [...conf, { name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: {} },
      ...(configuration ? [{ name: 'conf', configMap: { name: configuration } }] : []),
    ],
  };
}

export function pod(namespace: string, name: string, workload: Workload) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels: { app: name } },
    spec: podSpec(workload),
  };
}

export function deployment(namespace: string, name: string, workload: Workload) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { ...podSpec(workload), restartPolicy: 'Always' } },
    },
  };
}

export function service(namespace: string, name: string, clusterIP: string, port: number) {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name },
    spec: { clusterIP, selector: { app: name }, ports: [{ port }] },
  };
}
