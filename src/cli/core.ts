/**
 * What the command line uses of the core and of the custom resource: every import of another part stands here, and in `live.ts`.
 */

export { type ParsedAssignment, parseAssignment } from '../api/key-assignment.ts';
export { isEmptySelector } from '../core/assignment/label-selector.ts';
export {
  type Assignment,
  type Candidate,
  isReadable,
  type Namespace,
  type Resolution,
  resolve,
} from '../core/assignment/resolve.ts';
export { decodeBase64, encodeBase64 } from '../core/base64.ts';
export type { Position } from '../core/formats/xml/position.ts';
export {
  ConfigFiles,
  type ConfigObjectContent,
  type ConfigObjectPlan,
  type FileNote,
  type FilePlan,
  type FileRefusal,
  type FileRules,
  type JsonPatchOperation,
  planConfigFiles,
  planConfigObject,
} from '../core/plan/config-object.ts';
export { defaultFiles } from '../core/plan/default-files.ts';
export { applyEdits, type Edit } from '../core/plan/edits.ts';
export { toExcerpt } from '../core/plan/excerpt.ts';
export { noteReasons, refusalReasons } from '../core/reasons.ts';
