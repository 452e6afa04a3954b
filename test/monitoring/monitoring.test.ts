/**
 * The operator as a real Prometheus sees it: the whole product on a real API server, scraped every second.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ensureMonitoring } from '../controlplane/binaries.ts';
import { type Exposition, parseExposition } from '../metrics/exposition.ts';
import { argumentsOfDeployment, freePorts, operatorNamespace, release } from '../product/install.ts';
import { assignment, configMap, namespace, otherKey, selectingAssignment } from '../product/manifests.ts';
import { startOperator } from '../product/operator-process.ts';
import { useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { chart, docs, readDashboard, readRules, renderRules } from './chart.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

const runbooks = readFileSync(join(docs, 'runbooks.md'), 'utf8');

interface Scraped {
  readonly text: string;
  readonly exposition: Exposition;
  readonly type: string | null;
}

const [metricsPort, prometheusPort] = (await freePorts(2)) as [number, number];

const called = 'apiserver_admission_webhook';
const wayOut = (verb: string) => new RegExp(`^\\$ (kubectl ${verb} .+)$`, 'm').exec(runbooks)?.[1] ?? '';

describeWith(['control plane', 'prometheus'], 'the operator under Prometheus', () => {
  const { cluster, product, apply, applyRefused, get, eventually } = useProduct(
    'metrics.enabled=true',
    `metrics.port=${metricsPort}`,
    // KMS that is away: no key is known to be usable.
    'kms.verify=true',
    'kms.endpoint=http://127.0.0.1:9',
    'kms.env[0].name=AWS_ACCESS_KEY_ID',
    'kms.env[0].value=test',
    'kms.env[1].name=AWS_SECRET_ACCESS_KEY',
    'kms.env[1].value=test',
  );
  let prometheus: Prometheus;
  let before: Exposition;

  async function scrape(port = metricsPort): Promise<Scraped> {
    const response = await fetch(`http://localhost:${port}/metrics`);
    expect(response.status).toBe(200);
    const body = await response.text();
    return { text: body, exposition: parseExposition(body), type: response.headers.get('content-type') };
  }

  /** One that was made after this call: for a moment everybody is given the same text, and Prometheus asks all the time. */
  async function scrapeAnew(): Promise<Scraped> {
    const { text: old } = await scrape();
    // Ages and the processor's time are in it: no text is made twice.
    return eventually(scrape, (seen) => seen.text !== old);
  }

  beforeAll(async () => {
    // ConfigMaps are watched by the leader alone.
    before = await eventually(
      async () => (await scrape()).exposition,
      ({ sum }) => sum('ssekms_watch_steps_total', { resource: 'configmaps', step: 'listed' }) > 0,
    );
    const rules = await renderRules(cluster());
    prometheus = await startPrometheus({ folder: cluster().folder, port: prometheusPort, target: metricsPort, rules });
    // Stored before there is an assignment: what is there already is readmitted.
    await apply([
      ...['finance', 'research', 'contested', 'idle'].map((name) =>
        namespace(name, name === 'contested' ? { team: 'x' } : {}),
      ),
      configMap('finance', 'first'),
      configMap('finance', 'second'),
      configMap('finance', 'broken', '<configuration>'),
      configMap('idle', 'nobody-cares'),
    ]);
    await apply([
      assignment('finance', ['finance']),
      assignment('research', ['research'], { enforcement: 'Audit' }),
      selectingAssignment('one', { team: 'x' }),
      selectingAssignment('other', { team: 'x' }, { key: { arn: otherKey } }),
    ]);
    const conditionOf = async (name: string, type: string) =>
      (await get('kmskeyassignment', name)).status?.conditions?.find((one: { type: string }) => one.type === type);
    await eventually(
      () => conditionOf('finance', 'Ready'),
      (condition) => condition?.reason === 'Refused',
    );
    await eventually(
      () => conditionOf('other', 'Conflicted'),
      (condition) => condition?.status === 'True',
    );
    await apply(configMap('research', 'looked-at'));
    await apply(configMap('finance', 'third'));
    await applyRefused(configMap('finance', 'malformed', '<configuration><property>'));
    await applyRefused(configMap('contested', 'hadoop'));
    await eventually(
      async () => (await get('kmskeyassignment', 'research')).status.summary,
      (summary) => summary === '0/1',
    );
  }, 120_000);
  afterAll(() => prometheus?.stop());

  it('counts what happened', async () => {
    const { exposition, type } = await scrapeAnew();
    const { sum } = exposition;
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    const gained = (name: string, labels: Record<string, string> = {}) => sum(name, labels) - before.sum(name, labels);

    const reviews = 'ssekms_admission_reviews_total';
    expect(gained(reviews, { webhook: 'mutate', outcome: 'refused', allowed: 'false', reason: 'Malformed' })).toBe(1);
    expect(gained(reviews, { webhook: 'mutate', outcome: 'conflict', allowed: 'false', reason: 'Conflicted' })).toBe(1);
    // One by kubectl, one at the API server's hand for each of two that were readmitted; under Audit a change is only told of.
    expect(gained(reviews, { webhook: 'mutate', outcome: 'change', allowed: 'true' })).toBeGreaterThanOrEqual(4);
    expect(gained(reviews, { webhook: 'validate', outcome: 'unchanged' })).toBeGreaterThanOrEqual(3);
    expect(gained('ssekms_admission_duration_seconds_count')).toBeGreaterThanOrEqual(gained(reviews));
    expect(gained('ssekms_admission_failures_total', { code: '500' })).toBe(0);

    expect(gained('ssekms_readmissions_total', { outcome: 'compliant' })).toBe(2);
    expect(
      gained('ssekms_reconcile_duration_seconds_count', { queue: 'configObjects', result: 'success' }),
    ).toBeGreaterThan(0);
    expect(gained('ssekms_queue_adds_total', { queue: 'assignments' })).toBeGreaterThan(3);
    expect(gained('ssekms_apiserver_requests_total', { method: 'PATCH', code: '200' })).toBeGreaterThanOrEqual(2);

    expect(sum('ssekms_config_objects', { assignment: 'finance', outcome: 'compliant' })).toBe(3);
    expect(sum('ssekms_config_objects', { assignment: 'finance', outcome: 'refused' })).toBe(1);
    expect(sum('ssekms_config_objects', { assignment: 'research', outcome: 'wouldChange' })).toBe(1);
    expect(sum('ssekms_config_objects', { assignment: '', outcome: 'unassigned' })).toBe(1);
    expect(sum('ssekms_assignments', { reason: 'Refused' })).toBe(1);
    expect(sum('ssekms_assignments', { reason: 'Audited' })).toBe(1);
    expect(sum('ssekms_assignments', { reason: 'Conflicted' })).toBe(2);
    expect(sum('ssekms_assignments_conflicted')).toBe(2);

    expect(sum('ssekms_ready')).toBe(1);
    expect(sum('ssekms_leader')).toBe(1);
    expect(sum('ssekms_certificate_trusted')).toBe(1);
    expect(sum('ssekms_certificate_failures')).toBe(0);
    const inAWeek = Date.now() / 1000 + 7 * 86_400;
    const leaf = sum('ssekms_certificate_expiration_timestamp_seconds', { certificate: 'leaf' });
    expect(leaf).toBeGreaterThan(inAWeek - 3600);
    expect(leaf).toBeLessThan(inAWeek + 3 * 3600);
    for (const resource of ['configmaps', 'namespaces', 'kmskeyassignments', 'mutatingwebhookconfigurations']) {
      expect(sum('ssekms_watch_sync_age_seconds', { resource })).toBeLessThan(150);
      expect(sum('ssekms_watch_steps_total', { resource, step: 'listed' })).toBeGreaterThan(0);
    }
  });

  it('had every counter from the start, so that no first increase goes unseen', async () => {
    const { exposition } = await scrapeAnew();
    const counters = exposition.families.filter(({ type, name }) => type === 'counter' && name.startsWith('ssekms_'));
    const isCounter = (key: string) => counters.some(({ name }) => key.startsWith(`${name}{`));
    const born = [...exposition.series.keys()].filter((key) => isCounter(key) && !before.series.has(key));
    // The status of a request can be any that HTTP has; no alert looks at these.
    expect(born.filter((key) => !key.startsWith('ssekms_apiserver_requests_total'))).toEqual([]);
  });

  it('says nothing of namespaces, ConfigMaps or users', async () => {
    const { text: all } = await scrape();
    expect(all).toContain('assignment="finance"');
    expect(all.replaceAll('assignment="finance"', '')).not.toMatch(
      /finance|contested|idle|nobody-cares|malformed|kubernetes-admin/,
    );
  });

  it('has names and types that promtool has no word against', async () => {
    const { promtool } = await ensureMonitoring();
    const child = spawn(promtool, ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const exit = once(child, 'exit');
    child.stdin.end((await scrape()).text);
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
  });

  it.each(readDashboard())('answers the dashboard: $title: $expr', async ({ expr }) => {
    // Grafana takes at least four scrapes.
    const samples = await eventually(
      () => prometheus.query(expr.replaceAll('$__rate_interval', '30s')),
      (found) => found.length > 0,
    );
    expect(samples.length).toBeGreaterThan(0);
  });

  it.each(readRules().filter(({ expr }) => expr.includes('ssekms_')))(
    'has what the alert looks at: $alert',
    async ({ expr }) => {
      const selectors = expr.match(/ssekms_\w+(\{[^}]*\})?/g) ?? [];
      expect(selectors.length).toBeGreaterThan(0);
      for (const selector of selectors) {
        expect.soft((await prometheus.query(selector)).length, selector).toBeGreaterThan(0);
      }
    },
  );

  it('is what the alerts are evaluated on: those that wait to fire are the right ones', async () => {
    // The other replica that the chart speaks of doesn't run here.
    const expected = [
      ...['SseKmsAssignmentsConflicted', 'SseKmsConfigObjectsRefused'],
      ...['SseKmsKeysUnverified', 'SseKmsReplicasMissing'],
    ];
    const alerts = await eventually(
      () => prometheus.alerts(),
      (found) => {
        const waiting = found.filter(({ state }) => state !== 'inactive').map(({ name }) => name);
        return found.every(({ health }) => health === 'ok') && waiting.sort().join() === expected.join();
      },
    );
    expect(alerts.length).toBe(readRules().length);
  });

  it('answers nothing but GET /metrics on that port', async () => {
    expect((await fetch(`http://localhost:${metricsPort}/`)).status).toBe(404);
    expect((await fetch(`http://localhost:${metricsPort}/metrics`, { method: 'POST' })).status).toBe(404);
  });

  it.each(commandsOf(runbooks))('runs what the runbooks say: %s', async (command) => {
    const { stdout, stderr } = await cluster().kubectl(toWords(command.replaceAll('NAME', 'finance')).slice(1));
    expect(stdout + stderr).not.toBe('');
  });

  it('has one replica of two that leads and knows the config objects; the other takes over with the same numbers', async () => {
    const [webhookPort, probePort, otherPort] = (await freePorts(3)) as [number, number, number];
    const others = (await argumentsOfDeployment(cluster())).filter(
      (arg) => !/^--(webhook|probe|metrics)-port=/.test(arg),
    );
    const second = await startOperator({
      args: [...others, `--webhook-port=${webhookPort}`, `--probe-port=${probePort}`, `--metrics-port=${otherPort}`],
      kubeconfig: await cluster().asServiceAccount(operatorNamespace, release),
      namespace: operatorNamespace,
      podName: 'operator-second',
      probePort,
      logFile: join(cluster().folder, 'second.log'),
    });
    onTestFinished(() => second.end().then(() => {}));
    const configObjects = ({ exposition: { series } }: Scraped) =>
      [...series].filter(([key]) => key.startsWith('ssekms_config_objects')).sort();

    const [first, follower] = [await scrapeAnew(), await scrape(otherPort)];
    expect([first, follower].map(({ exposition }) => exposition.sum('ssekms_leader'))).toEqual([1, 0]);
    expect(follower.exposition.sum('ssekms_ready')).toBe(1);
    expect(configObjects(follower)).toEqual([]);
    expect(follower.exposition.sum('ssekms_assignments_conflicted')).toBe(2);

    await product().operator().end();
    const successor = await eventually(
      () => scrape(otherPort),
      (seen) => seen.exposition.sum('ssekms_leader') === 1 && configObjects(seen).length > 0,
    );
    expect(configObjects(successor)).toEqual(configObjects(first));
  });

  // The last ones: nothing answers any more.
  describe('with nobody to call', () => {
    const run = (command: string) => cluster().kubectl(toWords(command).slice(1));
    const upgrade = (...args: string[]) =>
      cluster().helm(['upgrade', release, chart, '--namespace', operatorNamespace, ...product().values, ...args]);

    /** The API server's own counts, as the alert on them asks. */
    async function countsOf(name: string, labels: Record<string, string>): Promise<number> {
      const { stdout } = await cluster().kubectl(['get', '--raw', '/metrics']);
      const lines = stdout.split('\n').filter((line) => line.startsWith(called));
      return parseExposition(lines.join('\n')).sum(`${called}_${name}`, { name: 'mutate.ssekms.io', ...labels }) || 0;
    }
    const failed = { error_type: 'calling_webhook_error' };

    it('is counted by the API server under the names that the alert asks for', async () => {
      const total = await countsOf('request_total', {});
      expect(total).toBeGreaterThan(0);
      expect(await applyRefused(configMap('finance', 'unheard'))).toContain('failed calling webhook');
      expect(await countsOf('rejection_count', failed)).toBeGreaterThan(0);
      expect(await countsOf('request_total', {})).toBeGreaterThan(total);
    });

    it('is got around by the way out that the runbooks know, and back', async () => {
      await run(wayOut('patch'));
      await apply(configMap('finance', 'unheard'));
      expect(await countsOf('fail_open_count', {})).toBeGreaterThan(0);
      // Helm, too, leaves alone what somebody else has set, until it is told.
      await expect(upgrade()).rejects.toThrow(/conflict/);
      await run(wayOut('patch').replace('"Ignore"', '"Fail"'));
      await upgrade();
      expect(await applyRefused(configMap('finance', 'unheard-again'))).toContain('failed calling webhook');
    });

    it('is got around for one namespace, until an upgrade covers it again', async () => {
      const [exempt = ''] = /kubectl patch .*"path":"\/webhooks\/0\/namespaceSelector.*$/m.exec(runbooks) ?? [];
      await run(exempt);
      await apply(configMap('finance', 'exempt'));
      expect(await applyRefused(configMap('research', 'not-exempt'))).toContain('failed calling webhook');
      await expect(upgrade()).rejects.toThrow(/conflict/);
      await upgrade('--force-conflicts');
      expect(await applyRefused(configMap('finance', 'covered-again'))).toContain('failed calling webhook');
    });

    it('is got around by a deletion, which the next upgrade takes back', async () => {
      await run(wayOut('delete'));
      await apply(configMap('finance', 'deleted'));
      await upgrade();
      expect((await get('mutatingwebhookconfiguration', release)).webhooks[0].failurePolicy).toBe('Fail');
      expect((await get('validatingwebhookconfiguration', release)).webhooks[0].failurePolicy).toBe('Fail');
    });
  });
});

/** Those that only look, and need nothing that this control plane lacks: pods, their logs, cert-manager. */
function commandsOf(text: string): string[] {
  const found = [...text.matchAll(/`(kubectl [^`]+)`/g), ...text.matchAll(/^\$ (kubectl .+)$/gm)];
  const commands = found.map(([, command = '']) => command.replace(/ \| .*$/, ''));
  const looking = commands.filter(
    (command) => /\b(get|describe|can-i)\b/.test(command) && !command.includes('certificaterequest'),
  );
  return [...new Set(looking)].filter((command) => !/\b(describe (pods|rs|pod))\b/.test(command));
}

/** As a shell takes a line apart, as far as the runbooks' lines need it. */
function toWords(line: string): string[] {
  return (line.match(/(?:[^\s']+|'[^']*')+/g) ?? []).map((word) => word.replaceAll("'", ''));
}
