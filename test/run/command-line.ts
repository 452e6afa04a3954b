/**
 * The command line of a script that people call.
 */

/** What the words say; the process ends with the usage where that is asked for, or where they say what can't be. */
export function readOptions<T>(parse: (words: readonly string[]) => T, usage: string): T {
  const words = process.argv.slice(2);
  if (words.includes('--help')) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parse(words);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(2);
  }
}
