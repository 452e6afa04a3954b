/**
 * A short chaos run, whose seed is always the same; `npm run chaos` makes long ones.
 */
import { expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { type ChaosOptions, runChaos, summarize } from './run.ts';

describeWith(['control plane'], 'a backfill during which everything goes wrong', () => {
  const cluster = useControlPlane();

  it('loses nothing: once all is back every ConfigMap complies, and statuses say so', {
    timeout: 600_000,
  }, async () => {
    const said: string[] = [];
    const say = (line: string) => void said.push(line);
    const options: ChaosOptions = { seed: 54, seconds: 25, configMaps: 500, patienceSeconds: 240, say };
    const report = await runChaos(cluster(), options);
    console.log(summarize(options, report));
    expect(report.problems, said.join('\n')).toEqual([]);
    const { kills, restarts, pauses, cuts } = report.counts;
    expect(Math.min(kills, restarts, pauses, cuts)).toBeGreaterThan(0);
  });
});
