/**
 * values.yaml read together with its comments, whose form its head explains: the source of the schema and of the README's tables.
 */
import { isMap, isScalar, type Pair, parse, parseDocument, type YAMLMap } from 'yaml';
import { shapes } from './shapes.ts';

export type Schema = Readonly<Record<string, unknown>>;

export interface Value {
  readonly key: string;
  /** From the root, as `--set` takes it. */
  readonly path: string;
  /** Begins a section of this title; it goes on until the next one begins. */
  readonly section?: string;
  readonly description: string;
  /** What `@schema` says. */
  readonly annotation: Schema;
  readonly default: unknown;
  /** The keys below, where the object's own keys are described one by one. */
  readonly children?: readonly Value[];
}

/** @throws Error that names the value, for a comment or a default that says too little. */
export function parseValues(text: string): readonly Value[] {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw error;
  if (!isMap(document.contents)) throw new Error('values.yaml holds no object');
  return parseKeys(document.contents, [], text.split('\n'), text);
}

function parseKeys(map: YAMLMap, parents: readonly string[], lines: readonly string[], text: string): Value[] {
  return map.items.map((pair) => parseValue(pair, parents, lines, text));
}

function parseValue(pair: Pair, parents: readonly string[], lines: readonly string[], text: string): Value {
  if (!isScalar(pair.key) || typeof pair.key.value !== 'string' || !pair.key.range) {
    throw new Error(`a key below '${parents.join('.')}' is no text`);
  }
  const key = pair.key.value;
  const keys = [...parents, key];
  const path = keys.join('.');
  const comment = commentAbove(text.slice(0, pair.key.range[0]).split('\n').length - 1, lines);
  const { section, description, annotation } = parseComment(comment, path);
  const node = pair.value as { toJSON(): unknown } | null;
  const value = node?.toJSON() ?? null;
  const described = 'shape' in annotation || 'type' in annotation;
  const children =
    !described && isMap(pair.value) && pair.value.items.length > 0
      ? parseKeys(pair.value, keys, lines, text)
      : undefined;
  if (!children && description === '') throw new Error(`${path} has no comment that says what it is for`);
  if (!children && !described && (typeof value === 'object' || value === '')) {
    if (!('enum' in annotation || 'pattern' in annotation || 'items' in annotation)) {
      throw new Error(`${path}: the default doesn't show what may stand there; say it with @schema`);
    }
  }
  return {
    key,
    path,
    ...(section !== undefined && { section }),
    description,
    annotation,
    default: value,
    ...(children && { children }),
  };
}

/** The comment that ends right above a line. */
function commentAbove(line: number, lines: readonly string[]): string[] {
  const above: string[] = [];
  for (let at = line - 1; at >= 0 && lines[at]?.trimStart().startsWith('#'); at--) {
    above.unshift((lines[at] ?? '').trimStart().replace(/^# ?/, ''));
  }
  return above;
}

function parseComment(comment: readonly string[], path: string) {
  const at = comment.findIndex((line) => line.startsWith('@schema '));
  const words = at < 0 ? comment : comment.slice(0, at);
  const section = words.find((line) => line.startsWith('@section '))?.slice('@section '.length);
  const description = words
    .filter((line) => !line.startsWith('@section '))
    .join(' ')
    .trim();
  const annotation = at < 0 ? {} : parse(comment.slice(at).join('\n').slice('@schema '.length));
  if (typeof annotation !== 'object' || annotation === null)
    throw new Error(`${path}: @schema is followed by no object`);
  const { shape } = annotation;
  if (shape !== undefined && !Object.hasOwn(shapes, shape)) throw new Error(`${path}: no shape is called ${shape}`);
  return { section, description, annotation: annotation as Schema };
}
