/**
 * Elements made by the DOM alone: what comes from the cluster becomes text and never markup.
 */

export interface Attributes {
  readonly class?: string;
  readonly title?: string;
  readonly type?: string;
  readonly role?: string;
  readonly id?: string;
  readonly dir?: 'ltr';
  readonly [data: `data-${string}`]: string;
  readonly [aria: `aria-${string}`]: string;
}

export type Child = Node | string | number | null;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(
    ...children.filter((child) => child !== null).map((child) => (typeof child === 'number' ? format(child) : child)),
  );
  return made;
}

/** @throws Error where the page has no such element: page and script belong together. */
export function find<E extends HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found as E;
}

const numbers = new Intl.NumberFormat('en');

export function format(number: number): string {
  return numbers.format(number);
}
