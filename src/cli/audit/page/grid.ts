/**
 * A table of any length, of which only the rows in sight exist. It is worked by mouse and by keyboard, and tells assistive
 * technology how long it is.
 */
import { type Child, element } from './elements.ts';

export interface Column<R> {
  readonly title: string;
  /** As in `grid-template-columns`. */
  readonly width: string;
  readonly numeric?: boolean;
  /** Left out while a row's details need the room. */
  readonly extra?: boolean;
  cell(row: R): Child;
}

export interface Grid {
  /** Shows these rows from the top. */
  show<R>(columns: readonly Column<R>[], rows: readonly R[], label: string): void;
  /** Marks a row, and brings it into sight. */
  select(index: number): void;
  focus(): void;
  /** Makes every row for a print, up to a limit, and only those in sight again. */
  setPrinting(printing: boolean): void;
}

const rowHeight = 38;
/** It stays above the rows. */
const headHeight = 34;
/** Rows beyond those in sight, so that a quick scroll shows no gap. */
const spare = 12;
const mostPrinted = 1000;

/** @param onOpen a row was chosen: by a click, Enter or a space */
export function buildGrid(host: HTMLElement, onOpen: (row: unknown) => void): Grid {
  const head = element('div', { class: 'grid-head', role: 'row' });
  const canvas = element('div', { class: 'grid-canvas', role: 'rowgroup' });
  const body = element('div', { class: 'grid-body', role: 'presentation' }, head, canvas);
  const empty = element('p', { class: 'grid-empty' }, 'Nothing here matches.');
  host.setAttribute('role', 'grid');
  host.tabIndex = 0;
  host.append(body, empty);

  let columns: readonly Column<unknown>[] = [];
  let rows: readonly unknown[] = [];
  let selected = 0;
  let printing = false;
  const drawn = new Map<number, HTMLElement>();

  const heightInSight = () => body.clientHeight - headHeight;

  function draw(): void {
    const first = printing ? 0 : Math.max(0, Math.floor(body.scrollTop / rowHeight) - spare);
    const inSight = Math.ceil(heightInSight() / rowHeight) + 2 * spare;
    const last = Math.min(rows.length, printing ? mostPrinted : first + inSight);
    for (const [index, row] of drawn) {
      if (index >= first && index < last) continue;
      row.remove();
      drawn.delete(index);
    }
    for (let index = first; index < last; index++) {
      if (drawn.has(index)) continue;
      const row = toRow(index);
      drawn.set(index, row);
      canvas.append(row);
    }
    for (const [index, row] of drawn) row.setAttribute('aria-selected', String(index === selected));
    if (drawn.has(selected)) host.setAttribute('aria-activedescendant', `row-${selected}`);
    else host.removeAttribute('aria-activedescendant');
  }

  function toRow(index: number): HTMLElement {
    const row = element('div', {
      class: 'grid-row',
      role: 'row',
      id: `row-${index}`,
      'aria-rowindex': String(index + 2),
      'data-index': String(index),
    });
    row.style.top = `${index * rowHeight}px`;
    for (const column of columns) {
      row.append(element('div', { class: classOf(column), role: 'gridcell' }, column.cell(rows[index])));
    }
    return row;
  }

  function select(index: number): void {
    selected = Math.max(0, Math.min(rows.length - 1, index));
    const top = selected * rowHeight;
    if (top < body.scrollTop) body.scrollTop = top;
    else if (top + rowHeight > body.scrollTop + heightInSight()) body.scrollTop = top + rowHeight - heightInSight();
    draw();
  }

  const open = () => rows[selected] !== undefined && onOpen(rows[selected]);
  const page = () => Math.max(1, Math.floor(heightInSight() / rowHeight) - 1);
  const moves: Readonly<Record<string, () => void>> = {
    ArrowDown: () => select(selected + 1),
    ArrowUp: () => select(selected - 1),
    PageDown: () => select(selected + page()),
    PageUp: () => select(selected - page()),
    Home: () => select(0),
    End: () => select(rows.length - 1),
    Enter: open,
    ' ': open,
  };

  host.addEventListener('keydown', (event) => {
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    move();
  });
  body.addEventListener('scroll', () => draw(), { passive: true });
  window.addEventListener('resize', () => draw());
  canvas.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('.grid-row');
    if (row === null) return;
    select(Number(row.dataset.index));
    open();
  });

  return {
    show<R>(newColumns: readonly Column<R>[], newRows: readonly R[], label: string) {
      columns = newColumns as readonly Column<unknown>[];
      rows = newRows;
      selected = 0;
      host.setAttribute('aria-label', label);
      host.setAttribute('aria-rowcount', String(rows.length + 1));
      const toTemplate = (some: readonly Column<R>[]) => some.map(({ width }) => width).join(' ');
      host.style.setProperty('--columns', toTemplate(newColumns));
      host.style.setProperty('--fewer-columns', toTemplate(newColumns.filter(({ extra }) => extra !== true)));
      const toHead = (column: Column<unknown>) =>
        element('div', { class: classOf(column), role: 'columnheader' }, column.title);
      head.replaceChildren(...columns.map(toHead));
      body.hidden = rows.length === 0;
      empty.hidden = rows.length > 0;
      drawn.clear();
      canvas.replaceChildren();
      canvas.style.height = `${rows.length * rowHeight}px`;
      body.scrollTop = 0;
      draw();
    },
    select,
    focus: () => host.focus(),
    setPrinting(now) {
      printing = now;
      canvas.style.height = `${Math.min(rows.length, printing ? mostPrinted : rows.length) * rowHeight}px`;
      draw();
    },
  };
}

function classOf({ numeric = false, extra = false }: Column<unknown>): string {
  return `cell${numeric ? ' numeric' : ''}${extra ? ' extra' : ''}`;
}
