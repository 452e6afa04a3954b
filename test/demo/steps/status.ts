/**
 * What the administrator sees of it.
 */
import type { KubernetesObject, Stage } from '../stage.ts';
import type { Step } from '../step.ts';

export const status: Step = {
  title: "The assignment's status",
  about: `How many namespaces and ConfigMaps it reaches, and whether all of them encrypt
as it says.`,
  async run(stage) {
    const { status } = await settled(stage, 'finance', '1/1');
    await stage.kubectl('get', 'kka');
    stage.promise('one ConfigMap of one complies', status.summary === '1/1' && status.namespaces === 1, status);
    stage.promise('it is Ready', isReady(status), status.conditions);
  },
};

/** The assignment, once its status speaks of its present spec and counts as many ConfigMaps. */
export function settled({ get, eventually }: Stage, name: string, summary: string): Promise<KubernetesObject> {
  const upToDate = ({ metadata, status }: KubernetesObject) =>
    status?.observedGeneration === metadata.generation && status.summary === summary && isReady(status);
  return eventually(() => get('kka', name), upToDate);
}

export function isReady(status: KubernetesObject): boolean {
  return status.conditions.some((found: KubernetesObject) => found.type === 'Ready' && found.status === 'True');
}
