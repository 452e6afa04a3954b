/**
 * Before the first test that needs a control plane: its binaries, fetched or built where they are missing. vitest's globalSetup.
 */
import { BinariesMissing, ensureBinaries } from '../controlplane/binaries.ts';

export default async function prepareControlPlane(): Promise<void> {
  try {
    await ensureBinaries();
  } catch (error) {
    // Then describeWith finds none, and skips.
    if (!(error instanceof BinariesMissing)) throw error;
    console.error(error.message);
  }
}
