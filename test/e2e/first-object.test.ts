/**
 * The page that leads to the first object: its commands in their order, and what they print.
 */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Output, runCommand } from '../controlplane/command.ts';
import { page, root } from '../docs/pages.ts';
import { ensureJars } from '../hadoop/jars.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { ensureAwsCli } from '../stand-in/install.ts';
import { type StandInProxy, startProxy } from '../stand-in/proxy.ts';
import { type StandIn, startStandIn } from '../stand-in/start.ts';

const { text, blocks } = page('first-object.md');
/** As the page names them, before the block. */
const fileOf = (name: string): string =>
  new RegExp(`^[^\\n]*\`${name}\`[^\`]*\\n\`\`\`\\w+\\n(.*?)^\`\`\``, 'ms').exec(text)?.[1] ?? '';
const files = Object.fromEntries(['assignment.yaml', 'core-site.xml', 'job.yaml'].map((name) => [name, fileOf(name)]));

interface Step {
  readonly command: string;
  /** What the page shows below it. */
  readonly shown: string;
}
const steps: readonly Step[] = blocks
  .filter(({ language }) => language === 'console')
  .flatMap((block) => [...block.text.matchAll(/^\$ ((?:.*\\\n)*.*\n)((?:[^$].*\n)*)/gm)])
  .map(([, command = '', shown = '']) => ({ command: command.trimEnd(), shown }));
/** The page says why. */
const notRun = [/^kubectl .* wait job/, /^aws s3api put-object /, /^aws service-quotas /, /^aws cloudtrail /];
const arnOfPage = /arn:aws:kms:\S+/.exec(text)?.[0] ?? '';

describeWith(['control plane', 'java', 'maven', 'pip'], 'the way to the first object', () => {
  const suite = useProduct();
  let standIn: StandIn;
  let proxy: StandInProxy;
  let environment: NodeJS.ProcessEnv;
  afterAll(async () => {
    await proxy?.stop();
    await standIn?.stop();
  });

  /** With errors as errors, and with the variables that the commands before have set. */
  const inShell = (command: string): Promise<Output> => {
    const script = `touch .variables; . ./.variables; ${command}\ndeclare -p KEY_ARN AWS_DEFAULT_REGION > .variables 2> .unset || true`;
    return runCommand('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: join(standIn.folder, 'reader'),
      env: environment,
    });
  };
  /** The Job's command with the stored file, as its pod would run it. */
  const inPod = (more = '') => {
    const [container] = parse(files['job.yaml'] as string).spec.template.spec.containers;
    const command = container.command.join(' ').replaceAll('/conf/', 'conf/');
    const mount =
      "mkdir -p conf; kubectl -n finance get configmap hadoop -o jsonpath='{.data.core-site\\.xml}' > conf/core-site.xml";
    return inShell(`${mount}\n${more}\nHADOOP_CONF_DIR=conf ${command}`);
  };

  beforeAll(async () => {
    standIn = await startStandIn([]);
    proxy = await startProxy(standIn.ca, standIn.ports.http);
    const [reader, programs] = [join(standIn.folder, 'reader'), join(standIn.folder, 'bin')];
    for (const folder of [reader, programs]) await mkdir(folder);
    for (const [name, content] of Object.entries(files)) await writeFile(join(reader, name), content);
    await writeFile(join(reader, 'ca.crt'), standIn.ca.certificate);
    await writeFile(join(reader, 'token'), 'what the stand-in for STS takes from everybody');

    const flags = standIn.javaFlags.filter((flag) => !flag.includes('region'));
    const throughProxy = ['-D', 'fs.s3a.proxy.host=127.0.0.1', '-D', `fs.s3a.proxy.port=${proxy.port}`];
    const jars = join(await ensureJars('3.5.0'), '*');
    const scripts = {
      aws: `PYTHONPATH=${await ensureAwsCli()} exec python3 -m awscli "$@"`,
      'sse-kms': `exec ${process.execPath} ${join(root, 'src', 'main.ts')} "$@"`,
      hadoop: `shift
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_DEFAULT_REGION
export AWS_REGION=us-west-2 AWS_ENDPOINT_URL_STS=http://127.0.0.1:${standIn.ports.http}
exec java ${flags.join(' ')} -cp "$HADOOP_CONF_DIR:${jars}" org.apache.hadoop.fs.FsShell ${throughProxy.join(' ')} "$@"`,
    };
    for (const [name, script] of Object.entries(scripts)) {
      await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(programs, name), 0o755);
    }
    const { binaries, kubeconfigPath } = suite.cluster();
    environment = {
      PATH: [programs, dirname(binaries.kubectl), process.env.PATH].join(delimiter),
      HOME: standIn.folder,
      KUBECONFIG: kubeconfigPath,
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: '127.0.0.1,localhost',
      AWS_CA_BUNDLE: join(reader, 'ca.crt'),
      AWS_ACCESS_KEY_ID: 'AKIASTANDIN',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/finance-etl',
      AWS_WEB_IDENTITY_TOKEN_FILE: join(reader, 'token'),
    };
    await inShell("aws iam create-role --role-name finance-etl --assume-role-policy-document '{}'");
  }, 600_000);

  it('has its files and its commands', () => {
    expect(Object.values(files).filter((content) => content.length < 50)).toEqual([]);
    expect(steps.length).toBeGreaterThan(25);
    for (const pattern of notRun)
      expect(
        steps.filter(({ command }) => pattern.test(command)),
        `${pattern}`,
      ).toHaveLength(1);
  });

  it('is what the page says, command by command', { timeout: 300_000 }, async () => {
    for (const { command, shown } of steps) {
      if (command.includes('wait job')) await inPod();
      if (notRun.some((pattern) => pattern.test(command))) continue;
      const { stdout } = await inShell(command);
      if (shown === '') continue;
      expect.soft(stdout.replaceAll(/arn:aws:kms:\S+/g, arnOfPage), command).toBe(shown);
    }
    const asked = standIn.takeSent().find(({ path }) => path.startsWith('/finance-ledger/first-object'))?.sent;
    expect(asked).toMatchObject({ 'x-amz-server-side-encryption': 'aws:kms' });
    const { stdout } = await inShell(
      'aws s3api head-object --bucket finance-ledger --key first-object --query SSEKMSKeyId --output text; echo $KEY_ARN',
    );
    const [stored, assigned] = stdout.trim().split('\n');
    expect(stored).toBe(assigned);
    expect(asked?.['x-amz-server-side-encryption-aws-kms-key-id']).toBe(assigned);
  });

  const again = 'aws s3api delete-bucket-policy --bucket finance-ledger; aws s3 rm s3://finance-ledger/first-object';
  it.each([
    { word: 'NoAuthWithAWSException', cause: 'unset AWS_ROLE_ARN' },
    {
      word: 'KMS.DisabledException',
      cause: 'aws kms disable-key --key-id $(basename $KEY_ARN)',
      undo: 'aws kms enable-key --key-id $(basename $KEY_ARN)',
    },
    {
      word: 'KMS.NotFoundException',
      cause: `aws s3 rb s3://finance-ledger
AWS_DEFAULT_REGION=eu-central-1 aws s3api create-bucket --bucket finance-ledger --create-bucket-configuration LocationConstraint=eu-central-1
sed -i 's/us-west-2</eu-central-1</' conf/core-site.xml`,
      undo: `AWS_DEFAULT_REGION=eu-central-1 aws s3 rb s3://finance-ledger
aws s3api create-bucket --bucket finance-ledger --create-bucket-configuration LocationConstraint=us-west-2`,
    },
    { word: 'KMS.KMSInvalidStateException', cause: 'aws kms schedule-key-deletion --key-id $(basename $KEY_ARN)' },
  ])('says $word where the page says so', { timeout: 120_000 }, async ({ word, cause, undo = '' }) => {
    expect(text).toContain(`\`${word}\``);
    await inShell(`(${again}) || true`);
    const said = await inPod(cause).then(
      () => '',
      (error: Error) => error.message,
    );
    await inShell(undo);
    expect(said).toContain(word);
  });
});
