/**
 * How a suite says what it can't do without. Where that is missing, the suite's tests count as skipped, and the run names what was missing; with
 * CI=true a skipped test fails the run (test.ts).
 *
 *     import { describeWith } from './needs.ts';
 *
 *     describeWith(['java', 'maven'], 'Hadoop 3.5.0', () => {
 *       it('reads our block first', …);
 *     });
 *
 * What the suite starts, it starts in hooks or tests: the body runs to collect tests even where they are skipped. A new kind of need is a new line in
 * the table below. A suite that needs 'control plane' (spelt so in its file's text) gets its binaries prepared before it runs:
 *
 *     describeWith(['control plane'], 'the chart', () => {
 *       const cluster = useControlPlane();      // test/controlplane/use-control-plane.ts
 *       it('installs', () => cluster().helm([…]));
 *     });
 */
import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { findChromium } from '../browser/chromium.ts';
import { whyNoNode } from '../cluster/node/can-run.ts';
import { findBinaries, findKustomize, findLinters, findMonitoring, findPartners } from '../controlplane/binaries.ts';
import { needsMark } from './needs-mark.ts';
import { onPath } from './on-path.ts';

/** What each need is called where it is missing, and whether it is there. */
const needs = {
  'control plane': {
    title: 'kube-apiserver, etcd, kubectl and helm, or Go to build them',
    present: () => findBinaries() !== undefined,
  },
  java: { title: 'Java 17 or newer (javac)', present: () => javaVersion() >= 17 },
  prometheus: { title: 'prometheus and promtool, or Go to build them', present: () => findMonitoring() !== undefined },
  linters: { title: 'Go, to build the linters', present: () => findLinters() !== undefined },
  partners: { title: 'Go, to build Flux, cert-manager and Argo CD', present: () => findPartners() !== undefined },
  'kubernetes node': {
    title: 'root on Linux, with what test/cluster/node/can-run.ts names',
    present: () => whyNoNode() === undefined,
  },
  pip: { title: 'Python with pip', present: () => onPath('python3') && succeeds('python3', '-m', 'pip', '--version') },
  chromium: { title: 'Chromium or Chrome, on PATH or as CHROMIUM_PATH', present: () => findChromium() !== undefined },
  kustomize: { title: 'kustomize, or Go to build it', present: () => findKustomize() !== undefined || onPath('go') },
  maven: { title: 'Maven (mvn)', present: () => onPath('mvn') },
} as const;

export type Need = keyof typeof needs;

/** `describe` for a suite that needs all of these; skipped where one is missing, with what is missing in the title. */
export function describeWith(wanted: readonly Need[], title: string, define: () => void): void {
  const missing = wanted.filter((need) => !needs[need].present()).map((need) => needs[need].title);
  if (missing.length === 0) describe(title, define);
  else describe.skip(`${title} ${needsMark(missing)}`, define);
}

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function javaVersion(): number {
  const { stdout } = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  return Number(/^javac (\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}
