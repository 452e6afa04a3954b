/**
 * The documentation's commands, manifests and messages, against a real API server with the product on it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCommand } from '../controlplane/command.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { eventually } from '../product/eventually.ts';
import { installProduct, type Product } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, plainFile } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { docs, type Page, page, pages, root } from './pages.ts';

/** These have tests of their own (test/monitoring, test/chart, test/cli, test/e2e), but for releases, which need a registry. */
const elsewhere = [
  'runbooks',
  'integration',
  'release',
  'aws',
  'first-object',
  'audit',
  'command-line',
  'pipelines',
].map((name) => `${docs}/${name}.md`);
const read = pages.filter(({ path }) => !elsewhere.includes(path));

/** Lines that begin with `$ `, with those that continue them. */
function commandsOf({ blocks }: Page): string[] {
  const lines = blocks.filter(({ language }) => language === 'console').map(({ text }) => text);
  return lines.flatMap((text) => [...text.matchAll(/^\$ ((?:.*\\\n)*.*)$/gm)].map(([, command = '']) => command));
}

const commands = [...new Set(read.flatMap(commandsOf))];
const kubectl = commands
  .filter((command) => command.startsWith('kubectl '))
  // There are no nodes to roll out to, and only other certificate modes have a Secret of one's own.
  .filter((command) => !/rollout status|create secret/.test(command));
// Tests need pods, and what goes back a revision is tested with the chart's life cycle.
const helm = commands.filter((command) => /^helm (?!test|rollback)/.test(command));

const yaml = read.flatMap(({ path, blocks }) =>
  blocks.filter(({ language }) => language === 'yaml').map(({ text }) => ({ path, text })),
);
const assignments = yaml.filter(({ text }) => text.includes('kind: KmsKeyAssignment'));
const valuesBlocks = yaml.filter(({ text }) => /^(certificates|hostNetwork|webhook|service):/.test(text));

const files = mkdtempSync(join(tmpdir(), 'docs-'));
const auditLog = join(files, 'audit.log');
const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] };
/** OpenReports' definition, which a page names by the address of its release. */
const openReports = join(root, 'test', 'reports', 'fixtures', 'openreports-v0.2.1.yaml');
const malformed = plainFile.replace('</name>', '</value>');

describeWith(['control plane'], 'what the documentation shows', () => {
  beforeAll(() => writeFile(join(files, 'policy.json'), JSON.stringify(policy)));
  const cluster = useControlPlane({
    apiServerFlags: { 'audit-log-path': auditLog, 'audit-policy-file': join(files, 'policy.json') },
  });
  let product: Product | undefined;
  afterAll(async () => {
    await product?.stop();
    rmSync(files, { recursive: true, force: true });
  });

  const apply = (...manifests: object[]) =>
    cluster().kubectl(['apply', '-f', '-'], {
      stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests }),
    });
  const applyText = (stdin: string, ...args: string[]) => cluster().kubectl(['apply', '-f', '-', ...args], { stdin });
  const stored = async (inNamespace: string, name = 'hadoop'): Promise<string> => {
    const { stdout } = await cluster().kubectl(['get', 'configmap', name, '-n', inNamespace, '-o', 'json']);
    return JSON.parse(stdout).data['core-site.xml'];
  };
  /** In a shell, as a reader would, in a checkout that also holds the files that the pages name. */
  const inShell = (command: string) => {
    const { binaries, kubeconfigPath } = cluster();
    const path = [dirname(binaries.kubectl), dirname(binaries.helm), process.env.PATH].join(delimiter);
    const env = { ...process.env, PATH: path, KUBECONFIG: kubeconfigPath, HOME: files };
    return runCommand('bash', ['-euo', 'pipefail', '-c', command], { env, cwd: root });
  };

  beforeAll(async () => {
    product = await installProduct(cluster(), ['docs.url=https://docs.example.com/sse-kms-operator']);
    await apply(...['finance', 'research'].map((name) => namespace(name)), assignment('finance', ['finance']));
    await apply(configMap('finance', 'hadoop'), configMap('research', 'hadoop'));
    await cluster().kubectl(['apply', '-f', openReports]);
    await cluster().kubectl(['wait', '--for=condition=Established', 'crd/reports.openreports.io']);
    await writeFile(join(files, 'assignment.yaml'), JSON.stringify(assignment('finance', ['finance'])));
    await writeFile(join(files, 'core-site-configmap.yaml'), JSON.stringify(configMap('finance', 'hadoop')));
  }, 120_000);

  describe('as a rollout', () => {
    const [byDefault, enforced] = assignments
      .filter(({ path }) => path.endsWith('/rollout.md'))
      .map(({ text }) => text);

    it('warns under the default that only audits, and changes nothing', async () => {
      await applyText(byDefault ?? '');
      const { stdout, stderr } = await eventually(
        () => apply(configMap('research', 'hadoop', plainFile.replace('by hand', 'once more'))),
        ({ stderr }) => stderr.includes('Warning'),
      );
      const [warning = ''] = /^Warning: Audit only.*$/m.exec(page('rollout.md').text) ?? [];
      expect(stdout + stderr).toContain(warning);
      expect(await stored('research')).not.toContain('fs.s3a');
    });

    it('sets the key by a label, and leaves it there when the label goes', async () => {
      await applyText(enforced ?? '');
      const { key } = parse(enforced ?? '').spec;
      await cluster().kubectl(['label', 'namespace', 'research', 'encryption=enforced']);
      await eventually(
        () => stored('research'),
        (file) => file.includes(key.arn),
      );
      await cluster().kubectl(['label', 'namespace', 'research', 'encryption-']);
      await cluster().kubectl(['wait', 'kka/default', '--for=jsonpath={.status.objects.pending}=1', '--timeout=30s']);
      expect(await stored('research')).toContain(key.arn);
    });
  });

  it('is a denial as it is', async () => {
    const denial = await apply(configMap('finance', 'broken', malformed)).then(
      () => '',
      (error: Error) => error.message,
    );
    const shown = page('denied.md').blocks.find(({ text }) => text.includes('denied the request'))?.text ?? '';
    const [, ofWebhook = ''] = shown.trimEnd().split('core-site-configmap.yaml": ');
    expect(ofWebhook).not.toBe('');
    expect(denial).toContain(ofWebhook);
  });

  it('is a denial as Helm shows it', async () => {
    const folder = join(files, 'job');
    await mkdir(join(folder, 'templates'), { recursive: true });
    await writeFile(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: job\nversion: 1.0.0\n');
    const manifest = JSON.stringify(configMap('finance', 'broken', malformed));
    await writeFile(join(folder, 'templates', 'core-site.yaml'), manifest);
    const denial = await cluster()
      .helm(['install', 'job', folder, '--namespace', 'finance'])
      .then(
        () => '',
        (error: Error) => error.message,
      );
    const shown =
      page('denied.md').blocks.find(({ text }) => text.startsWith('Error: INSTALLATION FAILED'))?.text ?? '';
    expect(denial).toContain(shown.trimEnd() || 'a denial in denied.md');
  });

  it.each(assignments.map(({ path, text }, index) => [`${index + 1}, ${path}`, text]))(
    'is an assignment that the API server accepts: %s',
    async (_, text) => {
      await applyText(text, '--dry-run=server', '--validate=strict');
    },
  );

  it.each(valuesBlocks.map(({ path, text }, index) => [`${index + 1}, ${path}`, text]))(
    'is a set of values that the chart takes: %s',
    async (_, stdin) => {
      const args = ['template', 'sse-kms-operator', 'charts/sse-kms-operator', '--values', '-'];
      expect((await cluster().helm(args, { stdin, cwd: root })).stdout).toContain('kind: Deployment');
    },
  );

  it('is a command for many tasks', () => {
    expect(kubectl.length).toBeGreaterThan(20);
    expect(helm.length).toBeGreaterThan(5);
  });

  it.each(kubectl)('runs: %s', async (command) => {
    const here = command
      .replaceAll(/(assignment|core-site-configmap)\.yaml/g, `${files}/$1.yaml`)
      .replaceAll('NAMESPACE', 'sse-kms-system')
      .replace(/https:\S+reports-api\S+/, openReports)
      // An assignment that names finance outranks the labels there.
      .replace('label namespace finance encryption', 'label namespace research encryption')
      .replaceAll(
        /\bNAME\b/g,
        command.includes('kka') || command.includes('kmskeyassignment') ? 'finance' : 'sse-kms-operator',
      )
      .replace(/^kubectl delete .*$/, '$& --dry-run=server');
    await inShell(here);
  });

  it.each(helm)('is taken by Helm: %s', async (command) => {
    const here = command
      .replaceAll('NAMESPACE', 'sse-kms-system')
      .replace(/^helm upgrade RELEASE CHART/, 'helm upgrade sse-kms-operator charts/sse-kms-operator')
      .replace(/\s+#.*$/, '')
      .replace(/^helm install (.*?)( --wait)?$/s, 'helm template $1')
      .replace(/ --create-namespace/, '')
      .replace(/^helm (upgrade|uninstall) .*$/s, '$& --dry-run');
    await inShell(here);
  });

  // The last one: nothing answers any more.
  it('is what the audit log says of a write that passed without the webhook', async () => {
    const ignore = JSON.stringify([{ op: 'replace', path: '/webhooks/0/failurePolicy', value: 'Ignore' }]);
    const both = 'mutatingwebhookconfiguration,validatingwebhookconfiguration';
    await cluster().kubectl(['patch', both, 'sse-kms-operator', '--type=json', '-p', ignore]);
    await product?.operator().end();
    await eventually(
      async () => {
        await apply(configMap('finance', 'during-the-outage'));
        return stored('finance', 'during-the-outage');
      },
      (file) => !file.includes(firstKey),
    );
    const [, documented = ''] = /`(failed-open\.[\w.-]+\/round_0_index_)…`/.exec(page('operate.md').text) ?? [];
    const lines = (await readFile(auditLog, 'utf8')).split('\n').filter((line) => line.includes('during-the-outage'));
    const annotations = lines.flatMap((line) => Object.entries<string>(JSON.parse(line).annotations ?? {}));
    expect(annotations.filter(([name]) => name.startsWith(documented)).map(([, value]) => value)).toContain(
      'mutate.ssekms.io',
    );
  });
});
