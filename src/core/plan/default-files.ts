/**
 * The data keys that are config files by default, in the operator and on the command line.
 */
import type { FileRules } from './config-files.ts';

export const defaultFiles = {
  core: ['core-site.xml'],
  hive: ['hive-site.xml', 'metastore-site.xml', 'hivemetastore-site.xml', 'hiveserver2-site.xml'],
  other: [
    '*-site.xml',
    '*-default.xml',
    '__spark_hadoop_conf__.xml',
    'resource-types.xml',
    'node-resources.xml',
    'hadoop-policy.xml',
  ],
  spark: ['spark.properties', 'spark-defaults.conf'],
  byContent: false,
} as const satisfies FileRules;
