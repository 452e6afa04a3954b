/**
 * A job as its user submits it: `spark-submit --deploy-mode cluster` in a pod, which makes the driver's pod, which makes those of the executors. Spark's
 * operators submit in the same way.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { podSpec } from '../manifests.ts';
import { apiServerServiceAddress } from '../node/layout.ts';
import { type NodeSuite, since, tell } from '../use-node.ts';
import { job } from './image.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects as the API server has them, which a test looks into
type KubernetesObject = any;

export interface Submission {
  readonly namespace: string;
  readonly name: string;
  /** What the user gives as `--conf`. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the job writes to. */
  readonly folders: readonly string[];
}

/** What is left once the job has ended: Spark deletes none of it here. */
export interface Outcome {
  readonly succeeded: boolean;
  /** The ends of what spark-submit, the driver and the executors have said. */
  readonly log: string;
  readonly executors: readonly KubernetesObject[];
}

const serviceAccount = 'spark';
const apiServer = `https://${apiServerServiceAddress}:443`;

/** The ServiceAccount of submitters and drivers, and the rights that Spark needs in its namespace. */
export function sparkRights(namespace: string): object[] {
  const metadata = { namespace, name: serviceAccount };
  const rbac = 'rbac.authorization.k8s.io';
  const resources = ['pods', 'pods/log', 'services', 'configmaps', 'persistentvolumeclaims'];
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: [''], resources, verbs: ['*'] }] },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: serviceAccount },
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
  ];
}

/** Twenty seconds are enough on a machine that has nothing else to do; some test machines have. */
const patience = 480_000;

/** Returns once spark-submit has ended, which waits for its driver. @throws Error that says what was awaited, after eight minutes */
export async function submit(suite: NodeSuite, image: string, submission: Submission): Promise<Outcome> {
  const { namespace, name } = submission;
  const submitter = `${name}-submitter`;
  const command = ['spark-submit', ...wordsFor(submission, image)];
  const spec = {
    ...podSpec({ image, command }),
    serviceAccountName: serviceAccount,
    automountServiceAccountToken: true,
  };
  const started = Date.now();
  await suite.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name: submitter, labels: { job: name } },
    spec,
  });

  let told = '';
  for (;;) {
    const pods = await suite.list('pods', namespace, '--selector', `job=${name}`);
    const phases = pods
      .map(({ metadata, status }) => `${metadata.name.slice(name.length + 1)} ${status.phase}`)
      .join(', ');
    if (phases !== told) tell(`${namespace}/${name} after ${since(started)} s: ${phases}`);
    told = phases;
    const phaseOf = (name: string) => pods.find(({ metadata }) => metadata.name === name)?.status.phase;
    const phase = phaseOf(submitter);
    if (phase === 'Succeeded' || phase === 'Failed') {
      const withRole = (role: string) => pods.filter(({ metadata }) => metadata.labels['spark-role'] === role);
      return {
        // spark-submit ends with 0 also where its driver has failed.
        succeeded: phase === 'Succeeded' && phaseOf(`${name}-driver`) === 'Succeeded',
        log: (await logsOf(suite, pods)).join('\n'),
        executors: withRole('executor'),
      };
    }
    if (Date.now() - started > patience) throw await tooLate(suite, namespace, submitter, pods);
    await sleep(500);
  }
}

async function tooLate(suite: NodeSuite, namespace: string, submitter: string, pods: readonly KubernetesObject[]) {
  const logs = (await logsOf(suite, pods)).join('\n');
  return new Error(
    `waited ${patience / 1000} s for spark-submit in ${namespace}/${submitter} to end, as it does after its driver. ${logs}`,
  );
}

/** The end of what each pod has said, and how it is. */
function logsOf(suite: NodeSuite, pods: readonly KubernetesObject[]): Promise<string[]> {
  const logs = pods.map(async ({ metadata, status }) => {
    const said = await suite.logs(metadata.namespace, metadata.name).catch((error: Error) => error.message);
    // Java's stacks would fill the room.
    const log = said.replace(/^\s+(?:at |\.\.\. ).*\n/gm, '');
    const state = JSON.stringify(status.containerStatuses?.[0]?.state);
    return `${metadata.name} is ${status.phase} ${state}:\n${log.slice(-6_000)}`;
  });
  return Promise.all(logs);
}

function wordsFor({ namespace, name, settings, folders }: Submission, image: string): string[] {
  const all = {
    'spark.kubernetes.namespace': namespace,
    'spark.kubernetes.container.image': image,
    'spark.kubernetes.authenticate.driver.serviceAccountName': serviceAccount,
    'spark.kubernetes.driver.pod.name': `${name}-driver`,
    'spark.kubernetes.driver.label.job': name,
    'spark.kubernetes.executor.podNamePrefix': name,
    'spark.kubernetes.executor.label.job': name,
    // So that they can be looked at.
    'spark.kubernetes.executor.deleteOnTermination': 'false',
    // The node has no DNS.
    'spark.kubernetes.driver.master': apiServer,
    'spark.kubernetes.executor.useDriverPodIP': 'true',
    // The machine has two cores, and other pods.
    'spark.kubernetes.driver.request.cores': '100m',
    'spark.kubernetes.executor.request.cores': '100m',
    'spark.driver.memory': '512m',
    'spark.executor.memory': '512m',
    'spark.executor.instances': '1',
    'spark.ui.enabled': 'false',
    ...settings,
  };
  const conf = Object.entries(all).flatMap(([key, value]) => ['--conf', `${key}=${value}`]);
  const where = ['--master', `k8s://${apiServer}`, '--deploy-mode', 'cluster', '--name', name];
  return [...where, '--class', job.mainClass, ...conf, `local://${job.jar}`, ...folders];
}
