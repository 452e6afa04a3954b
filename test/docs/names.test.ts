/**
 * What the documentation names exists, and what exists is documented: reasons, flags, values, metrics, fields, commands.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeMetrics } from '../../.config/chart/metrics.ts';
import { parseValues, type Value } from '../../.config/chart/values.ts';
import { denied } from '../../src/admission/responses.ts';
import { buildCrd } from '../../src/api/crd.ts';
import { operatorFlags } from '../../src/config/operator-flags.ts';
import { selfTestFlags } from '../../src/config/self-test-flags.ts';
import { keyReasons } from '../../src/core/kms/judge-key.ts';
import { noteReasons, problemReasons, readyReasons } from '../../src/core/reasons.ts';
import { finance } from '../admission/admission-review.ts';
import { codeWords, docs, firstColumn, headings, page, pages, root, section } from './pages.ts';

const everything = pages.map(({ text }) => text).join('\n');
const sorted = (all: Iterable<string>) => [...new Set(all)].sort();

describe('a reason', () => {
  const reasons = sorted([...problemReasons, ...Object.values(noteReasons)]);
  const words = (all: readonly string[]) => all.filter((word) => /^[A-Z][a-z]+([A-Z][a-z]+)*$/.test(word));

  it('of a denial, problem or warning has a section in denied.md, whose anchor denials name; no section is of none', () => {
    const titles = headings(page('denied.md')).filter(
      ({ rank, title }) => rank === 3 && title !== 'failed calling webhook',
    );
    expect(sorted(titles.map(({ title }) => title))).toEqual(reasons);
    for (const { title, anchor } of titles) expect.soft(anchor).toBe(title.toLowerCase());
  });

  it('is in the table that says who can act', () => {
    const linked = [...section(page('denied.md'), 'Reasons').matchAll(/\[(\w+)\]\(#\w+\)/g)].map(
      ([, word = '']) => word,
    );
    expect(sorted(linked)).toEqual(reasons);
  });

  it('of the condition Ready is in the table of assignment.md, and no other is', () => {
    const status = section(page('assignment.md'), 'Status');
    const table = status.slice(status.indexOf('| reason of `Ready`'));
    expect(sorted(words(firstColumn(table)))).toEqual(sorted(readyReasons));
  });

  it('of the condition KeyUsable is in the table of keys.md, and no other is', () => {
    const table = section(page('keys.md'), 'The condition');
    expect(sorted(words(firstColumn(table)))).toEqual(sorted(keyReasons));
  });

  it('that any page names as one exists', () => {
    // In the form "denied (`Reason`)" or "the warning `Reason`".
    const named = pages.flatMap(({ path, prose }) =>
      path.endsWith('certificates.md')
        ? []
        : [...prose.matchAll(/\((?:`[A-Z]\w+`(?:, )?)+\)/g)].flatMap(([group]) => group.match(/\w+/g) ?? []),
    );
    expect(named.length).toBeGreaterThan(10);
    const known = [...reasons, ...readyReasons, ...keyReasons, 'NoConflict', 'HadoopFileIO'];
    expect(words(sorted(named)).filter((word) => !known.includes(word))).toEqual([]);
  });
});

it('every flag of the operator and of the self-test is in internals.md with what sets it, and every flag there exists', () => {
  const flags = section(page('internals.md'), 'Flags');
  const named = sorted(firstColumn(flags).filter((cell) => cell.startsWith('--')));
  expect(named).toEqual(sorted(Object.keys(operatorFlags({})).map((name) => `--${name}`)));
  const [, selfTest = ''] = flags.split('`sse-kms self-test`');
  expect(sorted(selfTest.match(/--[a-z-]+/g) ?? [])).toEqual(
    sorted(Object.keys(selfTestFlags({})).map((name) => `--${name}`)),
  );
});

describe('a value of the chart', () => {
  const flatten = (all: readonly Value[]): Value[] => all.flatMap((value) => [value, ...flatten(value.children ?? [])]);
  const values = flatten(parseValues(readFileSync(join(root, 'charts/sse-kms-operator/values.yaml'), 'utf8')));
  const paths = values.map(({ path }) => path);
  const roots = sorted(paths.map((path) => path.split('.')[0] ?? ''));
  /** Objects whose own keys are the user's, such as `resources.requests.memory`. */
  const open = values.filter(({ children }) => !children).map(({ path }) => `${path}.`);
  const exists = (path: string) => paths.includes(path) || open.some((prefix) => path.startsWith(prefix));

  it('that a page names in backticks exists', () => {
    const named = pages
      .flatMap(codeWords)
      .map((words) => words.replace(/[:=][\s\S]*$/, '').replace(/\.\*$/, ''))
      // Argo CD's.
      .filter((words) => words !== 'controller.diff.server.side')
      .filter((words) => /^\w+(\.\w+)+$/.test(words) && roots.includes(words.split('.')[0] ?? ''));
    expect(named.length).toBeGreaterThan(50);
    expect(sorted(named).filter((path) => !exists(path))).toEqual([]);
  });

  it('that a command sets exists', () => {
    const set = [...everything.matchAll(/--set[ =]([\w.]+)=/g)].map(([, path = '']) => path);
    expect(set.length).toBeGreaterThan(5);
    expect(sorted(set).filter((path) => !exists(path))).toEqual([]);
  });

  it('in a block of YAML exists', () => {
    const blocks = pages.flatMap(({ blocks }) => blocks).filter(({ language }) => language === 'yaml');
    const valuesBlocks = blocks
      .map(({ text }) => parse(text) as Record<string, unknown>)
      .filter((block) => block.apiVersion === undefined && Object.keys(block).every((key) => roots.includes(key)));
    expect(valuesBlocks.length).toBeGreaterThan(3);
    const pathsOf = (node: unknown, path: string): string[] =>
      typeof node === 'object' &&
      node !== null &&
      !Array.isArray(node) &&
      !paths.some((one) => one === path && !values.find((v) => v.path === one)?.children)
        ? Object.entries(node).flatMap(([key, child]) => pathsOf(child, path === '' ? key : `${path}.${key}`))
        : [path];
    expect(sorted(valuesBlocks.flatMap((block) => pathsOf(block, ''))).filter((path) => !exists(path))).toEqual([]);
  });
});

it('every metric that a page names exists', () => {
  const exposed = describeMetrics().flatMap(({ name, type }) =>
    type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  const named = sorted(everything.match(/\bssekms_\w+/g) ?? []);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !exposed.includes(name))).toEqual([]);
});

describe('a field of KmsKeyAssignment', () => {
  interface Schema {
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
  }
  const [version] = buildCrd().spec.versions;
  const { spec, status } = (version?.schema.openAPIV3Schema as Schema | undefined)?.properties ?? {};
  const pathsOf = ({ properties = {}, items }: Schema, path: string): string[] => [
    ...(path === '' ? [] : [path]),
    ...Object.entries(properties).flatMap(([key, child]) => pathsOf(child, path === '' ? key : `${path}.${key}`)),
    ...(items?.properties === undefined ? [] : pathsOf({ properties: items.properties }, `${path}[]`)),
  ];
  const inside = /^(namespaceSelector|encryptionContext|buckets\[\]\.encryptionContext|buckets\[\]\.key)\./;
  const specPaths = pathsOf(spec ?? {}, '').filter((path) => !inside.test(path));

  it('of the spec is in the table of assignment.md, and nothing else is', () => {
    const named = firstColumn(section(page('assignment.md'), 'Fields').split('| `enforcement` |')[0] ?? '');
    const leaves = specPaths.filter(
      (path) => !specPaths.some((other) => other.startsWith(`${path}.`)) && !path.endsWith('[]'),
    );
    const expected = leaves.filter((path) => path !== 'buckets' && path !== 'enforcement');
    expect(sorted(named.filter((cell) => /^[a-z]/.test(cell) && cell !== 'field'))).toEqual(sorted(expected));
  });

  it('of the status is in the table of assignment.md', () => {
    const text = section(page('assignment.md'), 'Status');
    const paths = Object.entries(status?.properties ?? {}).flatMap(([name, { properties = {} }]) =>
      name === 'objects' ? Object.keys(properties).map((key) => `objects.${key}`) : [name],
    );
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !text.includes(`\`status.${path}\``))).toEqual([]);
  });

  it('of the status exists where a page names it', () => {
    const paths = pathsOf(status ?? {}, '').map((path) => `status.${path}`);
    const named = [...everything.matchAll(/\bstatus\.([a-zA-Z]+(?:\.[a-zA-Z]+)?)\b/g)].map(([path]) => path);
    // A definition's own.
    paths.push('status.storedVersions');
    expect(sorted(named).filter((path) => !paths.includes(path))).toEqual([]);
  });
});

it('every annotation of the audit log is in operate.md, and every one there exists', () => {
  const record = { outcome: 'refused', assignments: [finance], reasons: [] } as const;
  const { auditAnnotations } = denied(record, ['text'], [{ reason: 'Malformed', message: 'text' }]);
  const named = [...page('operate.md').text.matchAll(/\b(?:mutate|validate)\.ssekms\.io\/(\w+)/g)].map(
    ([, key = '']) => key,
  );
  expect(sorted(named)).toEqual(sorted(Object.keys(auditAnnotations)));
});

describe('an npm command', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  it('that a page names exists', () => {
    const named = [...everything.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(10);
    expect(sorted(named).filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it('is in CONTRIBUTING.md', () => {
    const { text } = page('CONTRIBUTING.md');
    const missing = Object.keys(scripts).filter(
      (name) => !text.includes(name === 'test' ? '| `npm test` |' : `| \`npm run ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

it('every folder of src and test is in CONTRIBUTING.md, and every one there exists', () => {
  const where = section(page('CONTRIBUTING.md'), 'What is where');
  const [, ofSrc = '', ofTest = ''] = where.split(/^\| folder of/m);
  const named = (text: string) =>
    sorted(
      firstColumn(text)
        .map((cell) => cell.replace(/\/$/, ''))
        .filter((cell) => /^[a-z]/.test(cell)),
    );
  const folders = (parent: string) =>
    globSync(`${parent}/*/`, { cwd: root }).map((path) => path.split('/').at(-1) ?? '');
  const core = folders('src/core').map((name) => `core/${name}`);
  expect(named(ofSrc.replace(/^.*\n/, ''))).toEqual(sorted(['main.ts', ...folders('src'), ...core]));
  expect(named(ofTest.replace(/^.*\n/, ''))).toEqual(sorted(folders('test')));
});

it('every way past the key that has cases is a numbered row of guarantees.md, and every number there has cases', () => {
  const rows = firstColumn(section(page('guarantees.md'), 'Ways past the key')).filter((cell) => /^\d/.test(cell));
  const cases = globSync('test/cases/ways-past/*/', { cwd: root }).map(
    (path) => /\/0*(\d+b?)-[^/]*$/.exec(path)?.[1] ?? path,
  );
  expect(sorted(rows)).toEqual(sorted(cases));
});

it('every file of the repository that a page names exists', () => {
  const named = pages
    .filter(({ path }) => path !== `${docs}/release.md`)
    .flatMap(codeWords)
    .filter((words) => /^(src|test|charts|\.ci|\.config)\/[\w./-]+$/.test(words));
  expect(named.length).toBeGreaterThan(5);
  const missing = sorted(named).filter((path) => globSync(path.replace(/\/$/, ''), { cwd: root }).length === 0);
  expect(missing.filter((path) => !path.includes('NAME'))).toEqual([]);
});
