/**
 * Where elements lie in a text that may be broken: rough, and good enough to know where to cut.
 */
import type { Random } from './random.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Element extends Span {
  /** Its name with the prefix. */
  readonly name: string;
  readonly local: string;
  /** Between its tags; empty and behind the tag where it is one. */
  readonly content: Span;
}

const tag =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<(\/?)([^\s<>/!?]+)(?:"[^"]*"|'[^']*'|[^<>"'])*?(\/?)>/g;

/** Elements that have an end, in the order of their ends; at most some 2,000 tags are looked at. */
export function elementsOf(text: string): Element[] {
  const elements: Element[] = [];
  const open: { name: string; start: number; inner: number }[] = [];
  let seen = 0;
  for (const match of text.matchAll(tag)) {
    const [whole, close, name, empty] = match;
    if (name === undefined) continue;
    if (++seen > 2000) break;
    const start = match.index;
    const end = start + whole.length;
    if (empty === '/') elements.push(element(name, start, end, { start: end, end }));
    else if (close === '') open.push({ name, start, inner: end });
    else {
      const at = open.findLastIndex((candidate) => candidate.name === name);
      const [opened] = at < 0 ? [] : open.splice(at);
      if (opened !== undefined) elements.push(element(name, opened.start, end, { start: opened.inner, end: start }));
    }
  }
  return elements;
}

function element(name: string, start: number, end: number, content: Span): Element {
  return { name, local: name.slice(name.indexOf(':') + 1), start, end, content };
}

/** A place between two characters, most often beside a tag. */
export function pickPlace(text: string, random: Random): number {
  if (random.chance(0.25)) return random.below(text.length + 1);
  const elements = elementsOf(text);
  if (elements.length === 0) return random.below(text.length + 1);
  const { start, end, content } = random.pick(elements);
  return random.pick([start, end, content.start, content.end]);
}

/** A place in the root's content, where a property would stand. */
export function pickPlaceForProperty(text: string, random: Random): number {
  const properties = elementsOf(text).filter(({ local }) => local === 'property' || local === 'configuration');
  if (properties.length === 0) return pickPlace(text, random);
  const { local, start, end, content } = random.pick(properties);
  return local === 'property' ? random.pick([start, end]) : random.pick([content.start, content.end]);
}

/** An element, a property three times out of four, or any piece. */
export function pickSpan(text: string, random: Random): Span {
  const elements = elementsOf(text);
  const properties = elements.filter(({ local }) => local === 'property');
  if (properties.length > 0 && random.chance(0.75)) return random.pick(properties);
  if (elements.length > 1 && random.chance(0.8)) return random.pick(elements);
  const start = random.below(text.length + 1);
  return { start, end: Math.min(text.length, start + random.below(60)) };
}

export function pickElement(text: string, random: Random, locals?: readonly string[]): Element | undefined {
  const elements = elementsOf(text).filter(({ local }) => locals === undefined || locals.includes(local));
  return elements.length === 0 ? undefined : random.pick(elements);
}

export function sliceOf(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

export function replace(text: string, { start, end }: Span, by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

export function insert(text: string, at: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at);
}
