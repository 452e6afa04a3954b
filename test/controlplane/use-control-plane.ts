/**
 * One control plane for one suite.
 */
import { afterAll, beforeAll } from 'vitest';
import { type ControlPlane, type ControlPlaneOptions, startControlPlane } from './control-plane.ts';

/** Starts a control plane before the suite's tests and stops it after them; the returned function gives it to hooks and tests. */
export function useControlPlane(options: ControlPlaneOptions = {}): () => ControlPlane {
  let controlPlane: ControlPlane | undefined;
  beforeAll(async () => {
    controlPlane = await startControlPlane(options);
  }, 60_000);
  afterAll(() => controlPlane?.stop(), 60_000);
  return () => {
    if (!controlPlane) throw new Error('the control plane is there for hooks and tests only');
    return controlPlane;
  };
}
