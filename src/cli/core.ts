/**
 * What the command line uses of the core, of the custom resource and of the cluster client: every import of another part stands here.
 */
export { type ParsedAssignment, parseAssignment } from '../api/key-assignment.ts';
export {
  type Assignment,
  type Candidate,
  isReadable,
  type Namespace,
  type Resolution,
  resolve,
} from '../core/assignment/resolve.ts';
export { decodeBase64, encodeBase64 } from '../core/base64.ts';
export { locator, type Position } from '../core/formats/xml/position.ts';
export {
  type ConfigMapContent,
  type ConfigMapPlan,
  type FileNote,
  type FilePlan,
  type FileRefusal,
  type HadoopFiles,
  isCarrier as isConfigObject,
  planConfigMap,
} from '../core/plan/config-object.ts';
export { defaultFiles } from '../core/plan/default-files.ts';
export { toExcerpt } from '../core/plan/excerpt.ts';
export { noteReasons, refusalReasons } from '../core/reasons.ts';
