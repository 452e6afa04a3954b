import { expect, it } from 'vitest';
import type { KmsAnswer } from '../../../src/core/kms/judge-key.ts';
import { judgeNow, type KeyKnowledge, learn } from '../../../src/core/kms/key-knowledge.ts';

const described = (keyState: string): KmsAnswer => ({
  kind: 'described',
  key: { keyState, keyUsage: 'ENCRYPT_DECRYPT', keySpec: 'SYMMETRIC_DEFAULT', deletionDate: undefined },
});
const enabled = described('Enabled');
const disabled = described('Disabled');
const away: KmsAnswer = { kind: 'failed', name: 'ECONNREFUSED' };
const denied: KmsAnswer = { kind: 'failed', name: 'AccessDeniedException' };
const missing: KmsAnswer = { kind: 'failed', name: 'NotFoundException' };
const usable = { status: 'True', reason: 'Usable' };

/** Answers a second apart; what is known at the time of the last, or later. Usable keys are stale after 10 s. */
function after(answers: readonly KmsAnswer[], later = 0): object {
  let known: KeyKnowledge | undefined;
  for (const [second, answer] of answers.entries()) known = learn(known, answer, second * 1000);
  if (known === undefined) throw new RangeError('no answer');
  return judgeNow(known, (answers.length - 1) * 1000 + later, 10_000);
}

it.each<[string, readonly KmsAnswer[], number, object]>([
  ['the last answer counts', [enabled, disabled, enabled], 0, usable],
  ['the last answer counts, however old it is, where nobody failed to ask again', [enabled], 1_000_000, usable],
  ['a key that was usable stays so for a while without an answer', [enabled, away], 9_000, usable],
  [
    'and is unknown after that, with the time of the last answer',
    [disabled, enabled, away, away],
    8_001,
    { status: 'Unknown', reason: 'Unreachable', lastAnswerAt: 1000 },
  ],
  [
    'a key that was disabled stays so',
    [disabled, away],
    1_000_000,
    { status: 'False', reason: 'Disabled', lastAnswerAt: 0 },
  ],
  ['so does one that was missing', [missing, away], 0, { status: 'False', reason: 'NotFound', lastAnswerAt: 0 }],
  ['nothing is known without an answer', [away], 0, { status: 'Unknown', reason: 'Unreachable' }],
  ['a denial counts at once', [enabled, denied], 0, { status: 'Unknown', reason: 'AccessDenied' }],
  ['a denial counts for a key that was disabled, too', [disabled, denied], 0, { reason: 'AccessDenied' }],
  ['an outage after a denial: what KMS said of the key holds', [disabled, denied, away], 0, { reason: 'Disabled' }],
  ['an answer after an outage counts', [disabled, away, enabled], 0, usable],
])('%s', (_, answers, later, expected) => {
  expect(after(answers, later)).toMatchObject(expected);
});
