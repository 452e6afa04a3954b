/**
 * One measurement from an empty cluster to its figures.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { applyShares, untilCompliant } from './assignments.ts';
import { type AuditedRequest, isPulse, isWrite } from './audit.ts';
import { writeBurst } from './burst.ts';
import { buildFixture, type Fixture, type Sizes } from './fixture.ts';
import { buildLead, toLeasePath, untilListed, untilQuiet } from './lead.ts';
import { type Program, readMemory } from './program.ts';
import { compareRates, type Rates } from './rates.ts';
import { type Stage, setStage } from './stage.ts';

export interface ScaleOptions extends Sizes {
  readonly concurrency: number;
  /** Rounds of the comparison with the bare loop; 0 leaves it out. */
  readonly rounds: number;
  /** How long nothing may happen. */
  readonly steadySeconds: number;
  /** Between two resyncs of which one is observed. */
  readonly passSeconds: number;
  /** Flags for the operator's Node, for a profile. */
  readonly nodeFlags: readonly string[];
}

/** Memory in MB of 1,000,000 bytes, durations in seconds. */
export interface Figures {
  readonly ready: number;
  /** Until every ConfigMap was listed, from the start of the process. */
  readonly listed: number;
  /** Until the first repair of all config objects was done and reported, from the start of the process. */
  readonly repaired: number;
  /** The processor's time that the operator took for it. */
  readonly repairedCpu: number;
  readonly memory: {
    readonly afterRepair: number;
    readonly peakOfRepair: number;
    readonly steady: number;
    readonly peakOfAll: number;
    /** Of writes of ConfigMaps with very many keys, all at once. */
    readonly peakOfBurst: number;
  };
  /** Of the operator's process, while nothing happens: seconds of the processor's time an hour. */
  readonly steadyCpu: number;
  /** What was asked of the API server while nothing was to do, the lease aside: watches that opened anew aren't counted. */
  readonly steadyRequests: readonly AuditedRequest[];
  readonly rates: Rates | undefined;
  /** After a new start on a compliant cluster, a resync included. */
  readonly restarted: {
    readonly ready: number;
    readonly listed: number;
    readonly pass: number;
    readonly writes: readonly AuditedRequest[];
    /** Complete lists of ConfigMaps between the first list and the observed pass: 1 is the pass itself. */
    readonly passes: number;
    readonly peak: number;
    readonly steady: number;
  };
  readonly apiServer: { readonly resident: number };
}

type Say = (state: string) => void;

export async function runScale(options: ScaleOptions, say: Say): Promise<Figures> {
  const fixture = buildFixture(options);
  const stage = await setStage(fixture, options.nodeFlags, say);
  let program: Program | undefined;
  try {
    await applyShares(stage.api, fixture);
    say('starting the operator');
    program = await stage.start({ concurrency: options.concurrency, 'resync-seconds': 3600 });
    const first = await repairAll(program, options, stage, say);
    const steady = await observeSteady(program, options, stage, say);
    const rates = options.rounds === 0 ? undefined : await rate(program, first.leasePath, options, stage, fixture, say);
    // What it still has to report must not look like the next one's doing.
    await untilQuiet(stage.audit);
    const peakOfAll = Math.max(first.peak, program.memory().peak);
    say('writing ConfigMaps with very many keys');
    const peakOfBurst = await writeBurst(program, stage.api, fixture);
    // It still reports what came and went.
    await untilQuiet(stage.audit);
    await program.end();
    program = await stage.start({ concurrency: options.concurrency, 'resync-seconds': options.passSeconds });
    const restarted = await observePass(program, options, stage, say);
    await program.end();
    const { ready, listed, repaired, cpu: repairedCpu, afterRepair, peak: peakOfRepair } = first;
    return {
      ready,
      listed,
      repaired,
      repairedCpu,
      memory: { afterRepair, peakOfRepair, steady: steady.resident, peakOfAll, peakOfBurst },
      steadyCpu: steady.cpu,
      steadyRequests: steady.requests,
      rates,
      restarted,
      apiServer: { resident: steady.apiServer },
    };
  } catch (error) {
    throw program === undefined
      ? error
      : new Error(`the end of the operator's log:\n${program.log()}`, { cause: error });
  } finally {
    await program?.end();
    await stage.stop();
  }
}

async function repairAll(program: Program, { configObjects }: ScaleOptions, { api, audit }: Stage, say: Say) {
  const { at, requests } = await untilListed(audit);
  await untilCompliant(api, configObjects, say);
  const repairedAt = Date.now();
  const cpu = program.cpuSeconds();
  const { resident, peak } = program.memory();
  return {
    ready: program.readyMs / 1000,
    listed: (at - program.startedAt) / 1000,
    repaired: (repairedAt - program.startedAt) / 1000,
    cpu,
    afterRepair: resident,
    peak,
    leasePath: toLeasePath(requests),
  };
}

async function observeSteady(program: Program, { steadySeconds }: ScaleOptions, { audit, cluster }: Stage, say: Say) {
  await untilQuiet(audit);
  say('watching that nothing happens');
  const cpuBefore = program.cpuSeconds();
  await sleep(steadySeconds * 1000);
  const requests = (await audit.next()).filter((request) => request.verb !== 'watch' && !isPulse(request));
  const cpu = ((program.cpuSeconds() - cpuBefore) / steadySeconds) * 3600;
  const apiServer = readMemory(cluster.pids.apiServer).resident;
  return { requests, cpu, resident: program.memory().resident, apiServer };
}

async function rate(
  program: Program,
  leasePath: string | undefined,
  options: ScaleOptions,
  stage: Stage,
  fixture: Fixture,
  say: Say,
): Promise<Rates> {
  if (leasePath === undefined) throw new Error('the operator asks for no Lease, so nobody else can take the lead');
  return compareRates(options, stage, fixture, program, buildLead(stage.api, stage.audit, leasePath), say);
}

/** A new leader of a compliant cluster, and its first resync. */
async function observePass(program: Program, { passSeconds }: ScaleOptions, { audit }: Stage, say: Say) {
  const first = await untilListed(audit);
  const listed = (first.at - program.startedAt) / 1000;
  say('waiting for a resync');
  await sleep(passSeconds * 900);
  const second = await untilListed(audit);
  await untilQuiet(audit);
  const { resident, peak } = program.memory();
  const lists = second.requests.filter(({ verb, resource }) => verb === 'list' && resource === 'configmaps');
  const startedAt = lists.find(({ continued }) => !continued)?.receivedAt ?? Number.NaN;
  return {
    ready: program.readyMs / 1000,
    listed,
    pass: (second.at - startedAt) / 1000,
    writes: [...first.requests, ...second.requests].filter((request) => isWrite(request) && !isPulse(request)),
    passes: lists.filter(({ continued }) => !continued).length,
    peak,
    steady: resident,
  };
}
