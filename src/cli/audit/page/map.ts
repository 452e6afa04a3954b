/**
 * Every namespace as a cell in the colour of its gravest outcome, by assignment: the whole cluster at a glance.
 */
import { gravest } from '../outcomes.ts';
import type { NamespaceRow } from '../report.ts';
import { element, find, format } from './elements.ts';
import { toText } from './outcome-bar.ts';

/** Fewer are easier to read in the list. */
const least = 12;
const most = 20_000;
/** More groups than these have no heading of their own. */
const mostGroups = 24;

export function showMap(namespaces: readonly NamespaceRow[], onChoose: (namespace: NamespaceRow) => void): void {
  const host = find('map');
  const withObjects = namespaces.filter(({ counts }) => gravest(counts) !== null).slice(0, most);
  if (withObjects.length < least) {
    host.hidden = true;
    return;
  }
  const size = withObjects.length > 2500 ? 'tiny' : withObjects.length > 500 ? 'small' : 'usual';
  host.classList.add(size);
  const byCell = new WeakMap<Element, NamespaceRow>();
  const toCell = (namespace: NamespaceRow) => {
    const title = `${namespace.name}: ${toText(namespace.counts)}`;
    const cell = element('i', { class: `c o-${gravest(namespace.counts)}`, title });
    byCell.set(cell, namespace);
    return cell;
  };
  const groups = Object.entries(Object.groupBy(withObjects, toGroup)).sort(
    ([, a = []], [, b = []]) => b.length - a.length,
  );
  const shown = groups.slice(0, mostGroups);
  const others = groups.slice(mostGroups).flatMap(([, rows = []]) => rows);
  for (const [title, rows = []] of others.length > 0 ? [...shown, ['further assignments', others] as const] : shown) {
    host.append(
      element(
        'section',
        { class: 'group' },
        element('h3', {}, element('span', { class: 'name' }, title), ' ', element('small', {}, format(rows.length))),
        element('div', { class: `cells ${size}` }, ...rows.map(toCell)),
      ),
    );
  }
  host.addEventListener('click', (event) => {
    const namespace = byCell.get(event.target as Element);
    if (namespace !== undefined) onChoose(namespace);
  });
}

function toGroup({ state, assignments }: NamespaceRow): string {
  if (state === 'assigned') return assignments[0] ?? '';
  return { conflicted: 'in conflict', unassigned: 'without an assignment', excluded: 'out of the webhook’s scope' }[
    state
  ];
}
