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
} from '../core/assignment.ts';
export { decodeBase64, encodeBase64 } from '../core/base64.ts';
export {
  type ConfigMapContent,
  type ConfigMapPlan,
  type FileNote,
  type FilePlan,
  type FileRefusal,
  type HadoopFiles,
  isCarrier as isConfigObject,
  planConfigMap,
} from '../core/config-map.ts';
export { defaultFiles } from '../core/default-files.ts';
export { toExcerpt } from '../core/excerpt.ts';
export { noteReasons, refusalReasons } from '../core/reasons.ts';
export { locator, type Position } from '../core/xml/position.ts';
