/**
 * The page about AWS shows what the program prints, and explains each statement of it.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import { makeFolder } from '../command-line.ts';

const page = readFileSync(new URL('../../../charts/sse-kms-operator/docs/aws.md', import.meta.url), 'utf8');
const manifest = /```yaml\n(.*?)```/s.exec(page)?.[1] ?? '';
const shown = [...page.matchAll(/```console\n\$ (sse-kms [^\n]*)\n```\n\n```json\n(.*?)```/gs)].map(
  ([, line = '', json = '']) => ({ line: line.replace('sse-kms ', ''), json }),
);

it('a policy of each kind is shown', () => {
  expect(shown.map(({ line }) => /--for (\w+)/.exec(line)?.[1])).toEqual(['bucket', 'workload', 'key', 'operator']);
});

it.each(shown)('$line prints what the page shows', async ({ line, json }) => {
  const { code, out } = await makeFolder({ 'assignment.yaml': manifest }).run(line);
  expect(out).toBe(json);
  expect(code).toBe(0);
});

it('each statement is explained', () => {
  const names = shown.flatMap(({ json }) => [...json.matchAll(/"Sid": "(\w+)"/g)].map(([, name]) => name));
  const words = page.replaceAll(/```.*?```/gs, '');
  expect(names.length).toBeGreaterThan(7);
  expect(names.filter((name) => !words.includes(`\`${name}\``))).toEqual([]);
});

it('each option that the page names is one', async () => {
  const known = await Promise.all(
    commands
      .filter(({ name }) => name === 'policy' || name === 'explain')
      .map(async ({ load }) => Object.keys((await load(commands)).options)),
  );
  const ours = [...page.matchAll(/sse-kms [^`\n]*|`--[^`\n]*`/g)].flatMap(([text]) => [
    ...text.matchAll(/--([a-z-]+)/g),
  ]);
  const awsOwn = ['key-id', 'query', 'output'];
  const unknown = ours
    .map(([, name = '']) => name)
    .filter((name) => !known.flat().includes(name) && !awsOwn.includes(name));
  expect(unknown).toEqual([]);
});

it('every heading that it links to is there', () => {
  const anchors = [...page.matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((link) => !anchors.includes(link ?? ''))).toEqual([]);
});
