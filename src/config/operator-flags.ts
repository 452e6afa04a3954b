/**
 * The flags of `sse-kms operator`. The defaults are the chart's; what a pod knows about itself comes from its environment.
 */
import { hostname } from 'node:os';
import { z } from 'zod';
import { defaultFiles } from '../core/plan/default-files.ts';
import type { Environment } from './environment.ts';
import type { Flag, FlagValues } from './flags.ts';

const day = 86_400;
const certificateModes = ['self-managed', 'cert-manager', 'provided'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const label = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be lower-case letters, digits and '-'");
const objectName = z
  .string()
  .regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/, "must be lower-case letters, digits, '-' and '.'");
const address = z.union([z.ipv4(), z.ipv6()], "must be an IP address, for example '::' or '0.0.0.0'");
const logLevel = z.enum(logLevels, `must be one of ${logLevels.join(', ')}`);
const dataKeys = z
  .string()
  .regex(/^([-._a-zA-Z0-9]+(,[-._a-zA-Z0-9]+)*)?$/, 'must be data keys of ConfigMaps, separated by commas')
  .transform((text) => (text === '' ? [] : text.split(',')));

const dataKeyPatterns = z
  .string()
  .regex(
    /^(\*?[-._a-zA-Z0-9]+(,\*?[-._a-zA-Z0-9]+)*)?$/,
    "must be data keys of ConfigMaps, '*' in front or not, separated by commas",
  )
  .transform((text) => (text === '' ? [] : text.split(',')));

const reference = z.string().regex(/^[^\s#]{1,500}$/, "must be an address without '#' and blanks");

const url = z
  .string()
  .regex(/^(https?:\/\/[^\s/@?#]+(\/[^\s?#]*)?)?$/, 'must be empty, or begin with https:// or http://');

const regionName = z.string().regex(/^([a-z]+(-[a-z]+)+-[0-9]+)?$/, "must be an AWS Region, for example 'us-west-2'");

const yesOrNo = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** A variable that is not the operator's own must not keep it from starting. */
function ifValid(schema: z.ZodType<string, string>, text = ''): string {
  return schema.safeParse(text).success ? text : '';
}

function whole(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  const inRange = (n: number) => n >= least && n <= most;
  return z
    .string()
    .regex(/^\d{1,12}$/, message)
    .transform(Number)
    .refine(inRange, message);
}

function flag<T>(placeholder: string, about: string, schema: z.ZodType<T, string>, fallback?: string): Flag<T> {
  return { placeholder, about, schema, fallback };
}

export function operatorFlags(env: Environment) {
  return {
    namespace: {
      ...flag('NAME', 'the namespace the operator runs in', label, env.POD_NAMESPACE),
      fallbackInHelp: 'POD_NAMESPACE',
    },
    'pod-name': {
      ...flag('NAME', 'what this replica is called in Events', objectName, env.POD_NAME ?? hostname().toLowerCase()),
      fallbackInHelp: 'POD_NAME, else the host name',
    },
    'service-name': flag('NAME', 'Service that API servers call', label, 'sse-kms-operator'),
    'mutating-webhook-configuration': flag(
      'NAME',
      'whose caBundle is kept right, and whose namespaceSelector says what is covered',
      objectName,
      'sse-kms-operator',
    ),
    'validating-webhook-configuration': flag('NAME', 'whose caBundle is kept right', objectName, 'sse-kms-operator'),
    'ca-secret': flag('NAME', 'Secret of the CA, created where it is missing', objectName, 'sse-kms-operator-ca'),
    'lease-name': flag('NAME', 'Lease that decides which replica leads', objectName, 'sse-kms-operator'),
    'lease-seconds': flag(
      'SECONDS',
      'until another replica leads where the leader vanished; it counts on two thirds of them itself',
      whole(2, 3600),
      '15',
    ),
    'contention-lease-name': flag(
      'NAME',
      'Lease by which replicas share with the leader which updates they changed back',
      objectName,
      'sse-kms-operator-contention',
    ),
    'bind-address': flag('IP', 'where to listen; :: is every address, of IPv4 too', address, '::'),
    'webhook-port': flag('PORT', 'for POST /mutate and /validate, over TLS', whole(1, 65_535), '10250'),
    'probe-port': flag('PORT', 'for GET /healthz and /readyz, over plain HTTP', whole(1, 65_535), '8081'),
    'metrics-port': flag('PORT', 'for GET /metrics, over plain HTTP; 0 serves none', whole(0, 65_535), '0'),
    'core-files': flag('KEYS', 'data keys that get the encryption properties', dataKeys, defaultFiles.core.join()),
    'hive-files': flag(
      'KEYS',
      "Hive's, which get them too, since most metastores read nothing else",
      dataKeys,
      defaultFiles.hive.join(),
    ),
    'other-files': flag(
      'KEYS',
      "others that clients load by name, '*' in front for any beginning: they get them where no core file stands beside them, and where they say anything about encryption",
      dataKeyPatterns,
      defaultFiles.other.join(),
    ),
    'spark-files': flag(
      'KEYS',
      "data keys of Spark's properties, which get them at their end",
      dataKeys,
      defaultFiles.spark.join(),
    ),
    'files-by-content': flag(
      'BOOLEAN',
      'under Strict also every other value that is a Hadoop <configuration>, whatever its data key',
      yesOrNo,
      'false',
    ),
    secrets: flag('BOOLEAN', 'Secrets as well as ConfigMaps', yesOrNo, 'false'),
    reports: flag(
      'BOOLEAN',
      'a Report of OpenReports (openreports.io) in each namespace with config objects',
      yesOrNo,
      'false',
    ),
    'kms-verify': flag('BOOLEAN', 'ask AWS KMS whether S3 can encrypt with the assigned keys', yesOrNo, 'false'),
    'kms-endpoint': flag('URL', "of KMS, in place of AWS's own in each Region", url, ''),
    's3-endpoint': {
      ...flag(
        'URL',
        "of S3, which tells where a bucket is, in place of AWS's own",
        url,
        ifValid(url, env.AWS_ENDPOINT_URL_S3),
      ),
      fallbackInHelp: 'AWS_ENDPOINT_URL_S3',
    },
    'kms-region': {
      ...flag(
        'REGION',
        "whose default key (aws/s3) is asked for where the account's default is assigned",
        regionName,
        ifValid(regionName, env.AWS_REGION) || ifValid(regionName, env.AWS_DEFAULT_REGION),
      ),
      fallbackInHelp: 'AWS_REGION, else AWS_DEFAULT_REGION',
    },
    'kms-interval-seconds': flag('SECONDS', 'between two questions about one key', whole(5, day), '300'),
    concurrency: flag('COUNT', 'ConfigMaps that are repaired at once', whole(1, 1000), '8'),
    'resync-seconds': flag('SECONDS', 'between two complete lists of all that is watched', whole(10, day), '600'),
    'certificate-mode': flag(
      'MODE',
      `${certificateModes.join(', ')}: a CA of the operator's own; files whose CA cainjector writes into the caBundle; files whose CA the operator writes there`,
      z.enum(certificateModes, `must be one of ${certificateModes.join(', ')}`),
      'self-managed',
    ),
    'certificate-folder': flag(
      'FOLDER',
      'tls.crt, tls.key and ca.crt, unless certificates are self-managed',
      z.string().min(1, 'must be a folder'),
      '/certificates',
    ),
    'stale-seconds': flag(
      'SECONDS',
      'without a sign of life from the API server after which /healthz fails; in quiet times there is one a minute',
      whole(1, day),
      '900',
    ),
    'ca-lifetime-seconds': flag('SECONDS', 'of the CA, renewed after two thirds', whole(2, 3650 * day), `${365 * day}`),
    'leaf-lifetime-seconds': flag(
      'SECONDS',
      "of each replica's certificate, renewed likewise",
      whole(1, 365 * day),
      `${7 * day}`,
    ),
    'drain-seconds': flag('SECONDS', 'to go on answering after SIGTERM, while endpoints change', whole(0, 600), '10'),
    'docs-url': flag(
      'URL',
      "page that denials point at; they add '#' and their reason in lower case",
      reference,
      'charts/sse-kms-operator/docs/denied.md',
    ),
    'log-level': flag('LEVEL', logLevels.join(', '), logLevel, 'info'),
    kubeconfig: {
      ...flag('FILE', 'the cluster and the credentials', z.string().min(1, 'must be a file'), toKubeconfig(env)),
      fallbackInHelp: "the pod's ServiceAccount, else KUBECONFIG",
    },
  };
}

export type OperatorValues = FlagValues<ReturnType<typeof operatorFlags>>;

/** In place of a kubeconfig: the pod's own ServiceAccount. */
export const inCluster = '(in cluster)';

function toKubeconfig(env: Environment): string | undefined {
  return env.KUBERNETES_SERVICE_HOST ? inCluster : env.KUBECONFIG || undefined;
}

/** Mistakes that involve more than one flag. */
export function contradictions(values: OperatorValues): string[] {
  const named = (['core-files', 'hive-files', 'other-files', 'spark-files'] as const).flatMap((flag) =>
    values[flag].map((key) => ({ flag, key })),
  );
  const twice = named.filter(({ key }, index) => named.findIndex((other) => other.key === key) !== index);
  return [
    values['leaf-lifetime-seconds'] >= values['ca-lifetime-seconds'] &&
      '--leaf-lifetime-seconds must be shorter than --ca-lifetime-seconds',
    values['webhook-port'] === values['probe-port'] && '--webhook-port and --probe-port must not be the same',
    [values['webhook-port'], values['probe-port']].includes(values['metrics-port']) &&
      '--metrics-port must be another than --webhook-port and --probe-port',
    values['core-files'].length === 0 && '--core-files must name at least one data key',
    ...twice.map(({ flag, key }) => `--${flag} must not name ${key}, which is named before`),
  ].filter((mistake) => mistake !== false);
}
