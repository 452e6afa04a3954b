/**
 * Before the first test beside a partner: its programs and the control plane's, fetched or built where they are missing. vitest's globalSetup.
 */
import { BinariesMissing, ensurePartners } from '../controlplane/binaries.ts';
import prepareControlPlane from './prepare-control-plane.ts';

export default async function preparePartners(): Promise<void> {
  await prepareControlPlane();
  try {
    await ensurePartners();
  } catch (error) {
    // Then describeWith finds none, and skips.
    if (!(error instanceof BinariesMissing)) throw error;
    console.error(error.message);
  }
}
