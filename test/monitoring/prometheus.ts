/**
 * A real Prometheus on a loopback port, which scrapes one operator every second and evaluates the chart's alerts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureMonitoring } from '../controlplane/binaries.ts';
import { eventually } from '../product/eventually.ts';
import type { RuleFile } from './chart.ts';

export interface Prometheus {
  /** An instant query's series, each with its value. @throws Error with Prometheus' words where the query is wrong */
  query(expr: string): Promise<readonly Sample[]>;
  /** How each alert's last evaluation went, and what became of it. */
  alerts(): Promise<readonly { name: string; health: string; state: string }[]>;
  stop(): Promise<void>;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusOptions {
  /** For its configuration, data and log. */
  readonly folder: string;
  readonly port: number;
  /** The operator's metrics port. */
  readonly target: number;
  readonly rules: RuleFile;
}

/** Ready once it has scraped. */
export async function startPrometheus({ folder, port, target, rules }: PrometheusOptions): Promise<Prometheus> {
  const { prometheus } = await ensureMonitoring();
  const own = join(folder, 'prometheus');
  await mkdir(own, { recursive: true });
  // JSON is YAML.
  await writeFile(join(own, 'rules.yaml'), JSON.stringify(rules));
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [{ job_name: 'sse-kms-operator', static_configs: [{ targets: [`localhost:${target}`] }] }],
  };
  await writeFile(join(own, 'prometheus.yaml'), JSON.stringify(config));
  const logFile = join(own, 'log');
  const output = openSync(logFile, 'a');
  const child = spawn(
    prometheus,
    [
      `--config.file=${join(own, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(own, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', output, output] },
  );
  closeSync(output);
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  child.once('exit', () => process.off('exit', onExit));

  async function ask<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; error?: string; data: T };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }

  const running: Prometheus = {
    async query(expr) {
      const { result } = await ask<{
        result: readonly { metric: Record<string, string>; value: [number, string] }[];
      }>(`query?query=${encodeURIComponent(expr)}`);
      return result.map(({ metric, value: [, text] }) => ({ metric, value: Number(text) }));
    },
    async alerts() {
      const { groups } = await ask<{
        groups: readonly { rules: readonly { name: string; health: string; state: string }[] }[];
      }>('rules?type=alert');
      return groups.flatMap(({ rules }) => rules);
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
  const scraped = async () => (child.exitCode === null ? await running.query('up == 1').catch(() => []) : undefined);
  const first = await eventually(scraped, (samples) => samples === undefined || samples.length > 0);
  if (first === undefined) throw new Error(`Prometheus has ended:\n${readFileSync(logFile, 'utf8')}`);
  return running;
}
