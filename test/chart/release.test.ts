/**
 * The workflows of CI and release, by actionlint, and what the release does with the repository's files, with the real Helm.
 */
import { globSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { findProblems, readNotes } from '../../.config/release/facts.ts';
import { findBinaries, findLinters } from '../controlplane/binaries.ts';
import { runCommand } from '../controlplane/command.ts';
import { describeWith } from '../run/needs.ts';
import { type KubernetesObject, refusal, root } from './chart.ts';
import { temporaryFolder } from './temporary-folder.ts';

const workflows = globSync('.github/workflows/*.yaml', { cwd: root });
const digest = `sha256:${'a'.repeat(64)}`;
const image = 'registry.example.com/team/sse-kms-operator';
const release = (...words: string[]) =>
  runCommand(process.execPath, [join(root, '.config', 'release', 'main.ts'), ...words], { cwd: root });

describe('a release', () => {
  const changelog =
    '# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-07-01\n\nNothing breaks.\n\n### Added\n\n- A.\n\n## [1.1.0]\n';
  const sources = { packageVersion: '1.2.0', chartVersion: '1.2.0', appVersion: '1.2.0', changelog };

  it('is right where the tag and all files say the same', () => {
    expect(findProblems('v1.2.0', sources)).toEqual([]);
  });

  it.each<[string, string, Partial<typeof sources>, string]>([
    ['a tag without v', '1.2.0', {}, 'the tag 1.2.0 is not'],
    ['a tag that is no version', 'v1.2', {}, 'the tag v1.2 is not'],
    ['another package.json', 'v1.2.0', { packageVersion: '1.1.0' }, 'package.json says 1.1.0'],
    ['another chart', 'v1.2.0', { chartVersion: '1.2.1' }, 'version in Chart.yaml says 1.2.1'],
    ['another program in the chart', 'v1.2.0', { appVersion: '1.1.9' }, 'appVersion there says 1.1.9'],
    ['nothing in the changelog', 'v1.2.0', { changelog: '## [Unreleased]\n- A' }, 'CHANGELOG.md has no section'],
    ['an empty section', 'v1.2.0', { changelog: '## [1.2.0]\n\n## [1.1.0]\n- A' }, 'CHANGELOG.md has no section'],
  ])('is refused with %s', (_, tag, differing, problem) => {
    expect(findProblems(tag, { ...sources, ...differing }).join()).toContain(problem);
  });

  it('has the notes of its own version', () => {
    expect(readNotes(changelog, 'v1.2.0')).toBe('Nothing breaks.\n\n### Added\n\n- A.\n');
    expect(() => readNotes(changelog, 'v1.3.0')).toThrow('CHANGELOG.md');
  });

  it('is refused as a command, too, with the reasons on standard error', async () => {
    expect(await refusal(release('verify', 'v99.0.0'))).toContain('package.json says');
    expect(await refusal(release('chart'))).toContain('usage:');
  });
});

describeWith(['control plane', 'linters'], 'the workflows', () => {
  const folder = temporaryFolder();
  const helm = (...args: string[]) => runCommand(findBinaries()?.helm ?? '', args);
  const actionlint = (...files: string[]) =>
    runCommand(findLinters()?.actionlint ?? '', files, { cwd: root }).then(
      () => undefined,
      ({ stdout }) => stdout as string,
    );

  it('pass actionlint', async () => {
    expect(workflows.map((file) => file.replace(/^.*\//, '')).sort()).toEqual(['ci.yaml', 'release.yaml']);
    expect(await actionlint(...workflows)).toBeUndefined();
  });

  it('would not pass it with a job that there is not', async () => {
    const file = join(folder(), 'wrong.yaml');
    await writeFile(
      file,
      readFileSync(join(root, '.github/workflows/release.yaml'), 'utf8').replace('needs: verify', 'needs: verfy'),
    );
    expect(await actionlint(file)).toContain('verfy');
  });

  it('use no action but by its commit, give no job a right by default, and write nothing into scripts', () => {
    for (const file of workflows) {
      const text = readFileSync(join(root, file), 'utf8');
      const uses = [...text.matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action);
      expect(uses.length).toBeGreaterThan(2);
      for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      const { permissions, jobs } = load(text) as KubernetesObject;
      expect([{}, { contents: 'read' }]).toContainEqual(permissions);
      const steps = Object.values<KubernetesObject>(jobs).flatMap((job) => job.steps);
      // What a script gets, it gets by its environment: an expression would be read as a part of it.
      for (const { run = '' } of steps) expect(run).not.toContain('${{');
    }
  });

  it('release a chart that installs the very image that was pushed', async () => {
    const chart = join(folder(), 'sse-kms-operator');
    await release('chart', chart, image, digest);
    await helm('lint', '--strict', chart);
    await helm('package', chart, '--destination', folder());
    const file = (await readdir(folder())).find((name) => name.endsWith('.tgz')) ?? '';
    const { stdout } = await helm('template', 'a', join(folder(), file));
    expect(stdout.match(/ image: .*/g)).toEqual([` image: ${image}@${digest}`, ` image: ${image}@${digest}`]);
    const about = load((await helm('show', 'chart', join(folder(), file))).stdout) as KubernetesObject;
    expect(load(about.annotations['artifacthub.io/images'])).toEqual([
      { name: 'operator', image: `${image}@${digest}` },
    ]);
    const values = readFileSync(join(chart, 'values.yaml'), 'utf8');
    expect(values.split('\n').length).toBe(
      readFileSync(join(root, 'charts/sse-kms-operator/values.yaml'), 'utf8').split('\n').length,
    );
    expect(await refusal(release('chart', chart, image, 'sha256:abc'))).toContain('sha256:abc');
  });
});
