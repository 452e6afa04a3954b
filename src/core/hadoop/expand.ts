/**
 * `${…}` in a value, as far as the file itself can tell what Hadoop will make of it.
 */

/** Hadoop's own limit of rounds. */
const maxRounds = 20;
const maxLength = 4096;

/**
 * The value after expansion by the file's own values, or null where something outside the file decides: a system
 * property, the environment, or another resource.
 */
export function expand(value: string, values: ReadonlyMap<string, string>): string | null {
  let text = value;
  for (let round = 0; round < maxRounds; round++) {
    const match = /\$\{([^}$ ]+)\}/.exec(text);
    if (match === null) return text;
    const variable = match[1] as string;
    const found = variable.startsWith('env.') ? undefined : values.get(variable);
    if (found === undefined || text.length > maxLength) return null;
    text = text.slice(0, match.index) + found + text.slice(match.index + match[0].length);
  }
  return null;
}
