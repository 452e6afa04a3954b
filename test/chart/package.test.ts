/**
 * The chart as a package: what is in it, and that it installs from there and as another chart's dependency.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { beforeAll, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { findBinaries } from '../controlplane/binaries.ts';
import { type Output, runCommand } from '../controlplane/command.ts';
import { describeWith } from '../run/needs.ts';
import { chart, type KubernetesObject } from './chart.ts';
import { temporaryFolder } from './temporary-folder.ts';

describeWith(['control plane'], 'the packaged chart', () => {
  const folder = temporaryFolder();
  let file: string;

  const helm = (...args: string[]): Promise<Output> => runCommand(findBinaries()?.helm ?? '', args);

  beforeAll(async () => {
    await helm('package', chart, '--destination', folder());
    const [name = ''] = await readdir(folder());
    file = join(folder(), name);
  });

  it('has the version of the program that it installs, and says what it needs and brings', async () => {
    const about = load((await helm('show', 'chart', file)).stdout) as KubernetesObject;
    expect(about).toMatchObject({ name: 'sse-kms-operator', appVersion: packageJson.version, type: 'application' });
    const [definition] = load(about.annotations['artifacthub.io/crds']) as KubernetesObject[];
    expect(definition).toMatchObject({ kind: 'KmsKeyAssignment', name: 'kmskeyassignments.ssekms.io' });
    const [example] = load(about.annotations['artifacthub.io/crdsExamples']) as KubernetesObject[];
    expect(example).toMatchObject({ kind: 'KmsKeyAssignment', apiVersion: 'ssekms.io/v1alpha1' });
  });

  it('holds the README, the schema, and every document that its README, values, alerts and notes point at', async () => {
    await runCommand('tar', ['-xzf', file, '-C', folder()]);
    const unpacked = join(folder(), 'sse-kms-operator');
    const names = await readdir(unpacked, { recursive: true });
    expect(names).toEqual(expect.arrayContaining(['Chart.yaml', 'README.md', 'values.yaml', 'values.schema.json']));
    const pointing = names.filter((name) =>
      /^(README\.md|values\.yaml|templates\/.*|rules\/.*|docs\/.*\.md)$/.test(name),
    );
    const documents = new Set<string>();
    for (const name of pointing.filter((it) => /\.\w+$/.test(it))) {
      const text = await readFile(join(unpacked, name), 'utf8');
      for (const [document] of text.matchAll(/\bdocs\/[-\w]+\.md\b/g)) documents.add(document);
      // From one document to the next.
      if (!name.startsWith('docs/')) continue;
      for (const [, document] of text.matchAll(/\]\(([-\w]+\.md)[)#]/g)) documents.add(`docs/${document}`);
    }
    // Whether a page exists is the business of test/docs.
    const existing = [...documents].filter((document) => existsSync(join(chart, document)));
    expect(existing.length).toBeGreaterThan(10);
    expect(names).toEqual(expect.arrayContaining(existing));
    // Helm keeps every file in the Secret of each release, which holds 1 MiB.
    expect(names.filter((name) => name.endsWith('.png'))).toEqual([]);
    await rm(unpacked, { recursive: true });
  });

  it('says where it is from and who keeps it, and carries its icon', async () => {
    const about = load((await helm('show', 'chart', file)).stdout) as KubernetesObject;
    expect(about.sources.length).toBeGreaterThan(0);
    expect(about.maintainers).toMatchObject([{ name: expect.any(String), url: expect.stringMatching(/^https:/) }]);
    const [type = '', data = ''] = about.icon.split(',');
    expect(type).toBe('data:image/svg+xml;base64');
    const svg = Buffer.from(data, 'base64').toString();
    const drawn = await readFile(join(chart, 'icon.svg'), 'utf8');
    expect(svg.replaceAll(/\s/g, '')).toBe(drawn.replaceAll(/\s/g, ''));
    for (const name of ['links', 'changes']) {
      expect((load(about.annotations[`artifacthub.io/${name}`]) as unknown[]).length).toBeGreaterThan(0);
    }
  });

  it('passes lint --strict', async () => {
    expect((await helm('lint', '--strict', file)).stdout).toContain('0 chart(s) failed');
  });

  it('can be a part of another chart, which has conditions and shares what it likes', async () => {
    const parent = join(folder(), 'platform');
    await mkdir(join(parent, 'charts'), { recursive: true });
    await runCommand('cp', [file, join(parent, 'charts')]);
    const name = 'sse-kms-operator';
    const condition = 'sse-kms-operator.enabled';
    const dependencies = [{ name, version: '*', repository: '', condition }];
    const about = { apiVersion: 'v2', name: 'platform', version: '1.0.0', dependencies };
    await writeFile(join(parent, 'Chart.yaml'), JSON.stringify(about));
    const values = (enabled: boolean) => ({ global: { team: 'a' }, [name]: { enabled, replicas: 3 } });
    await writeFile(join(parent, 'values.yaml'), JSON.stringify(values(true)));
    expect((await helm('template', 'release', parent)).stdout).toContain('replicas: 3');
    await writeFile(join(parent, 'values.yaml'), JSON.stringify(values(false)));
    expect((await helm('template', 'release', parent)).stdout).not.toContain('Deployment');
  });
});
