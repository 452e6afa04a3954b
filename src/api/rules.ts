/**
 * Validation rules, each defined once: a CEL expression for the API server, the same test for this program, and a message.
 */
import { z } from 'zod';

export interface CelRule<T> {
  /** A CEL expression over `self`. A rule that a keyword of the schema says (`x-kubernetes-list-type`) has none. */
  readonly cel?: string;
  /** The same in TypeScript. A rule about a change (`oldSelf`) has none: only the API server sees both versions. */
  readonly test?: (value: T) => boolean;
  /** Shown to the person whose object is refused: what is wrong, and what to write instead. */
  readonly message: string;
}

/** What `kubectl explain` shows, and any other keyword of Kubernetes' structural schemas. */
export interface Notes {
  readonly description: string;
  readonly [keyword: string]: unknown;
}

/** The schema with notes and rules. The notes go on last: a refinement makes a new schema, which forgets them. */
export function annotate<S extends z.ZodType>(schema: S, notes: Notes, rules: readonly CelRule<z.output<S>>[] = []): S {
  const refined = rules.reduce<S>(
    (current, { test, message }) => (test === undefined ? current : current.refine(test, message)),
    schema,
  );
  const validations = rules.flatMap(({ cel, message }) => (cel === undefined ? [] : [{ rule: cel, message }]));
  return refined.meta(validations.length === 0 ? notes : { ...notes, 'x-kubernetes-validations': validations });
}

/** The rule that a text matches a pattern, which must mean the same in RE2 (the API server's) and in JavaScript. */
export function matches(pattern: string, message: string): CelRule<string> {
  const regExp = new RegExp(pattern);
  return { cel: `self.matches('${pattern}')`, test: (value) => regExp.test(value), message };
}

/** A map of texts. zod silently drops `__proto__` from a record, so a rule about every key would miss it. */
export function textMap<S extends z.ZodType<string>>(value: S, message: string) {
  return z.preprocess(
    (map, context) => {
      if (typeof map === 'object' && map !== null && Object.hasOwn(map, '__proto__')) {
        context.addIssue({ code: 'custom', message });
      }
      return map;
    },
    z.record(z.string(), value),
  );
}

/** The rule that exactly one of two optional fields is set. */
export function exactlyOne<K extends string>(a: K, b: K, message: string): CelRule<Partial<Record<K, unknown>>> {
  return {
    cel: `has(self.${a}) != has(self.${b})`,
    test: (value) => (value[a] === undefined) !== (value[b] === undefined),
    message,
  };
}

/** The rule that a list or map isn't empty. Kubernetes' own message for it, "should have at least 1 items", doesn't say what to do. */
export function notEmpty(message: string): CelRule<object> {
  return { cel: 'self.size() > 0', test: (value) => Object.keys(value).length > 0, message };
}

/** The rule that no two entries are the same. The API server enforces it by `x-kubernetes-list-type: set` or `map`. */
export function unique<T>(identity: (entry: T) => string, message: string): CelRule<readonly T[]> {
  return { test: (entries) => new Set(entries.map(identity)).size === entries.length, message };
}
