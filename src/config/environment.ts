/**
 * The process's environment: the only place that reads it.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

export const environment: Environment = process.env;
