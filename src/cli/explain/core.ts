/**
 * What `explain` uses of the core, beyond what the other commands do.
 */
export type { EffectiveEncryption } from '../../core/explain/encryption.ts';
export {
  type Configuration,
  type ConfigurationRead,
  type Explanation,
  explain,
  type Overridden,
  readConfiguration,
} from '../../core/explain/explain.ts';
export { findHazards, type Hazard, toPlace } from '../../core/explain/hazards.ts';
export type { Lost } from '../../core/explain/load.ts';
export type { SettingDecision } from '../../core/explain/look-up.ts';
export type { ConfigurationSource, Occurrence, Place, Unreadable } from '../../core/explain/occurrence.ts';
export type { FindIncluded, Included } from '../../core/explain/read-hadoop.ts';
export {
  type EncryptionSetting,
  findRelease,
  isUnknownVersion,
  newestVersion,
  type Release,
  testedVersions,
} from '../../core/explain/version.ts';
