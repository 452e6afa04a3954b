/**
 * Expands `${…}` in a value as Hadoop does, as far as the file itself defines the variables.
 */

/** Hadoop's own limit of substitutions. */
const maxRounds = 20;
const maxLength = 4096;

/**
 * Variables that every JVM or Hadoop's own scripts set. Hadoop looks in the environment and the system properties before the
 * file, so the file's value for such a name has no effect.
 */
const systemProperty =
  /^(?:env|java|jdk|sun|os|user|file|path|line|native|awt|stdin|stdout|stderr|hadoop\.(?:home|id|log|policy|root)|yarn\.(?:home|id|log|policy|root))\./;

export interface Expansion {
  readonly text: string;
  /**
   * False where something outside the file decides (a system property, the environment, another resource), or where a limit is
   * reached. The text is then expanded as far as possible, and defaults such as `${env.NAME:-default}` stay as they are.
   */
  readonly known: boolean;
}

/** The value of each name, for example a Map. */
export type Values = Pick<ReadonlyMap<string, string>, 'get'>;

/** Expands a value by the file's own values. */
export function expand(value: string, values: Values): Expansion {
  let text = value;
  for (let round = 0; round < maxRounds; round++) {
    const match = /\$\{([^}$ ]+)\}/.exec(text);
    if (match === null) return { text, known: true };
    const variable = match[1] as string;
    const found = systemProperty.test(variable) ? undefined : values.get(variable);
    if (found === undefined || text.length + found.length > maxLength) return { text, known: false };
    text = text.slice(0, match.index) + found + text.slice(match.index + match[0].length);
  }
  return { text, known: false };
}
