/**
 * Where denials and alerts send their readers: one value for the pages of this repository, and one for pages of one's own.
 */
import { expect, it } from 'vitest';
import { findBinaries } from '../controlplane/binaries.ts';
import { runCommand } from '../controlplane/command.ts';
import { describeWith } from '../run/needs.ts';
import { chart, namespace, release, set } from './chart.ts';

const pages = 'https://git.example.com/platform/docs';
const alerts = ['metrics.prometheusRule.enabled=true'];

describeWith(['control plane'], 'the chart', () => {
  const render = async (...values: string[]) =>
    (
      await runCommand(findBinaries()?.helm ?? '', [
        ...['template', release, chart, '--namespace', namespace],
        ...set(...alerts, ...values),
      ])
    ).stdout;

  it('points denials and alerts at the pages in the repository, where no address is given', async () => {
    const rendered = await render();
    expect(rendered).toContain('- --docs-url=charts/sse-kms-operator/docs/denied.md\n');
    expect(rendered).toContain('runbook_url: charts/sse-kms-operator/docs/runbooks.md#ssekmsnoleader\n');
  });

  it.each([pages, `${pages}/`])('points both below docs.url: %s', async (url) => {
    const rendered = await render(`docs.url=${url}`);
    expect(rendered).toContain(`- --docs-url=${pages}/denied.md\n`);
    expect(rendered).toContain(`runbook_url: ${pages}/runbooks.md#ssekmsnoleader\n`);
  });

  it('points each at a page of its own', async () => {
    const own = ['docs.deniedUrl=https://wiki/denied', 'metrics.prometheusRule.runbookUrl=https://wiki/runbooks'];
    const rendered = await render(`docs.url=${pages}`, ...own);
    expect(rendered).toContain('- --docs-url=https://wiki/denied\n');
    expect(rendered).toContain('runbook_url: https://wiki/runbooks#ssekmsnoleader\n');
  });

  it.each(['docs.url=docs', 'docs.deniedUrl=https://wiki/denied#anchor', 'docs.url=https://wiki/a b'])(
    'refuses what is no address that an anchor can follow: %s',
    async (value) => {
      await expect(render(value)).rejects.toThrow(/docs/);
    },
  );
});
