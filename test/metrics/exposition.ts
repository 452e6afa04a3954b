/**
 * Reads Prometheus' text format, as far as the operator writes it, by a reading of the tests' own.
 */

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

export interface Exposition {
  readonly families: readonly Family[];
  /** By name and labels as written: `ssekms_queue_depth{queue="configObjects"}`. */
  readonly series: ReadonlyMap<string, number>;
  /** The sum over the series of a name that have these labels, whatever others they have. NaN where there are none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number;
}

/** @throws Error for a line that is neither comment nor sample, a series that stands there twice, or a value that can't be read. */
export function parseExposition(text: string): Exposition {
  const helps = new Map<string, string>();
  const families: Family[] = [];
  const series = new Map<string, number>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') helps.set(name, rest);
    else if (kind === 'TYPE') families.push({ name, type: rest, help: helps.get(name) ?? '' });
    else {
      const [, key = '', value = ''] = /^(\w+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      // prom-client writes NaN as Prometheus reads it, too: in any case.
      const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value.replace(/^nan$/i, 'NaN'));
      if (key === '' || value === '' || (Number.isNaN(number) && !/^nan$/i.test(value)))
        throw new Error(`no sample: ${line}`);
      if (series.has(key)) throw new Error(`twice: ${key}`);
      series.set(key, number);
    }
  }
  return {
    families,
    series,
    sum(name, labels = {}) {
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      const found = [...series].filter(
        ([key]) => key.replace(/\{.*/, '') === name && wanted.every((one) => hasLabel(key, one)),
      );
      return found.length === 0 ? Number.NaN : found.reduce((total, [, value]) => total + value, 0);
    },
  };
}

function hasLabel(key: string, wanted: string): boolean {
  return key
    .replace(/^\w+\{|\}$/g, '')
    .split(/,(?=\w+=")/)
    .includes(wanted);
}
