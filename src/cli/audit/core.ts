/**
 * Everything that the audit imports from other folders, under the names that it uses here.
 */
export { assignmentsPath } from '../../cluster/assignments.ts';
export { ApiError, ConnectionError, hasStatus, isRetriable } from '../../cluster/errors.ts';
export { type Collection, type PageEnd, readPage } from '../../cluster/list.ts';
export { buildTransport, type Transport } from '../../cluster/transport.ts';
export { assess, type FileProblem } from '../../controller/compliance.ts';
export { type StoredConfigObject, toStoredConfigObject } from '../../controller/config-objects.ts';
export { type Decision, type DesiredEncryption, decide, type WebhookScope } from '../../controller/decide.ts';
export { type StoredAssignment, toStoredAssignment } from '../../controller/stored-assignment.ts';
export type { LabelSelector } from '../../core/assignment/label-selector.ts';
export type { Assignment, Candidate, Key, Namespace } from '../../core/assignment/resolve.ts';
export { decodeBase64 } from '../../core/base64.ts';
export { effectiveValues, javaTrim } from '../../core/clients/s3a/configuration.ts';
export { propertiesOf, readDocument } from '../../core/clients/s3a/document.ts';
export { globalNames } from '../../core/clients/s3a/encryption-properties.ts';
export { toSettings, toValues } from '../../core/clients/spark/settings.ts';
export { compareTexts } from '../../core/compare-texts.ts';
export { readProperties } from '../../core/formats/properties/read.ts';
export {
  type ConfigFile,
  ConfigFiles,
  type ConfigObjectKind,
  type FileRules,
  isBase64,
} from '../../core/plan/config-files.ts';
export { type ConfigObjectPlan, planConfigObject } from '../../core/plan/config-object.ts';
export { noteReasons } from '../../core/reasons.ts';
export type { StoredObject } from '../../ports/stored-object.ts';
