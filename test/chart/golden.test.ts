/**
 * What Helm makes of a few sets of values, to be read in a review: golden/NAME.values.yaml makes golden/NAME.yaml.
 *
 *     npm test -- test/chart/golden -u      writes them as they are now
 */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { findBinaries } from '../controlplane/binaries.ts';
import { runCommand } from '../controlplane/command.ts';
import { describeWith } from '../run/needs.ts';
import { chart, namespace, release } from './chart.ts';

const folder = join(import.meta.dirname, 'golden');
const sets = globSync('*.values.yaml', { cwd: folder }).map((file) => basename(file, '.values.yaml'));
/** The definition is compared with the schema it is made from. */
const definition = /^---\n# Source: sse-kms-operator\/templates\/crd\.yaml\n[\s\S]*?(?=^---\n)/m;
/** A change of the version alone is none to look at. */
const version = /(helm\.sh\/chart: sse-kms-operator-|app\.kubernetes\.io\/version: "?)\d[-.\w]*/g;

describeWith(['control plane'], 'the chart', () => {
  it.each(sets)('renders golden/%s.yaml', async (set) => {
    const values = join(folder, `${set}.values.yaml`);
    const helm = findBinaries()?.helm ?? '';
    const args = ['template', release, chart, '--namespace', namespace, '--values', values];
    const { stdout } = await runCommand(helm, args);
    const shown = stdout.replace(definition, '').replaceAll(version, '$1VERSION').replace(/\n+$/, '\n');
    await expect(shown).toMatchFileSnapshot(join(folder, `${set}.yaml`));
  });
});
