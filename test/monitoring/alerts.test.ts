/**
 * The alerts before promtool: well-formed, and each fires when it should and not when it shouldn't.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBinaries, ensureMonitoring } from '../controlplane/binaries.ts';
import { CommandFailed, runCommand } from '../controlplane/command.ts';
import { describeWith } from '../run/needs.ts';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { type RuleFile, readRules, renderRules } from './chart.ts';

describeWith(['control plane', 'prometheus'], 'the alerts', () => {
  let folder: string;
  let promtool: string;
  let rules: RuleFile;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alerts-'));
    ({ promtool } = await ensureMonitoring());
    const { helm } = await ensureBinaries();
    rules = await renderRules({ helm: (args) => runCommand(helm, args) });
    await writeFile(join(folder, 'rules.yaml'), JSON.stringify(rules));
    // promtool compares annotations, too: what they say is no matter of the cases.
    const bare = rules.groups.map((group) => ({
      ...group,
      rules: group.rules.map(({ annotations: _, ...rule }) => rule),
    }));
    await writeFile(join(folder, 'bare.yaml'), JSON.stringify({ groups: bare }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('are rules that Prometheus reads, without a word from its linter', async () => {
    const { stdout } = await runCommand(promtool, [
      'check',
      'rules',
      '--lint=all',
      '--lint-fatal',
      join(folder, 'rules.yaml'),
    ]);
    expect(stdout).toContain(`${readRules().length} rules found`);
  });

  it('have a case each', () => {
    expect(Object.keys(alertCases).sort()).toEqual(
      rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert)).sort(),
    );
  });

  const severities = new Map(readRules().map(({ alert, labels }) => [alert, labels.severity]));
  const moments = (alert: string, { fires, after, labels = [{}], quiet }: AlertCase) => {
    const firing = labels.map((own) => ({ exp_labels: { severity: severities.get(alert), ...own } }));
    const test = (
      name: string,
      series: Readonly<Record<string, string>>,
      expected: readonly (readonly [number, object[]])[],
    ) => ({
      name,
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: expected.map(([minutes, exp_alerts]) => ({
        eval_time: `${minutes}m`,
        alertname: alert,
        exp_alerts,
      })),
    });
    const everySoOften = Array.from({ length: 12 }, (_, index): [number, object[]] => [10 * index, []]);
    return [
      test('fires', fires, [
        [after - 1, []],
        [after, firing],
      ]),
      ...Object.entries(quiet).map(([name, series]) => test(name, series, everySoOften)),
    ];
  };

  async function judge(alert: string, cases: AlertCase): Promise<string> {
    const file = join(folder, `${alert}.test.yaml`);
    const tests = { rule_files: ['bare.yaml'], evaluation_interval: '1m', tests: moments(alert, cases) };
    await writeFile(file, JSON.stringify(tests));
    return runCommand(promtool, ['test', 'rules', file]).then(
      () => '',
      (error: unknown) => {
        if (error instanceof CommandFailed) return error.stderr + error.stdout;
        throw error;
      },
    );
  }

  it.each(Object.entries(alertCases))(
    '%s fires when it should, not before, and not otherwise',
    async (alert, cases) => {
      expect(await judge(alert, cases)).toBe('');
    },
  );

  it('would be found out if they did not fire, or fired for nothing', async () => {
    const [alert, cases] = Object.entries(alertCases)[1] as [string, AlertCase];
    expect(await judge(alert, { ...cases, fires: Object.values(cases.quiet)[0] ?? {} })).toContain('FAILED');
    expect(await judge(alert, { ...cases, quiet: { never: cases.fires } })).toContain('FAILED');
  });

  it('count the replicas, the patience and the lifetimes that the values say', async () => {
    const { helm } = await ensureBinaries();
    const values = ['replicas=3', 'webhook.timeoutSeconds=10', 'certificates.selfManaged.leafLifetimeSeconds=6000'];
    const other = await renderRules(
      { helm: (args) => runCommand(helm, args) },
      ...values,
      'metrics.prometheusRule.runbookUrl=https://example.com/runbooks',
    );
    const find = (name: string) => other.groups.flatMap((group) => group.rules).find(({ alert }) => alert === name);
    expect(find('SseKmsReplicasMissing')?.expr).toBe('sum(ssekms_ready) < 3');
    expect(find('SseKmsAdmissionSlow')?.expr).toMatch(/> 10 \/ 2\s*$/);
    expect(find('SseKmsCertificateExpiring')?.expr).toMatch(/- time\(\) < 1000\s/);
    expect(find('SseKmsNoLeader')?.annotations.runbook_url).toBe('https://example.com/runbooks#ssekmsnoleader');
    expect(JSON.stringify(other)).not.toMatch(/\$(replicas|timeoutSeconds|leafSeconds|caSeconds)/);
  });
});
