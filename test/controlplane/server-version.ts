/**
 * Which minor version of Kubernetes a test meets: `npm run test:oldest` runs some suites on an older one.
 */
import type { ControlPlane } from './control-plane.ts';

/** Whether the API server is of 1.MINOR or later. */
export async function isAtLeast(minor: number, cluster: Pick<ControlPlane, 'kubectl'>): Promise<boolean> {
  const { gitVersion } = JSON.parse((await cluster.kubectl(['get', '--raw', '/version'])).stdout);
  return Number(gitVersion.split('.')[1]) >= minor;
}
