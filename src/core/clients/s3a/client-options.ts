/**
 * Options that keep Hadoop from reading the key in this file (rows 5 and 6).
 */
import type { Violation } from '../../plan/report.ts';
import { type Settings, shortName, unprovable } from './check-input.ts';
import { javaTrim } from './configuration.ts';
import { isAbout } from './option.ts';

/** `u` folds U+017F too, as Java's equalsIgnoreCase does. */
const isFalse = /^false$/iu;

/**
 * Row 6. Every occurrence counts, in either parser version and trimmed or not: an include may decide which of them takes
 * effect, and which value a variable has.
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

/** Row 5: Hadoop looks up the key in a credential store before it reads the configuration. A single blank is a path too. */
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
