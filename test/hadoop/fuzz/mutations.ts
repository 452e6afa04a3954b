/**
 * The ways in which a document is changed, each by one step; what comes out need not be XML.
 */
import {
  blanks,
  crumbs,
  declarations,
  includes,
  pickMember,
  pickName,
  pickProperty,
  pickValue,
  splitters,
  toAttribute,
  wrappers,
} from './pieces.ts';
import type { Random } from './random.ts';
import {
  elementsOf,
  insert,
  pickElement,
  pickPlace,
  pickPlaceForProperty,
  pickSpan,
  replace,
  type Span,
  sliceOf,
} from './spans.ts';

/** `other` is another document, to take pieces from. */
type Mutation = (text: string, random: Random, other: string) => string;

/** The gentle ones leave most documents readable. */
const gentle: readonly (readonly [number, Mutation])[] = [
  [6, addProperty],
  [3, splice],
  [3, duplicate],
  [3, swap],
  [2, move],
  [2, remove],
  [8, splitText],
  [3, referTo],
  [3, wrapInCdata],
  [3, setPrefix],
  [3, toAttributeForm],
  [4, nest],
  [2, unwrap],
  [4, rename],
  [3, setValue],
  [3, setFinal],
  [3, dropValue],
  [3, addInclude],
  [4, addEarly],
  [3, addBlanks],
  [2, changeLineEnds],
  [2, padToBufferEdge],
];

const rough: readonly (readonly [number, Mutation])[] = [
  [4, addCrumb],
  [2, cutPiece],
  [1, repeatPiece],
  [2, truncate],
  [3, changeDeclaration],
  [2, renameElement],
  [2, setAttribute],
  [1, changeCase],
  [1, nestDeeply],
];

/** Mostly few steps, and in most documents no rough ones. */
export function mutate(text: string, random: Random, others: () => string): string {
  const isRough = random.chance(0.3);
  const steps = random.pick([0, 1, 1, 1, 2, 2, 3, 4, 6]);
  let mutated = text;
  for (let step = 0; step < steps; step++) {
    const mutation = random.pickWeighted(isRough && random.chance(0.5) ? rough : gentle);
    const next = mutation(mutated, random, others());
    if (next.length <= maxLength) mutated = next;
  }
  return mutated;
}

/** So that no document takes the time of a hundred. */
const maxLength = 60_000;

function addProperty(text: string, random: Random): string {
  return insert(text, pickPlaceForProperty(text, random), pickProperty(random));
}

function splice(text: string, random: Random, other: string): string {
  return insert(text, pickPlace(text, random), sliceOf(other, pickSpan(other, random)));
}

function duplicate(text: string, random: Random): string {
  const span = pickSpan(text, random);
  return insert(text, pickPlaceForProperty(text, random), sliceOf(text, span));
}

function move(text: string, random: Random): string {
  const span = pickSpan(text, random);
  const rest = replace(text, span, '');
  return insert(rest, pickPlaceForProperty(rest, random), sliceOf(text, span));
}

function swap(text: string, random: Random): string {
  const [first, second] = [pickSpan(text, random), pickSpan(text, random)].sort((a, b) => a.start - b.start) as [
    Span,
    Span,
  ];
  if (second.start < first.end) return text;
  return replace(replace(text, second, sliceOf(text, first)), first, sliceOf(text, second));
}

function remove(text: string, random: Random): string {
  return replace(text, pickSpan(text, random), '');
}

/** Inside the text of a name, a value or a final, between two of its characters. */
function splitText(text: string, random: Random): string {
  const place = pickInText(text, random);
  return place === undefined ? text : insert(text, place, random.pick(splitters));
}

function referTo(text: string, random: Random): string {
  const place = pickInText(text, random);
  const point = place === undefined ? undefined : text.codePointAt(place);
  if (place === undefined || point === undefined || '<&>'.includes(String.fromCodePoint(point))) return text;
  const number = random.pick([`${point}`, `x${point.toString(16)}`, `x00${point.toString(16).toUpperCase()}`]);
  return replace(text, { start: place, end: place + String.fromCodePoint(point).length }, `&#${number};`);
}

function wrapInCdata(text: string, random: Random): string {
  const place = pickInText(text, random);
  if (place === undefined) return text;
  const rest = /^[^<&]*/.exec(text.slice(place))?.[0] ?? '';
  const end = place + random.below(rest.length + 1);
  return replace(text, { start: place, end }, `<![CDATA[${text.slice(place, end)}]]>`);
}

function pickInText(text: string, random: Random): number | undefined {
  const element = pickElement(text, random, ['name', 'name', 'value', 'final', 'source']);
  if (element === undefined) return undefined;
  const { start, end } = element.content;
  return start + random.below(end - start + 1);
}

function setPrefix(text: string, random: Random): string {
  const element = pickElement(text, random);
  if (element === undefined || element.name.includes(':')) return text;
  const prefix = random.pick(['h', 'xi', 'xml', 'é', 'h']);
  const declared = random.chance(0.8) && prefix !== 'xml' ? ` xmlns:${prefix}="urn:${prefix}"` : '';
  const inner = sliceOf(text, element).slice(1 + element.name.length);
  const closed = inner.endsWith(`</${element.name}>`)
    ? `${inner.slice(0, -element.name.length - 1)}${prefix}:${element.name}>`
    : inner;
  return replace(text, element, `<${prefix}:${element.name}${declared}${closed}`);
}

function toAttributeForm(text: string, random: Random): string {
  const element = pickElement(text, random, ['property']);
  if (element === undefined) return text;
  const inside = sliceOf(text, element.content);
  const read = (local: string) =>
    new RegExp(`<(?:[^\\s:<>]+:)?${local}>([^<]*)</`).exec(inside)?.[1]?.replaceAll('"', '&quot;');
  const name = read('name') ?? pickName(random);
  const value = read('value');
  const final = read('final');
  const attributes = [
    `name="${random.chance(0.15) ? random.pick(blanks) : ''}${name}${random.chance(0.15) ? random.pick(blanks) : ''}"`,
    ...(value === undefined ? [] : [`value="${value}"`]),
    ...(final === undefined ? [] : [`final="${final}"`]),
    ...(random.chance(0.2) ? [random.pick(['source="s"', 'tag="t"', 'xmlns:name="x"', 'xmlns="name"', 'a="b"'])] : []),
  ];
  if (random.chance(0.3)) attributes.reverse();
  const rest = random.chance(0.3)
    ? `>${random.pick(['', '<value/>', '<name/>', '<final/>', inside])}</property>`
    : '/>';
  return replace(text, element, `<property ${attributes.join(' ')}${rest}`);
}

function nest(text: string, random: Random): string {
  const span = pickSpan(text, random);
  const [start, end] = random.pick(wrappers);
  return replace(text, span, start + sliceOf(text, span) + end);
}

function unwrap(text: string, random: Random): string {
  const element = pickElement(text, random);
  return element === undefined ? text : replace(text, element, sliceOf(text, element.content));
}

/** Another name for a property, more often than not an encryption property. */
function rename(text: string, random: Random): string {
  const element = pickElement(text, random, ['name']);
  if (element === undefined) return text;
  return replace(text, element.content, random.chance(0.6) ? pickMember(random) : pickName(random));
}

function setValue(text: string, random: Random): string {
  const element = pickElement(text, random, ['value']);
  return element === undefined ? text : replace(text, element.content, pickValue(random));
}

function setFinal(text: string, random: Random): string {
  const element = pickElement(text, random, ['property', 'description', 'property']);
  if (element === undefined) return text;
  const final = `<final>${random.pick(['true', 'true', 'true', ' true ', 'TRUE', 'false', '', 'tr<!---->ue'])}</final>`;
  return insert(text, random.pick([element.content.start, element.content.end]), final);
}

function dropValue(text: string, random: Random): string {
  const element = pickElement(text, random, ['value', 'value', 'final', 'name', 'source']);
  if (element === undefined) return text;
  return replace(text, element, random.pick(['', '', `<${element.name}/>`, `<${element.name}></${element.name}>`]));
}

function addInclude(text: string, random: Random): string {
  const place = random.chance(0.8) ? pickPlaceForProperty(text, random) : pickPlace(text, random);
  return insert(text, place, random.pick(includes));
}

/** Where ours stand or would stand: in front of everything, or among the first properties. */
function addEarly(text: string, random: Random): string {
  const elements = elementsOf(text).filter(({ local }) => local === 'property' || local === 'configuration');
  const places = elements.flatMap(({ local, start, end, content }) =>
    local === 'property' ? [start, end] : [content.start],
  );
  const first = places.toSorted((a, b) => a - b).slice(0, 8);
  if (first.length === 0) return text;
  const piece = random.chance(0.5) ? random.pick(includes) : pickProperty(random);
  return insert(text, random.pick([first[0], ...first] as number[]), piece);
}

function addBlanks(text: string, random: Random): string {
  return insert(text, pickPlace(text, random), random.pick(blanks));
}

function changeLineEnds(text: string, random: Random): string {
  const lineEnd = random.pick(['\n', '\r\n', '\r', '\n\n', ' ', '']);
  return text.replace(/\r\n|\n|\r/g, lineEnd);
}

/** Puts a piece of markup about where Woodstox's buffer of 4,000 characters ends. */
function padToBufferEdge(text: string, random: Random): string {
  const elements = elementsOf(text);
  if (elements.length === 0) return text;
  const { start } = random.pick(elements);
  const at = elements.at(-1)?.content.start ?? 0;
  const needed = 4000 - (start % 4000) + random.below(12) - 6;
  const [before, filling, after] = random.pick([
    ['', ' ', ''],
    ['', 'text ', ''],
    ['<!--', 'x', '-->'],
    ['<?x ', 'y', '?>'],
    ['<![CDATA[', ']', ']]>'],
    ['<a b="', 'v', '"/>'],
    ['', '<a/>', ''],
    ['', '&amp;', ''],
    ['', '\r\n', ''],
  ] as const);
  const length = needed - before.length - after.length;
  if (length < 0 || at > start) return text;
  const padding = filling.repeat(Math.ceil(length / filling.length));
  return insert(text, at, before + padding + after);
}

function addCrumb(text: string, random: Random): string {
  return insert(text, pickPlace(text, random), random.pick(crumbs));
}

function cutPiece(text: string, random: Random): string {
  const start = random.below(text.length + 1);
  return replace(text, { start, end: Math.min(text.length, start + 1 + random.below(12)) }, '');
}

function repeatPiece(text: string, random: Random): string {
  const start = random.below(text.length + 1);
  const piece = text.slice(start, start + 1 + random.below(40));
  return insert(text, start, piece.repeat(1 + random.below(3)));
}

function truncate(text: string, random: Random): string {
  const { start, end } = pickSpan(text, random);
  return random.pick([
    text.slice(0, start),
    text.slice(0, end),
    text.slice(0, random.below(text.length + 1)),
    text.slice(start),
  ]);
}

function changeDeclaration(text: string, random: Random): string {
  const rest = text.replace(/^\ufeff?(?:<\?xml[^>]*>\s*)?/, '');
  return random.chance(0.85) ? random.pick(declarations) + rest : text + random.pick(declarations);
}

function renameElement(text: string, random: Random): string {
  const element = pickElement(text, random);
  if (element === undefined) return text;
  const name = random.pick([
    ...['name', 'value', 'final', 'property', 'source', 'tag', 'description', 'configuration', 'include', 'fallback'],
    ...['Name', 'PROPERTY', 'b', 'p:property', 'constructor', '__proto__'],
  ]);
  const whole = sliceOf(text, element);
  const start = `<${name}${whole.slice(1 + element.name.length)}`;
  return replace(text, element, start.replace(/<\/[^<>]*>$/, random.chance(0.9) ? `</${name}>` : '$&'));
}

function setAttribute(text: string, random: Random): string {
  const element = pickElement(text, random);
  if (element === undefined) return text;
  const at = element.start + 1 + element.name.length;
  const name = random.pick(['name', 'value', 'final', 'href', 'xmlns', 'xmlns:h', 'h:name', 'xml:name', 'a', 'source']);
  const value = random.pick([pickName(random), toAttribute(pickValue(random)), 'true', 'urn:h', 'none.inc', '']);
  return insert(text, at, `${random.pick([' ', ' ', '\n', ''])}${name}${random.pick(['=', '=', ' = ', ''])}"${value}"`);
}

function changeCase(text: string, random: Random): string {
  const element = pickElement(text, random);
  if (element === undefined) return text;
  const whole = sliceOf(text, element);
  return replace(text, element, random.chance(0.5) ? whole.toUpperCase() : whole.toLowerCase());
}

function nestDeeply(text: string, random: Random): string {
  const depth = random.pick([2, 10, 300, 996, 997, 998, 999, 1000]);
  const name = random.pick(['a', 'property', 'value', 'include']);
  const inner = random.chance(0.5) ? pickProperty(random) : '';
  return insert(text, pickPlace(text, random), `<${name}>`.repeat(depth) + inner + `</${name}>`.repeat(depth));
}
