/**
 * Causes of a refusal that no version's reading shows, since another property or a fallback hides them: what a file
 * sets counts even where it has no effect.
 */
import type { RefusalReason } from '../../../src/core/reasons.ts';
import { type Setting, settingsOf, worlds } from '../../core/evaluate.ts';

const causes: Partial<Record<RefusalReason, (name: string, value: string) => boolean>> = {
  OtherEncryptionInUse: (name, value) =>
    name.includes('.cse.') || (name.includes('encryption') && /SSE-C|CSE-|\$\{|^\s*[\w+/]{43}=\s*$/iu.test(value)),
  ClearTextFallbackOff: (name, value) => name.includes('clear-text-fallback') && /false|\$\{/i.test(value),
  NotProvable: (name) => /credential|headers|impl|sign|audit|delegation|factory/.test(name),
};

export function hasHiddenCause(reason: RefusalReason, text: string): boolean {
  if (reason === 'UnsupportedEncoding') return text.slice(0, 4).includes('\0'); // UTF-16 and UTF-32 without a mark
  const isCause = causes[reason];
  if (isCause === undefined) return false;
  return settings(text).some(({ name, value }) => isCause(name, value ?? ''));
}

function settings(text: string): Setting[] {
  try {
    return worlds.flatMap((world) => settingsOf(text, world));
  } catch {
    return []; // it throws on what is no markup to it, and then there is nothing hidden to tell
  }
}
