import { describe, expect, it } from 'vitest';
import { type CommandLine, type Config, parseCommandLine } from '../../src/config/command-line.ts';
import { operatorFlags } from '../../src/config/operator-flags.ts';

const pod = { KUBERNETES_SERVICE_HOST: '10.0.0.1', POD_NAMESPACE: 'system', POD_NAME: 'operator-0' };
const parse = (line: string, env: Record<string, string> = pod): CommandLine => {
  const [command, ...words] = line.split(' ').filter(Boolean);
  return parseCommandLine(command as 'operator' | 'self-test', words, env);
};

function configOf(line: string, env?: Record<string, string>): Config {
  const parsed = parse(`operator ${line}`, env);
  if (parsed.kind !== 'operator') throw new Error(JSON.stringify(parsed));
  return parsed.config;
}

/** The flags and words that the answer complains about. */
function mistakesOf(line: string, env?: Record<string, string>): string[] {
  const parsed = parse(line, env);
  if (parsed.kind !== 'mistake') throw new Error(parsed.kind);
  const [told = ''] = parsed.text.split('\n\n');
  return [...told.matchAll(/^sse-kms(?: operator)?: (\S+)/gm)].map(([, subject]) => subject ?? '');
}

describe('in a pod', () => {
  it('every flag has a default', () => {
    expect(configOf('')).toEqual({
      kubeConfig: { kind: 'inCluster' },
      namespace: 'system',
      podName: 'operator-0',
      serviceName: 'sse-kms-operator',
      mutatingWebhookConfiguration: 'sse-kms-operator',
      validatingWebhookConfiguration: 'sse-kms-operator',
      caSecret: 'sse-kms-operator-ca',
      leaseName: 'sse-kms-operator',
      contentionLeaseName: 'sse-kms-operator-contention',
      leaseSeconds: 15,
      staleSeconds: 900,
      bindAddress: '::',
      webhookPort: 10250,
      probePort: 8081,
      metricsPort: 0,
      files: {
        core: ['core-site.xml'],
        hive: ['hive-site.xml', 'metastore-site.xml', 'hivemetastore-site.xml', 'hiveserver2-site.xml'],
        other: [
          ...['*-site.xml', '*-default.xml', '__spark_hadoop_conf__.xml'],
          ...['resource-types.xml', 'node-resources.xml', 'hadoop-policy.xml'],
        ],
        spark: ['spark.properties', 'spark-defaults.conf'],
        byContent: false,
      },
      secrets: false,
      reports: false,
      kmsVerify: false,
      kmsEndpoint: '',
      s3Endpoint: '',
      kmsRegion: '',
      kmsIntervalSeconds: 300,
      concurrency: 8,
      resyncSeconds: 600,
      certificateMode: 'self-managed',
      certificateFolder: '/certificates',
      caLifetimeSeconds: 31_536_000,
      leafLifetimeSeconds: 604_800,
      drainSeconds: 10,
      docsUrl: 'charts/sse-kms-operator/docs/denied.md',
      logLevel: 'info',
    });
  });

  it("AWS's variables count where keys are verified, and one that is no Region is left aside", () => {
    const { kmsRegion, s3Endpoint } = configOf('', {
      ...pod,
      AWS_REGION: 'cn-north-1',
      AWS_ENDPOINT_URL_S3: 'http://[::1]:9',
    });
    expect([kmsRegion, s3Endpoint]).toEqual(['cn-north-1', 'http://[::1]:9']);
    expect(configOf('', { ...pod, AWS_REGION: 'aws-global', AWS_DEFAULT_REGION: 'us-gov-west-1' }).kmsRegion).toBe(
      'us-gov-west-1',
    );
    expect(configOf('', { ...pod, AWS_REGION: '', AWS_ENDPOINT_URL_S3: 's3.local' })).toMatchObject({
      kmsRegion: '',
      s3Endpoint: '',
    });
    expect(configOf('--kms-region eu-west-1', { ...pod, AWS_REGION: 'us-west-2' }).kmsRegion).toBe('eu-west-1');
  });

  it('a flag wins over its default, with a blank or an equals sign', () => {
    expect(configOf('--namespace other --webhook-port=8443 --other-files=')).toMatchObject({
      namespace: 'other',
      webhookPort: 8443,
      files: { core: ['core-site.xml'], other: [] },
    });
  });

  it('options are on or off in words', () => {
    expect(configOf('--files-by-content true --secrets=true')).toMatchObject({
      files: { byContent: true },
      secrets: true,
    });
    expect(mistakesOf('operator --secrets=yes --files-by-content 1')).toEqual(['--files-by-content', '--secrets']);
  });

  it('the configuration cannot be changed afterwards', () => {
    expect(Object.isFrozen(configOf(''))).toBe(true);
    expect(Object.isFrozen(configOf('').files)).toBe(true);
  });

  it('a kubeconfig that is named wins over the ServiceAccount', () => {
    expect(configOf('--kubeconfig /a').kubeConfig).toEqual({ kind: 'files', paths: ['/a'] });
  });
});

describe('outside a cluster', () => {
  it('KUBECONFIG says where the cluster is, in several files if need be', () => {
    expect(configOf('--namespace a', { KUBECONFIG: '/a:/b:' }).kubeConfig).toEqual({
      kind: 'files',
      paths: ['/a', '/b'],
    });
  });

  it('what cannot be known is asked for, all at once', () => {
    expect(mistakesOf('operator', {})).toEqual(['--namespace', '--kubeconfig']);
  });
});

describe('a mistake', () => {
  it.each([
    ['operator --nmespace x', ['--nmespace']],
    ['operator -n x y', ['-n', "'y'"]],
    ['operator extra', ["'extra'"]],
    ['operator --webhook-port', ['--webhook-port']],
    ['operator --log-level --probe-port 1', ['--log-level', "'1'"]],
    ['operator --probe-port 1 --probe-port 2', ['--probe-port']],
    ['operator --webhook-port 0', ['--webhook-port']],
    ['operator --webhook-port 65536', ['--webhook-port']],
    ['operator --webhook-port 1e3', ['--webhook-port']],
    ['operator --webhook-port -1', ['--webhook-port']],
    ['operator --webhook-port=', ['--webhook-port']],
    ['operator --drain-seconds 1.5', ['--drain-seconds']],
    ['operator --namespace Upper', ['--namespace']],
    ['operator --ca-secret a_b', ['--ca-secret']],
    [`operator --service-name ${'a'.repeat(64)}`, ['--service-name']],
    ['operator --bind-address localhost', ['--bind-address']],
    ['operator --core-files a,,b', ['--core-files']],
    ['operator --core-files a/b', ['--core-files']],
    ['operator --core-files=', ['--core-files']],
    ['operator --other-files core-site.xml', ['--other-files']],
    ['operator --other-files a*b', ['--other-files']],
    ['operator --core-files *-site.xml', ['--core-files']],
    ['operator --log-level loud', ['--log-level']],
    ['operator --leaf-lifetime-seconds 10 --ca-lifetime-seconds 10', ['--leaf-lifetime-seconds']],
    ['operator --probe-port 10250', ['--webhook-port']],
    ['operator --metrics-port 8081', ['--metrics-port']],
    ['operator --metrics-port 65536', ['--metrics-port']],
    ['operator --__proto__ x', ['--__proto__']],
    ['operator --concurrency x --log-level y', ['--concurrency', '--log-level']],
  ])('is told by name: %s', (line, subjects) => {
    expect(mistakesOf(line)).toEqual(subjects);
  });
});

describe('help', () => {
  it.each(['operator --help', 'self-test -h', 'operator --webhook-port x -h'])(
    '%s is printed, and nothing is done',
    (line) => {
      expect(parse(line)).toMatchObject({ kind: 'print' });
    },
  );

  it('the help of a command names every flag, and no secret of the environment', () => {
    const parsed = parse('operator --help', { ...pod, POD_NAMESPACE: 'hidden' });
    if (parsed.kind !== 'print') throw new Error(parsed.kind);
    const flags = [...parsed.text.matchAll(/^ {2}(--\S+) [A-Z]+$/gm)].map(([, flag]) => flag);
    expect(flags.sort()).toEqual(
      Object.keys(operatorFlags({}))
        .map((name) => `--${name}`)
        .sort(),
    );
    expect(parsed.text).not.toContain('hidden');
  });

  it('reads the command line that helm test gives', () => {
    const line = 'self-test --namespace=t --assignment=a.b --core-files=my-core.xml,core-site.xml';
    expect(parse(line)).toEqual({
      kind: 'selfTest',
      config: {
        kubeConfig: { kind: 'inCluster' },
        namespace: 't',
        assignment: 'a.b',
        coreFiles: ['my-core.xml', 'core-site.xml'],
        timeoutSeconds: 60,
      },
    });
    // Not even the pod's own namespace is taken for the one to write in.
    expect(parse('self-test --assignment=a')).toMatchObject({ kind: 'mistake' });
  });
});
