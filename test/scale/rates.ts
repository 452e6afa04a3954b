/**
 * How fast the operator repairs all config objects, beside a bare loop of the same empty patches, by turns. The same process
 * answers the webhook in both, so that what differs is who sends the patches, and what the operator does besides.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { median } from '../bench/measure.ts';
import { assignAll, countEncrypted, forEachConfigObject, untilCompliant, untilWebhookKnows } from './assignments.ts';
import { allName, type Fixture } from './fixture.ts';
import { type Lead, untilQuiet } from './lead.ts';
import { type Program, readCpuSeconds } from './program.ts';
import type { Stage } from './stage.ts';

export interface Round {
  /** ConfigMaps a second, from the first patch's arrival to the last one's answer, at the API server. */
  readonly rate: number;
  /** Seconds of the processor's time for 1000 ConfigMaps. */
  readonly operatorCpu: number;
  readonly apiServerCpu: number;
  /** Of the bare loop's own process; 0 where the operator sends the patches. */
  readonly clientCpu: number;
}

export interface Rates {
  readonly repairs: readonly Round[];
  readonly bare: readonly Round[];
  /** The median of the repairs' rates as a part of the median of the bare loop's. */
  readonly ratio: number;
}

export interface RatesOptions {
  readonly rounds: number;
  readonly concurrency: number;
  readonly configObjects: number;
}

export async function compareRates(
  { rounds, concurrency, configObjects }: RatesOptions,
  stage: Stage,
  fixture: Fixture,
  program: Program,
  lead: Lead,
  say: (state: string) => void,
): Promise<Rates> {
  const { api, audit, kubeconfig } = stage;
  const paths: string[] = [];
  await forEachConfigObject(api, (path) => paths.push(path));
  const [firstPath = ''] = paths;
  let keyNumber = 0;

  /** `step` gives the processor's time of another client, in seconds. */
  async function measure(title: string, step: () => Promise<number>): Promise<Round> {
    await untilQuiet(audit);
    keyNumber += 1;
    const cpu = () => [program.cpuSeconds(), readCpuSeconds(stage.cluster.pids.apiServer)] as const;
    const [operatorBefore, apiServerBefore] = cpu();
    await assignAll(api, fixture, keyNumber);
    const client = await step();
    const [operatorAfter, apiServerAfter] = cpu();
    const patches = (await audit.next()).filter(({ verb, resource }) => verb === 'patch' && resource === 'configmaps');
    const encrypted = await countEncrypted(api, keyNumber);
    if (encrypted !== configObjects) throw new Error(`${title}: ${encrypted} of ${configObjects} have the new key`);
    // More than a few too many, and something else than this round has been writing.
    if (patches.length > configObjects * 1.02)
      throw new Error(`${title}: ${patches.length} patches of ${configObjects}`);
    const start = patches.reduce((least, { receivedAt }) => Math.min(least, receivedAt), Number.POSITIVE_INFINITY);
    const end = patches.reduce((most, { answeredAt }) => Math.max(most, answeredAt), 0);
    const round = {
      rate: patches.length / ((end - start) / 1000),
      operatorCpu: ((operatorAfter - operatorBefore) / patches.length) * 1000,
      apiServerCpu: ((apiServerAfter - apiServerBefore) / patches.length) * 1000,
      clientCpu: (client / patches.length) * 1000,
    };
    say(`${title}: ${round.rate.toFixed(0)} a second`);
    return round;
  }

  const repair = () =>
    measure('the operator', async () => {
      await untilCompliant(api, configObjects, say, allName);
      return 0;
    });
  const runBare = async () => {
    await lead.take();
    try {
      return await measure('the bare loop', async () => {
        await untilWebhookKnows(api, firstPath, keyNumber);
        return patchAll(paths, kubeconfig, concurrency);
      });
    } finally {
      await lead.giveBack();
    }
  };

  const repairs: Round[] = [];
  const bare: Round[] = [];
  // Unmeasured: whatever has to be compiled or cached is, afterwards.
  await repair();
  // ABBA: what changes slowly in the machine is in both alike.
  for (let round = 0; round < rounds; round++) {
    const steps = [async () => void repairs.push(await repair()), async () => void bare.push(await runBare())];
    for (const step of round % 2 === 0 ? steps : steps.reverse()) await step();
  }
  const medianRate = (all: readonly Round[]) => median(all.map(({ rate }) => rate));
  return { repairs, bare, ratio: medianRate(repairs) / medianRate(bare) };
}

/** A process of its own, as any script would be; the seconds of the processor's time that it took. */
async function patchAll(paths: readonly string[], kubeconfig: string, concurrency: number): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-loop.ts'), kubeconfig, `${concurrency}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  child.stdin.end(paths.join('\n'));
  const answer = await text(child.stdout);
  await exit;
  const { failed, cpuSeconds } = JSON.parse(answer) as { readonly failed: number; readonly cpuSeconds: number };
  if (failed > 0) throw new Error(`the bare loop: ${failed} patches failed`);
  return cpuSeconds;
}
