/**
 * Why a property doesn't count, in words.
 */
import type { Lost } from './core.ts';

/** A part of a sentence, before the place of the property that counts instead. */
export function toReason(why: Lost['why'], version: string): string {
  switch (why) {
    case 'earlierFinal':
      return 'an earlier property of this name is final';
    case 'frozenWithoutValue':
      return 'an earlier property of this name is final and has no value, which keeps the name unset';
    case 'laterProperty':
      return 'a later entry of the same file overrides it';
    case 'laterFile':
      return 'a file that is loaded later overrides it';
    case 'setBySpark':
      return "Spark sets it, which Hadoop's final properties don't withstand";
    case 'bucketSetting':
      return 'the bucket has a setting of its own';
    case 'longName':
      return 'S3A looks at the long name of the bucket first';
    case 'newName':
      return 'S3A looks at the new name of the bucket first';
    case 'globalFirst':
      return 'this release looks at the setting for all buckets first';
    case 'blank':
      return 'its value is blank, so that S3A looks further';
    case 'noValue':
      return 'it has no value, which sets nothing';
    case 'notReadByVersion':
      return `S3A of Hadoop ${version} doesn't read this name`;
    case 'blanksInName':
      return 'the name has blanks around it in its attribute, which Hadoop keeps: nothing asks for such a name';
    case 'behindFallback':
      return 'it stands behind a <fallback>, from where on Hadoop ignores properties';
    case 'clearTextFallbackOff':
      return 'hadoop.security.credential.clear-text-fallback is false: Hadoop reads no key and no algorithm from files';
  }
}
