/**
 * A measurement's figures for a person, and how many of them are not what is wanted.
 */
import { median } from '../bench/measure.ts';
import type { AuditedRequest } from './audit.ts';
import type { Round } from './rates.ts';
import type { Figures, ScaleOptions } from './run.ts';

/** In MB. */
const mostMemory = 200;
/** Three quarters of the chart's limit. */
const mostOfBurst = 384 * 1.048576;
const leastRatio = 0.8;

/** In seconds. */
const longestStart = { first: 1, again: 0.7 } as const;

/** The lines, and those of them that aren't what is wanted. */
export function toTable(
  figures: Figures,
  options: ScaleOptions,
): { lines: readonly string[]; missed: readonly string[] } {
  const { memory, rates, restarted, steadyRequests } = figures;
  const missed: string[] = [];
  const line = (name: string, text: string, isMet = true): string => {
    if (!isMet) missed.push(`${name.trim()}: ${text}`);
    return `${name.padEnd(58)}${text.padStart(14)}${isMet ? '' : '   missed'}`;
  };
  const megabytes = (name: string, value: number) => line(name, `${value.toFixed(0)} MB`, value <= mostMemory);
  const burst = memory.peakOfBurst;
  const seconds = (name: string, value: number, most = Number.POSITIVE_INFINITY) =>
    line(name, `${value.toFixed(1)} s`, value <= most);
  const none = (name: string, requests: readonly AuditedRequest[]) =>
    line(name, requests.length === 0 ? 'none' : summarize(requests), requests.length === 0);

  const lines = [
    `memory of the operator, at most ${mostMemory} MB`,
    megabytes('  peak until the first repair was done', memory.peakOfRepair),
    megabytes('  after it', memory.afterRepair),
    megabytes('  in steady state', memory.steady),
    megabytes('  peak of the whole run', memory.peakOfAll),
    megabytes('  peak of a new start and a resync', restarted.peak),
    megabytes('  after them', restarted.steady),
    line(
      `  peak of 12 writes at once, 60,000 keys each; at most ${mostOfBurst.toFixed(0)} MB`,
      `${burst.toFixed(0)} MB`,
      burst <= mostOfBurst,
    ),
    'times, from the start of the process',
    seconds(`  to ready, at most ${longestStart.first} s`, figures.ready, longestStart.first),
    seconds('  to every ConfigMap listed', figures.listed),
    seconds('  to all configObjects repaired, and reported', figures.repaired),
    seconds("  the operator's processor time for that", figures.repairedCpu),
    seconds(`  of a new start: to ready, at most ${longestStart.again} s`, restarted.ready, longestStart.again),
    seconds('  of a new start: to every ConfigMap listed', restarted.listed),
    seconds('  a resync', restarted.pass),
    'steady state',
    none(`  requests in ${options.steadySeconds} s`, steadyRequests),
    line('  processor time an hour', `${figures.steadyCpu.toFixed(0)} s`),
    none('  writes after a new start, and in a resync', restarted.writes),
    line('  complete lists in the time of one pass', `${restarted.passes}`, restarted.passes === 1),
  ];
  if (rates !== undefined) {
    const row = (name: string, rounds: readonly Round[]): string[] => [
      line(`  ${name}, a second (median of ${rounds.length})`, medianOf(rounds, 'rate').toFixed(0)),
      `    ${rounds.map(({ rate }) => rate.toFixed(0)).join('  ')}`,
      line(`  processor time of the operator for 1000`, `${medianOf(rounds, 'operatorCpu').toFixed(2)} s`),
      line(`  processor time of the loop for 1000`, `${medianOf(rounds, 'clientCpu').toFixed(2)} s`),
      line(`  processor time of the API server for 1000`, `${medianOf(rounds, 'apiServerCpu').toFixed(2)} s`),
    ];
    lines.push(
      `repairs after a change of one assignment for all, ${options.concurrency} at once`,
      ...row('by the operator', rates.repairs),
      ...row('by a bare loop of empty patches', rates.bare),
      line(`  ratio, at least ${leastRatio}`, rates.ratio.toFixed(2), rates.ratio >= leastRatio),
    );
  }
  lines.push('', missed.length === 0 ? 'every target is met' : `${missed.length} targets are missed`);
  return { lines, missed };
}

function medianOf(rounds: readonly Round[], figure: keyof Round): number {
  return median(rounds.map((round) => round[figure]));
}

/** For example `3 patch configmaps, 1 list namespaces`. */
function summarize(requests: readonly AuditedRequest[]): string {
  const counts = new Map<string, number>();
  for (const { verb, resource } of requests) {
    const kind = `${verb} ${resource}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
