/**
 * The page's script: the report that stands in the page, as something to look at, to filter and to walk through.
 */
import type { AuditOutcome } from '../outcomes.ts';
import type { AuditReport } from '../report.ts';
import { buildDetail } from './detail.ts';
import { element, find, format } from './elements.ts';
import { buildGrid } from './grid.ts';
import { showMap } from './map.ts';
import { showSummary } from './summary.ts';
import { startTheme } from './theme.ts';
import { toViews, type View } from './views.ts';

const report = JSON.parse(find('report').textContent ?? '') as AuditReport;
const views = toViews(report);
const detail = buildDetail(report);
const filter = find<HTMLInputElement>('filter');
let chosen: ReadonlySet<AuditOutcome> = new Set();
let current = views[0] as View;
const grid = buildGrid(find('grid'), (row) => detail.show(current.id, row));

/** The words of each row, made when they are first searched. */
const words = new WeakMap<object, string>();

function wordsOf(view: View, row: object): string {
  const known = words.get(row) ?? view.words(row).toLowerCase();
  words.set(row, known);
  return known;
}

/** The rows that have every word of the filter, and one of the chosen outcomes. */
function matching(view: View): readonly unknown[] {
  const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0 && chosen.size === 0) return view.rows;
  return view.rows.filter((row) => {
    if (chosen.size > 0 && !view.has(row, chosen)) return false;
    const its = wordsOf(view, row as object);
    return wanted.every((word) => its.includes(word));
  });
}

const tabs = views.map((view, index) => {
  const count = element('small', {}, view.rows.length + view.leftOut);
  const tab = element(
    'button',
    { type: 'button', role: 'tab', id: `tab-${view.id}`, 'aria-controls': 'grid' },
    view.title,
    ' ',
    count,
  );
  tab.addEventListener('click', () => choose(index));
  find('tabs').append(tab);
  return { tab, count };
});

function choose(index: number): void {
  const view = views[index];
  if (view === undefined) return;
  current = view;
  detail.close();
  tabs.forEach(({ tab }, at) => {
    tab.setAttribute('aria-selected', String(at === index));
    tab.tabIndex = at === index ? 0 : -1;
  });
  refresh();
}

/** Counts in every tab what matches, and shows the current one's rows. */
function refresh(): void {
  const found = views.map(matching);
  const narrowed = filter.value.trim() !== '' || chosen.size > 0;
  tabs.forEach(({ count }, at) => {
    const { rows = [], leftOut = 0 } = views[at] ?? {};
    count.textContent = format(narrowed ? (found[at]?.length ?? 0) : rows.length + leftOut);
  });
  const rows = found[views.indexOf(current)] ?? [];
  grid.show(current.columns, rows, current.title);
  const { leftOut } = current;
  find('status').textContent = [
    narrowed ? `${format(rows.length)} of ${format(current.rows.length)} match.` : '',
    leftOut > 0 ? `${format(leftOut)} more are only counted: -o json shows all of them.` : '',
  ].join(' ');
}

function onTabKey(event: KeyboardEvent): void {
  const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };
  const step = steps[event.key];
  if (step === undefined) return;
  const next = (views.indexOf(current) + step + views.length) % views.length;
  choose(next);
  tabs[next]?.tab.focus();
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = document.activeElement === filter;
  if (event.key === 'Escape') {
    if (typing && filter.value !== '') {
      filter.value = '';
      refresh();
    } else if (!detail.close()) grid.focus();
  } else if (typing) {
    if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      grid.focus();
    }
  } else if (event.key === '/') {
    event.preventDefault();
    filter.focus();
    filter.select();
  } else if (/^[1-5]$/.test(event.key)) {
    choose(Number(event.key) - 1);
    grid.focus();
  }
}

startTheme();
showSummary(report, {
  onToggle(outcomes) {
    chosen = outcomes;
    detail.close();
    refresh();
  },
  onWarning(reason) {
    filter.value = reason;
    choose(1);
  },
});
showMap(report.namespaces, (namespace) => {
  filter.value = '';
  choose(0);
  // A chosen outcome may hide it from the table; its detail is shown all the same.
  const index = matching(current).indexOf(namespace);
  if (index >= 0) grid.select(index);
  detail.show('namespaces', namespace);
});
find('tabs').addEventListener('keydown', onTabKey);
document.addEventListener('keydown', onKey);
filter.addEventListener('input', () => {
  detail.close();
  refresh();
});
window.addEventListener('beforeprint', () => grid.setPrinting(true));
window.addEventListener('afterprint', () => grid.setPrinting(false));
choose(0);
document.documentElement.dataset.ready = 'yes';
