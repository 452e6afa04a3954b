/**
 * The alerts before promtool: well-formed, and each fires when it should and not when it shouldn't.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBinaries, ensureMonitoring } from '../controlplane/binaries.ts';
import { CommandFailed, runCommand } from '../controlplane/command.ts';
import { describeWith } from '../run/needs.ts';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { type Rule, type RuleFile, readRules, renderRules } from './chart.ts';

describeWith(['control plane', 'prometheus'], 'the alerts', () => {
  let folder: string;
  let promtool: string;
  let rules: RuleFile;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'alerts-'));
    ({ promtool } = await ensureMonitoring());
    rules = await rulesFor();
    await writeFile(join(folder, 'rules.yaml'), JSON.stringify(rules));
    await writeBare(rules, 'bare.yaml');
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** promtool compares annotations, too: what they say is no matter of the cases. */
  function writeBare({ groups }: RuleFile, name: string): Promise<void> {
    const bare = groups.map((group) => ({ ...group, rules: group.rules.map(({ annotations: _, ...rule }) => rule) }));
    return writeFile(join(folder, name), JSON.stringify({ groups: bare }));
  }

  async function rulesFor(...values: string[]): Promise<RuleFile> {
    const { helm } = await ensureBinaries();
    return renderRules({ helm: (args) => runCommand(helm, args) }, ...values);
  }

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
  const moments = (alert: string, { fires, after, labels = [{}], goesOn = {}, quiet }: AlertCase) => {
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
    const minutes = Array.from({ length: 120 }, (_, minute) => minute);
    const never = minutes.map((minute): [number, object[]] => [minute, []]);
    const fromThen = minutes.slice(after, 60).map((minute): [number, object[]] => [minute, firing]);
    return [
      test('fires', fires, [
        [after - 1, []],
        [after, firing],
      ]),
      ...Object.entries(goesOn).map(([name, series]) => test(name, series, [[after - 1, []], ...fromThen])),
      ...Object.entries(quiet).map(([name, series]) => test(name, series, never)),
    ];
  };

  /** What promtool has to say against it; nothing where all is as the case says. */
  async function judge(alert: string, cases: AlertCase, ruleFile = 'bare.yaml'): Promise<string> {
    const file = join(folder, `${alert}.test.yaml`);
    const tests = { rule_files: [ruleFile], evaluation_interval: '1m', tests: moments(alert, cases) };
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
    const other = await rulesFor(
      'replicas=3',
      'webhook.timeoutSeconds=10',
      'probes.staleSeconds=3600',
      'certificates.selfManaged.leafLifetimeSeconds=6000',
      'metrics.prometheusRule.runbookUrl=https://example.com/runbooks',
    );
    const find = (name: string) => findRule(other, name);
    expect(find('SseKmsReplicasMissing')?.expr).toBe('sum(ssekms_ready) < 3');
    expect(find('SseKmsAdmissionSlow')?.expr).toMatch(/> 10 \/ 2\s*$/);
    expect(find('SseKmsCertificateExpiring')?.expr).toMatch(/- time\(\) < 1000\s/);
    expect(find('SseKmsCertificateEnding')?.expr).toMatch(/- time\(\) < 333\s/);
    expect(find('SseKmsSyncStale')?.expr).toMatch(/ > 200$/);
    expect(find('SseKmsSyncStale')?.annotations.description).toContain(' 3600 s ');
    expect(find('SseKmsNoLeader')?.annotations.runbook_url).toBe('https://example.com/runbooks#ssekmsnoleader');
    expect(JSON.stringify(other)).not.toMatch(/\$(replicas|timeoutSeconds|stale|silent|leaf|ca|by)/);
  });

  it('tell of silence where the kubelet restarts the container as early as the values allow', async () => {
    await writeBare(await rulesFor('probes.staleSeconds=180'), 'impatient.yaml');
    const [series, labels] = ['ssekms_watch_sync_age_seconds{instance="a",resource="namespaces"}', { instance: 'a' }];
    const quiet = { 'a connection that was taken for dead': { [series]: '0 60 120 160 0x100' } };
    // The container that is started again knows nothing of the silence before.
    const fires = { [series]: '0 50 110 170 181 0x100' };
    const cases = { fires, after: 5, labels: [{ ...labels, resource: 'namespaces' }], quiet };
    expect(await judge('SseKmsSyncStale', cases, 'impatient.yaml')).toBe('');
  });

  it.each<[string, string[], number]>([
    ['a third of what cert-manager renews before', ['mode=cert-manager'], 240 * 3600],
    [
      'the same where certificates live for a day',
      ['mode=cert-manager', 'certManager.duration=24h', 'certManager.renewBefore=8h30m36s'],
      10_212,
    ],
    ['a week for those that somebody provides', ['mode=provided', 'provided.secretName=tls'], 7 * 86_400],
    [
      'what the values say of those',
      ['mode=provided', 'provided.secretName=tls', 'provided.alertBeforeSeconds=7200'],
      7200,
    ],
  ])('warn before the end of a certificate: %s', async (_, values, seconds) => {
    const other = await rulesFor(...values.map((value) => `certificates.${value}`));
    const limits = (name: string) =>
      [...(findRule(other, name)?.expr.matchAll(/- time\(\) < (\d+)/g) ?? [])].map(([, limit]) => Number(limit));
    expect(limits('SseKmsCertificateExpiring')).toEqual([seconds, seconds]);
    expect(limits('SseKmsCertificateEnding')).toEqual([seconds / 3, seconds / 3]);
  });

  describe('where Prometheus knows several clusters', () => {
    const by = 'metrics.prometheusRule.by={cluster,region}';
    const [ours, theirs] = ['cluster="ours",region="eu"', 'cluster="theirs",region="eu"'];
    const here = { cluster: 'ours', region: 'eu' };
    beforeAll(async () => writeBare(await rulesFor(by), 'by-cluster.yaml'));

    it('aggregate over each by itself, every one of them', async () => {
      for (const { alert, expr } of (await rulesFor(by)).groups.flatMap(({ rules }) => rules)) {
        const aggregations = [...expr.matchAll(/\b(?:sum|min|max|group)\b( by \([^)]*\))?/g)].map(
          ([, labels]) => labels,
        );
        expect.soft(aggregations.length, alert).toBeGreaterThan(0);
        for (const labels of aggregations) expect.soft(labels, alert).toMatch(/\bcluster, region\)$/);
      }
    });

    it.each<[string, AlertCase]>([
      [
        'SseKmsWebhookDown',
        {
          fires: { [`ssekms_ready{${ours}}`]: '0x120', [`ssekms_ready{${theirs}}`]: '1x120' },
          after: 2,
          labels: [here],
          quiet: {},
        },
      ],
      [
        'SseKmsManyLeaders',
        {
          fires: { [`ssekms_leader{${ours}}`]: '2x120', [`ssekms_leader{${theirs}}`]: '1x120' },
          after: 5,
          labels: [here],
          quiet: {
            'one in each': { [`ssekms_leader{${ours}}`]: '1x120', [`ssekms_leader{${theirs}}`]: '1x120' },
          },
        },
      ],
      [
        // Nothing says which clusters there should be, but which there were the day before.
        'SseKmsOperatorAbsent',
        {
          fires: { [`ssekms_build_info{${ours}}`]: '1x10 stale', [`ssekms_build_info{${theirs}}`]: '1x120' },
          after: 16,
          labels: [here],
          quiet: {
            'both there': { [`ssekms_build_info{${ours}}`]: '1x120', [`ssekms_build_info{${theirs}}`]: '1x120' },
          },
        },
      ],
    ])('tell of the one in need: %s', async (alert, cases) => {
      expect(await judge(alert, cases, 'by-cluster.yaml')).toBe('');
    });
  });
});

function findRule({ groups }: RuleFile, name: string): Rule | undefined {
  return groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === name);
}
