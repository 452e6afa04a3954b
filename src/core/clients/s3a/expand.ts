/**
 * `${…}` in a value, as far as the file itself can tell what Hadoop will make of it.
 */

/** Hadoop's own limit of rounds. */
const maxRounds = 20;
const maxLength = 4096;

/**
 * What every JVM sets, and Hadoop's own scripts: Hadoop asks the environment and the system properties before the file, so
 * that the value which the file has for such a name counts nowhere.
 */
const systemProperty =
  /^(?:env|java|jdk|sun|os|user|file|path|line|native|awt|stdin|stdout|stderr|hadoop\.(?:home|id|log|policy|root)|yarn\.(?:home|id|log|policy|root))\./;

export interface Expansion {
  readonly text: string;
  /**
   * False where something outside the file decides: a system property, the environment, another resource; or where too much
   * is left to do. The text is then as far as it is known, and holds defaults such as `${env.NAME:-default}` as they are.
   */
  readonly known: boolean;
}

/** The value after expansion by the file's own values. */
export function expand(value: string, values: ReadonlyMap<string, string>): Expansion {
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
