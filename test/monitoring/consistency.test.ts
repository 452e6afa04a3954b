/**
 * Alerts, dashboard, runbooks and documentation speak of the same things, which exist.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeMetrics } from '../../.config/chart/metrics.ts';
import { readyReasons } from '../../src/core/reasons.ts';
import { chart, docs, readDashboard, readRules } from './chart.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (name: string) => readFileSync(join(docs, name), 'utf8');
const runbooks = read('runbooks.md');
const documents: Readonly<Record<string, string>> = {
  'the alerts': readFileSync(join(chart, 'rules', 'alerts.yaml'), 'utf8'),
  'the dashboard': readFileSync(join(chart, 'dashboards', 'sse-kms-operator.json'), 'utf8'),
  'docs/runbooks.md': runbooks,
  'docs/metrics.md': read('metrics.md'),
};

const metrics = describeMetrics();
const exposed = metrics.flatMap(({ name, type }) =>
  type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
);

/** The runbook of each alert. */
const sections = new Map(
  runbooks
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text] as const),
);

describe('every metric', () => {
  it.each(Object.entries(documents))('that is named in %s exists', (_, text) => {
    const named = new Set(text.match(/\bssekms_\w+/g));
    expect(named.size).toBeGreaterThan(5);
    expect([...named].filter((name) => !exposed.includes(name))).toEqual([]);
  });

  it('is documented', () => {
    for (const { name } of metrics) expect.soft(documents['docs/metrics.md']).toContain(`| \`${name}\` |`);
  });

  it.each(['the alerts', 'the dashboard'])('is asked in %s for labels that it has', (name) => {
    const queries = name === 'the alerts' ? readRules() : readDashboard();
    for (const { expr } of queries) {
      for (const [selector, metric = '', labels = ''] of expr.matchAll(/(ssekms_\w+)\{([^}]*)\}/g)) {
        const base = metrics.find((one) => one.name === metric || metric.startsWith(`${one.name}_`));
        const asked = [...labels.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label]) => label);
        expect.soft(base?.labels, selector).toEqual(expect.arrayContaining(asked));
      }
    }
  });

  it('of a dashboard or an alert is shown or watched: nothing is measured for nobody', () => {
    const used = [documents['the alerts'], documents['the dashboard']].join();
    expect(metrics.map(({ name }) => name).filter((name) => !used.includes(name))).toEqual([]);
  });
});

describe('every alert', () => {
  const rules = readRules();

  it('has its own runbook, in the same order, and every runbook its alert', () => {
    expect([...sections.keys()]).toEqual(rules.map(({ alert }) => alert));
  });

  it.each(rules.map(({ alert }) => alert))(
    'has a runbook that says what it means, what is at stake, how to look and what to do: %s',
    (alert) => {
      const parts = [...(sections.get(alert) ?? '').matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, part]) => part);
      expect(parts).toEqual(['What it means', 'At stake', 'How to look', 'What to do']);
    },
  );

  it('says how urgent it is, in words for the one who is woken', () => {
    for (const { alert, labels, annotations } of rules) {
      expect.soft(['critical', 'warning'], alert).toContain(labels.severity);
      expect.soft(annotations.summary, alert).toMatch(/\.$/);
      expect.soft(annotations.description, alert).toMatch(/[.]$/);
    }
  });

  it('waits before it fires', () => {
    for (const rule of rules) expect.soft(rule.for, rule.alert).toMatch(/^[1-9]\d*[mh]$/);
  });

  it('that looks at reasons knows them', () => {
    const asked = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/ssekms_assignments\{reason=~"([^"]+)"/g)].map(([, all = '']) => all.split('|')),
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(readyReasons).toEqual(expect.arrayContaining(asked.flat()));
  });
});

it('every line of the log that a runbook tells to look for is one that the operator writes', () => {
  const source = globSync('src/**/*.ts', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join();
  const quoted = [...runbooks.matchAll(/`([a-z][a-z, ]+ [a-z, ]+)`/g)].map(([, words = '']) => words);
  const lines = quoted.filter((words) => !/^(kubectl|helm|openssl) /.test(words));
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.filter((line) => !source.includes(`'${line}`))).toEqual([]);
});

it('every runbook reads all of the log: for pods by a label kubectl shows ten lines of each where nothing else is said', () => {
  const commands = runbooks.match(/kubectl [^`\n]*\blogs\b[^`\n]*/g) ?? [];
  const bySelector = commands.filter((command) => / (-l|--selector)\b/.test(command));
  expect(bySelector.length).toBeGreaterThan(0);
  for (const command of bySelector) expect.soft(command).toContain(' --tail=-1');
});

it('nobody is woken for what has no consequences yet', () => {
  for (const { alert, labels } of readRules()) {
    const [, stake = ''] = /^\*\*At stake\.\*\* (.*)$/m.exec(sections.get(alert) ?? '') ?? [];
    expect.soft(stake, alert).not.toBe('');
    if (/^(Nothing|Little)\b/.test(stake)) expect.soft(labels.severity, alert).toBe('warning');
  }
});

it('the memory for bodies that docs/sizing.md speaks of is what docs/security.md bounds', () => {
  const [, bound] =
    /^\| all bodies over 64 KiB that are in hand at once \| (\d+ MiB)\b/m.exec(read('security.md')) ?? [];
  expect(bound).toBeDefined();
  expect(read('sizing.md')).toContain(`at most ${bound} of those over 64 KiB are in hand at once`);
});

it('every link within the runbooks leads to a runbook', () => {
  const anchors = [...sections.keys()].map((name) => name.toLowerCase());
  const links = [...runbooks.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
});

it('the dashboard can be imported: unique panels that fit the grid, one data source that the reader chooses', () => {
  const { panels, templating } = JSON.parse(documents['the dashboard'] ?? '');
  const ids = panels.map(({ id }: { id: number }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { title, gridPos, datasource, type } of panels) {
    expect.soft(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
    if (type !== 'row')
      expect.soft(datasource, title).toEqual({ type: 'prometheus', uid: `\${${templating.list[0].name}}` });
  }
});
