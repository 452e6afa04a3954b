/**
 * The checks of single settings, for every file format.
 */
import type { Violation } from '../../plan/report.ts';
import type { Settings } from './check-input.ts';
import { clearTextFallback, credentialProviders } from './client-options.ts';
import { customHeaders } from './custom-headers.ts';
import { hiddenSettings } from './hidden-settings.ts';
import { loadedClasses } from './loaded-classes.ts';
import { otherBuckets } from './other-buckets.ts';

export const settingChecks: readonly ((settings: Settings) => readonly Violation[])[] = [
  clearTextFallback,
  credentialProviders,
  customHeaders,
  loadedClasses,
  otherBuckets,
  hiddenSettings,
];
