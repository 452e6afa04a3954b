/** The one folder outside the repository that tests and demo write to. */
export function cacheFolder(): string;
