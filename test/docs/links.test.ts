/**
 * Links lead somewhere, and every page can be found and says what it is for.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { docs, headings, links, page, pages, readPage, root } from './pages.ts';

interface Target {
  readonly link: string;
  readonly path: string;
  readonly anchor: string;
}

function targetsOf({ path, links }: { path: string; links: readonly string[] }): Target[] {
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', anchor = ''] = link.split('#');
      return { link, path: file === '' ? path : normalize(join(dirname(path), file)), anchor };
    });
}

describe('every link', () => {
  it.each(pages.map((one) => [one.path, one] as const))(
    'of %s leads to a file, and to a heading of it',
    (path, one) => {
      for (const target of targetsOf({ path, links: links(one) })) {
        expect.soft(existsSync(join(root, target.path)), `${target.link}: there is no ${target.path}`).toBe(true);
        if (target.anchor === '' || !target.path.endsWith('.md') || !existsSync(join(root, target.path))) continue;
        const anchors = headings(readPage(target.path)).map(({ anchor }) => anchor);
        expect.soft(anchors, target.link).toContain(target.anchor);
      }
    },
  );

  it('is one that the tests can see: some hundred of them', () => {
    expect(pages.flatMap(links).length).toBeGreaterThan(100);
  });

  it('of the chart stays within the chart, or leads to what a checkout has: a packaged chart has its docs alone', () => {
    const outside = pages
      .filter(({ path }) => path === 'charts/sse-kms-operator/README.md')
      .flatMap((one) => targetsOf({ path: one.path, links: links(one) }))
      .filter(({ path }) => !path.startsWith('charts/sse-kms-operator/'));
    expect(outside).toEqual([]);
  });
});

describe('every page', () => {
  const docsPages = pages.filter(({ path }) => path.startsWith(docs));

  it.each(docsPages.map(({ path, prose }) => [path, prose] as const))('begins with what it answers: %s', (_, prose) => {
    const [, first = ''] = prose.split('\n\n');
    expect(first).toContain('This page ');
  });

  it.each(['README.md', 'charts/sse-kms-operator/README.md'])('is named in %s, or in internals', (from) => {
    const reached = [from, `${docs}/internals.md`].flatMap((path) =>
      targetsOf({ path, links: links(page(path)) }).map((target) => target.path),
    );
    expect(docsPages.map(({ path }) => path).filter((path) => !reached.includes(path))).toEqual([]);
  });

  it('has one title', () => {
    for (const one of pages)
      expect
        .soft(
          headings(one).filter(({ rank }) => rank === 1),
          one.path,
        )
        .toHaveLength(1);
  });
});

it('every page that values, templates, alerts or sources name exists', () => {
  const files = globSync(
    [
      'charts/sse-kms-operator/{values.yaml,templates/**/*.{yaml,tpl,txt},rules/*}',
      'src/**/*.ts',
      '.config/**/*.ts',
      '.ci/*',
    ],
    { cwd: root },
  );
  const named = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\bdocs\/([-\w]+\.md)\b/g)].map(
      ([, name]) => `${docs}/${name}`,
    ),
  );
  expect(named.length).toBeGreaterThan(5);
  const missing = [...new Set(named)].filter((path) => !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});
