/**
 * Options that several commands have, and what they come to.
 */
import type { OptionValues } from './command.ts';
import { defaultFiles, type FileRules } from './core.ts';
import { UsageError } from './errors.ts';

/** Of commands that ask a cluster; `connect` (live.ts) takes their values. */
export const liveOptions = {
  kubeconfig: { value: 'FILE', about: 'the cluster and the credentials', completes: 'file' },
  context: { value: 'NAME', about: 'which context of the kubeconfig, if not its current one' },
} as const;

/** Which data keys are Hadoop files, as in the chart's `files`; `toFileRules` takes their values. */
export const fileOptions = {
  'core-files': { value: 'KEYS', about: 'data keys that get the properties', fallback: defaultFiles.core.join() },
  'hive-files': { value: 'KEYS', about: "Hive's, which get them too", fallback: defaultFiles.hive.join() },
  'other-files': {
    value: 'KEYS',
    about: "others that clients load by name, '*' in front for any beginning",
    fallback: defaultFiles.other.join(),
  },
  'spark-files': { value: 'KEYS', about: "those of Spark's properties", fallback: defaultFiles.spark.join() },
  'files-by-content': { about: 'under Strict also every other value that is a Hadoop <configuration>' },
} as const;

/** @throws UsageError where a list isn't one, or a data key stands in two of them */
export function toFileRules(values: OptionValues<typeof fileOptions>): FileRules {
  const files = {
    core: toKeys('core-files', values['core-files']),
    hive: toKeys('hive-files', values['hive-files']),
    other: toKeys('other-files', values['other-files']),
    spark: toKeys('spark-files', values['spark-files']),
    byContent: values['files-by-content'],
  };
  const { core, hive, other, spark } = files;
  if (core.length === 0) throw new UsageError('--core-files must name at least one data key');
  const named = [...core, ...hive, ...other, ...spark];
  const twice = named.find((key, index) => named.indexOf(key) !== index);
  if (twice !== undefined)
    throw new UsageError(`${twice} is named twice by --core-files, --hive-files, --other-files or --spark-files`);
  return files;
}

function toKeys(option: string, text: string): string[] {
  const keys = text === '' ? [] : text.split(',');
  const wrong = keys.find(
    (key) => !/^\*?[-._a-zA-Z0-9]+$/.test(key) || (key.startsWith('*') && option !== 'other-files'),
  );
  if (wrong === undefined) return keys;
  throw new UsageError(`--${option} must be data keys of ConfigMaps, separated by commas, not '${wrong}'`);
}
