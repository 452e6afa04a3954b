/**
 * How S3A looks up the settings of one bucket in a loaded configuration: it copies the bucket's own properties over the
 * global ones, then asks for names, one after the other.
 */
import { javaTrim } from '../clients/s3a/configuration.ts';
import { expand } from '../clients/s3a/expand.ts';
import { type Held, type Loaded, type Lost, type Slot, setAll, toPresentName } from './load.ts';
import type { Occurrence } from './occurrence.ts';
import type { EncryptionSetting, Release, Step } from './version.ts';

export interface SettingDecision {
  /** Trimmed and with its variables replaced; empty where nothing is set. */
  readonly value: string;
  /** Null where nothing is set. */
  readonly by: Occurrence | null;
  /** The value holds a variable that the files don't define. `value` is expanded as far as the files allow. */
  readonly unknown: boolean;
  /** Other values that would win in another order of a hash table; the first is `by`. */
  readonly candidates: readonly Held[];
}

export interface LookUp {
  decide(setting: EncryptionSetting): SettingDecision;
  /** Whether Hadoop reads secrets from files at all. */
  readonly readsClearText: boolean;
  readonly slots: ReadonlyMap<string, Slot>;
  readonly variables: ReadonlyMap<string, string>;
}

const s3a = 'fs.s3a.';
const clearTextFallback = 'hadoop.security.credential.clear-text-fallback';
const nothing: SettingDecision = { value: '', by: null, unknown: false, candidates: [] };

/**
 * @param bucket null: a bucket without settings of its own
 * @param system Java's system properties as far as they are known, which are asked before the files
 */
export function buildLookUp(
  { slots: loaded, lost }: { readonly slots: Loaded['slots']; readonly lost: Map<Occurrence, Lost> },
  bucket: string | null,
  release: Release,
  system: ReadonlyMap<string, string>,
): LookUp {
  const slots = new Map(loaded);
  if (bucket !== null) copyOverGlobal(slots, bucket, release, lost);
  const variables = new Map([...slots].map(([name, slot]) => [name, slot[0]?.value ?? ''] as const));
  for (const [name, value] of system) variables.set(name, value);
  const read = (held: Held) => {
    const { text, known } = expand(held.value, variables);
    return { text: javaTrim(text), known };
  };

  const fallback = slots.get(clearTextFallback)?.[0];
  const readsClearText = fallback === undefined || !/^false$/iu.test(read(fallback).text);

  function decide(setting: EncryptionSetting): SettingDecision {
    if (!readsClearText && (setting !== 'algorithm' || release.algorithmIsSecret)) return nothing;
    let decision = nothing;
    for (const step of release.steps[setting]) {
      const name = toName(step, bucket, release);
      const slot = name === null ? undefined : slots.get(name);
      if (slot === undefined) continue;
      const texts = slot.map(read);
      const [first] = texts;
      const [held] = slot;
      if (first === undefined || held === undefined) continue;
      const differs = texts.some(({ text }) => text !== first.text);
      decision = { value: first.text, by: held.from, unknown: !first.known, candidates: differs ? slot : [] };
      if (step.ends === 'set' || differs || first.text !== '') break;
    }
    return decision;
  }

  return { decide, readsClearText, slots, variables };
}

/** The name that a step looks up; null where the step is for a bucket's own setting and there is no bucket. */
export function toName({ where, name }: Step, bucket: string | null, release: Release): string | null {
  if (where === 'global') return toPresentName(s3a + name, release);
  if (bucket === null) return null;
  return `fs.s3a.bucket.${bucket}.${where === 'long' ? s3a : ''}${name}`;
}

/** S3AUtils.propagateBucketOptions. */
function copyOverGlobal(slots: Map<string, Slot>, bucket: string, release: Release, lost: Map<Occurrence, Lost>): void {
  const prefix = `fs.s3a.bucket.${bucket}.`;
  const given = [...slots].flatMap(([name, slot]) => {
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (own === '' || own === 'impl' || own.startsWith('bucket.')) return [];
    return slot.map((held) => [javaTrim(s3a + own), held] as const);
  });
  setAll(slots, given, release, (from, by) => lost.set(from, { why: 'bucketSetting', by }));
}
