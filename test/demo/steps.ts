/**
 * What the demo shows once the operator runs, in order: a later step may build on what an earlier one has applied.
 */
import type { Step } from './step.ts';
import { lateAssignment } from './steps/late-assignment.ts';
import { malformed } from './steps/malformed.ts';
import { override } from './steps/override.ts';
import { plainFile } from './steps/plain-file.ts';
import { rotation } from './steps/rotation.ts';
import { status } from './steps/status.ts';

export const steps: readonly Step[] = [plainFile, status, override, malformed, rotation, lateAssignment];
