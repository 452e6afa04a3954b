/**
 * Before the first test that needs the linters: they and the control plane's programs, fetched or built where they are missing. vitest's globalSetup.
 */
import { BinariesMissing, ensureLinters } from '../controlplane/binaries.ts';
import prepareControlPlane from './prepare-control-plane.ts';

export default async function prepareLinters(): Promise<void> {
  await prepareControlPlane();
  try {
    await ensureLinters();
  } catch (error) {
    // Then describeWith finds none, and skips.
    if (!(error instanceof BinariesMissing)) throw error;
    console.error(error.message);
  }
}
