/**
 * Messages about a file in a Secret: they give the place and the kind of problem, and quote nothing from the file. People who
 * may not read the Secret read denials, warnings, Events, statuses and logs, and even a property's name can hold a secret.
 */

import type { RefusalReason } from '../reasons.ts';
import type { Plan } from './plan.ts';
import type { Note } from './report.ts';

/** The plan with a fixed sentence for each message; edits and result stay. */
export function redact(plan: Plan): Plan {
  if (plan.kind === 'refused') return { ...plan, message: refusals[plan.reason] };
  return { ...plan, notes: plan.notes.map((note) => ({ ...note, message: notes[note.kind] })) };
}

const notes: Readonly<Record<Note['kind'], string>> = {
  overridden: 'an encryption property was removed; the assignment sets it',
  notProvable: 'a setting may get past the assigned encryption',
  otherStore: 'an endpoint is not AWS: a store without KMS refuses uploads with a key',
};

const refusals: Readonly<Record<RefusalReason, string>> = {
  Malformed: "the file is not well-formed, so that Hadoop's parser would throw: mend it here",
  UnsupportedEncoding: 'the file is not XML 1.0 in UTF-8: save it as that',
  DoctypeNotAllowed: 'the file has a DOCTYPE, which could set properties unseen: remove it',
  RootNotConfiguration: 'the root element is not <configuration>: make it that',
  FallbackDisablesProperties: 'a <fallback> outside <include> makes Hadoop ignore every property after it: remove it',
  OtherEncryptionInUse:
    'the file sets SSE-C or client-side encryption: rewrite those objects with SSE-KMS and remove the property, or list the bucket as unmanaged',
  ClearTextFallbackOff:
    'hadoop.security.credential.clear-text-fallback is or may be false, so that Hadoop would not read the key: remove it',
  CannotBeCut:
    'an encryption property shares its <property>, or its Java options, with something else: give each its own',
  TooLarge:
    'the file, or all values together with the encryption properties, have more than 1 MiB, or nested properties repeat too much text: shorten them',
  ReadersDisagree: 'two readers disagree about the result: simplify the file',
  NotProvable: 'a setting may get past the assigned encryption: remove it, or use another enforcement',
};
