/**
 * What a file says and no version's reading shows, since another property or a fallback hides it.
 */
import type { RefusalReason } from '../../../src/core/reasons.ts';
import { type Setting, settingsOf, worlds } from '../../core/evaluate.ts';

const causes: Partial<Record<RefusalReason, (name: string, value: string) => boolean>> = {
  OtherEncryptionInUse: (name, value) =>
    name.includes('.cse.') || (name.includes('encryption') && /SSE-C|CSE-|\$\{|^\s*[\w+/]{43}=\s*$/iu.test(value)),
  ClearTextFallbackOff: (name, value) => name.includes('clear-text-fallback') && /false|\$\{/i.test(value),
  NotProvable: (name) =>
    /credential|headers|impl|sign|audit|delegation|factory|hidden\.list|config\.remove\./.test(name),
};

/** What a file sets counts as a cause even where it has no effect. */
export function hasHiddenCause(reason: RefusalReason, text: string): boolean {
  if (reason === 'UnsupportedEncoding') return text.slice(0, 4).includes('\0'); // UTF-16 and UTF-32 without a mark
  const isCause = causes[reason];
  if (isCause === undefined) return false;
  return settings(text).some(({ name, value }) => isCause(name, value ?? ''));
}

/** Whether the file sets that name and says that an assignment did. */
export function isMarkedAsOurs(name: string, text: string): boolean {
  return settings(text).some((setting) => setting.name === name && setting.source?.startsWith('KmsKeyAssignment/'));
}

function settings(text: string): Setting[] {
  try {
    return worlds.flatMap((world) => settingsOf(text, world));
  } catch {
    return []; // it throws on what is no markup to it, and then there is nothing hidden to tell
  }
}
