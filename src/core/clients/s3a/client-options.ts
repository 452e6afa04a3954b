/**
 * Options by which Hadoop would not ask this file for the key (rows 5 and 6).
 */
import type { Violation } from '../../plan/report.ts';
import { type Settings, shortName, unprovable } from './check-input.ts';
import { javaTrim } from './configuration.ts';
import { isAbout } from './option.ts';

/** `u` folds U+017F too, as Java's equalsIgnoreCase does. */
const isFalse = /^false$/iu;

/**
 * Row 6: in either parser version, trimmed or not, wherever it stands, since an include decides which one counts, and so which
 * value a variable has.
 */
export function clearTextFallback({ properties }: Settings): Violation[] {
  const key = 'hadoop.security.credential.clear-text-fallback';
  return properties.flatMap(({ name, value, offset }) => {
    if (name !== key || value === null) return [];
    const variable = value.includes('${');
    if (!variable && !isFalse.test(javaTrim(value))) return [];
    const what = variable ? 'may be false at run time' : 'is false';
    const message = `${key} ${what}, and then Hadoop does not read the encryption properties from this file: remove it`;
    return [{ reason: 'ClearTextFallbackOff' as const, offset, message }];
  });
}

/** Row 5: a credential store is asked for the key before the configuration is. One blank is a path, too. */
export function credentialProviders({ properties, unmanaged }: Settings): Violation[] {
  const names = /^(?:hadoop|fs\.s3a)\.security\.credential\.provider\.path$/;
  return properties
    .filter(({ name, value }) => isAbout(names, name, unmanaged) && value !== null && value !== '')
    .map(({ name, offset }) =>
      unprovable(
        offset,
        `${shortName(name)}: a credential store that holds an encryption key would override the assignment`,
      ),
    );
}
