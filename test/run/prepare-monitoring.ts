/**
 * Before the first test that needs Prometheus: its programs and the control plane's, fetched or built where they are missing. vitest's globalSetup.
 */
import { BinariesMissing, ensureMonitoring } from '../controlplane/binaries.ts';
import prepareControlPlane from './prepare-control-plane.ts';

export default async function prepareMonitoring(): Promise<void> {
  await prepareControlPlane();
  try {
    await ensureMonitoring();
  } catch (error) {
    // Then describeWith finds none, and skips.
    if (!(error instanceof BinariesMissing)) throw error;
    console.error(error.message);
  }
}
