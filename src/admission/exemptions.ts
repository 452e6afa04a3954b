/**
 * The requests that neither webhook judges, whatever the namespace's assignment says.
 */
import { type FileRules, holdsConfigFiles, holdsSameFiles } from '../core/plan/config-object.ts';
import type { Exemption } from './responses.ts';
import type { AdmissionRequest } from './review.ts';

type ExemptionCheck = (request: AdmissionRequest, files: FileRules) => boolean;

/** The first that holds is the answer. */
const checks: readonly (readonly [Exemption, ExemptionCheck])[] = [
  // The API server refuses any change of its data with 422, so that an innocent update of a label would fail.
  ['immutable', (request) => request.operation === 'UPDATE' && request.oldObject.immutable === true],
  ['noConfigFile', ({ object }, files) => !holdsConfigFiles(object, files)],
];

export function exemptionOf(request: AdmissionRequest, files: FileRules): Exemption | undefined {
  return checks.find(([, holds]) => holds(request, files))?.[0];
}

/** An update that changes no Hadoop file, for example of a label: whatever is the matter with them, it makes nothing worse. */
export function leavesFiles(request: AdmissionRequest, files: FileRules): boolean {
  return request.operation === 'UPDATE' && holdsSameFiles(request.object, request.oldObject, files);
}
