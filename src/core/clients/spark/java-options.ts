/**
 * Java options in a Spark property, split into words.
 */

export interface SystemProperty {
  readonly name: string;
  readonly value: string;
}

export interface JavaOptions {
  readonly properties: readonly SystemProperty[];
  /** Options that load further options or classes from elsewhere. */
  readonly unprovable: readonly string[];
}

/**
 * Spark splits Java options in two ways, and the words of both are returned. The driver's launcher
 * (CommandBuilderUtils.parseOptionString) reads a backslash as an escape everywhere. Executors and the JVM's own variables
 * (Utils.splitCommandString) do so between double quotes only. An open quote, on which the first throws, ends with the text.
 */
export function readJavaOptions(options: string): JavaOptions {
  const words = new Set([...splitOptions(options, 'launcher'), ...splitOptions(options, 'executor')]);
  const properties: SystemProperty[] = [];
  const unprovable: string[] = [];
  for (const word of words) {
    const [, name, value = ''] = /^-D([^=]*)=?(.*)$/s.exec(word) ?? [];
    if (name !== undefined) properties.push({ name, value });
    else if (fromElsewhere.test(word)) unprovable.push(word);
  }
  return { properties, unprovable };
}

const fromElsewhere =
  /^(?:@|-XX:(?:VMOptionsFile|Flags)=|(?:-cp|-classpath|--class-path)(?:$|=)|-javaagent:|-agentlib:|-agentpath:|-Xbootclasspath|--patch-module)/;

export function splitOptions(options: string, by: 'launcher' | 'executor'): string[] {
  const isBlank = by === 'launcher' ? isJavaWhitespace : (c: string) => ' \t\r\n'.includes(c);
  const words: string[] = [];
  let word: string[] | null = null;
  let quote: string | null = null;
  for (let at = 0; at < options.length; at++) {
    const c = options.charAt(at);
    if (quote === null && isBlank(c)) {
      if (word !== null) words.push(word.join(''));
      word = null;
      continue;
    }
    word ??= [];
    if (c === '\\' && quote !== "'" && (quote === '"' || by === 'launcher')) word.push(options.charAt(++at));
    else if (c === quote) quote = null;
    else if (quote === null && (c === '"' || c === "'")) quote = c;
    else word.push(c);
  }
  if (word !== null) words.push(word.join(''));
  return words;
}

/** As Character.isWhitespace: with the separators FS to US, and without non-breaking blanks. */
export function isJavaWhitespace(c: string): boolean {
  return (c >= '\u001c' && c <= ' ') || (/\s/.test(c) && !'\u00a0\u2007\u202f\ufeff'.includes(c));
}
