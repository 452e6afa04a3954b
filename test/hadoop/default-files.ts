/**
 * Which data keys are Hadoop files where nobody says otherwise.
 */
import { parseCommandLine } from '../../src/config/command-line.ts';
import type { FileRules } from '../../src/core/plan/config-object.ts';

/** As the operator has them that is started with no more flags than it must have. */
export function readDefaultFiles(): FileRules {
  const line = parseCommandLine(['operator', '--namespace=sse-kms', '--kubeconfig=none'], {});
  if (line.kind !== 'operator') throw new Error(JSON.stringify(line));
  return line.config.files;
}
