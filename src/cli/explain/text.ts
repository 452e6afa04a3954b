/**
 * An explanation as text for people: first what S3A does, then which properties decide it, then every doubt and hazard.
 */
import type { painter } from '../terminal.ts';
import type { ExplainAnswer, ExplainedProperty } from './answer.ts';
import type { EncryptionSetting, Place } from './core.ts';
import { toReason } from './reasons.ts';

type Paint = ReturnType<typeof painter>;
type Explained = Extract<ExplainAnswer, { readonly decidedBy: unknown }>;

export function toText(answer: ExplainAnswer, paint: Paint): string {
  if (!('decidedBy' in answer)) return toUnreadable(answer.outcome, paint);
  const { overridden, doubts, hazards, hadoop } = answer;
  const sections = [
    `${paint('bold', toSentence(answer))}\n${toDecisions(answer)}`,
    toSection(
      'Without effect',
      overridden.map((one) => {
        const by = one.by === null ? '' : ` (${toPlaceText(one.by)})`;
        return `${toPropertyLine(one)}\n    ${toReason(one.why, hadoop)}${by}${toAlias(one, hadoop)}`;
      }),
      paint,
    ),
    toSection('Not certain', doubts.map(toFindingLine), paint),
    toSection('Hazards in these files', hazards.map(toFindingLine), paint),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function toUnreadable(
  {
    file,
    line,
    column,
    reason,
    message,
    forHadoop,
  }: Extract<ExplainAnswer, { outcome: { kind: 'unreadable' } }>['outcome'],
  paint: Paint,
): string {
  const who = forHadoop
    ? 'a client that loads this file does not start'
    : 'this program does not read such a file; Hadoop may, and find other properties in it than are to be seen';
  return `${paint('bold', `${file}:${line}:${column}: ${reason}: ${message}`)}\n  ${who}\n`;
}

function toSentence({ outcome, bucket, hadoop, decidedBy }: Explained): string {
  const subject = `S3A of Hadoop ${hadoop}, for ${bucket === null ? 'a bucket without settings of its own' : `the bucket ${bucket}`}`;
  switch (outcome.kind) {
    case 'undecided':
      return `${subject}: which setting counts depends on the order of a hash table`;
    case 'refused':
      return `${subject}: does not start: ${outcome.message}`;
    case 'none':
      return `${subject}: asks for no encryption, so that the bucket's default encryption applies`;
    case 'encrypted':
      return `${subject}: ${outcome.method}${toKey(outcome.method, outcome.key, decidedBy.key !== null)}`;
  }
}

function toKey(method: string, key: string, isSet: boolean): string {
  if (key !== '') return ` with the key ${key}`;
  if (method !== 'SSE-KMS' && method !== 'DSSE-KMS') return '';
  return ` with the account's default key aws/s3, since ${isSet ? 'the key is blank' : 'no key is set'}`;
}

function toDecisions({ decidedBy }: Explained): string {
  const settings: readonly EncryptionSetting[] = ['algorithm', 'key', 'context'];
  const lines = settings.flatMap((setting) => {
    const by = decidedBy[setting];
    if (by !== null) return [`  ${setting.padEnd(9)}  ${toPropertyLine(by).trimStart()}`];
    return setting === 'context' ? [] : [`  ${setting.padEnd(9)}  set by no file`];
  });
  return lines.join('\n');
}

const sameName: ReadonlySet<string> = new Set(['earlierFinal', 'frozenWithoutValue', 'laterProperty', 'laterFile']);

/** What surprises most: that two names are one. */
function toAlias({ property, why, by }: Explained['overridden'][number], hadoop: string): string {
  if (by === null || !sameName.has(why) || property.trim() === by.property.trim()) return '';
  return `: Hadoop ${hadoop} takes ${shorten(property)} and ${shorten(by.property)} for one name`;
}

function toSection(title: string, lines: readonly string[], paint: Paint): string {
  return lines.length === 0 ? '' : `${paint('bold', title)}\n${lines.join('\n')}`;
}

function toPropertyLine({ property, value, final, source, ...place }: ExplainedProperty): string {
  const marks = [...(final ? ['final'] : []), ...(source === null ? [] : [`from ${source}`])];
  const valueText =
    value === null ? 'without a value' : value.trim() === '' ? '= (blank)' : `= ${shorten(value.trim())}`;
  return `  ${toPlaceText(place)}  ${shorten(property)} ${valueText}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
}

function toFindingLine({ message, ...place }: Place & { readonly message: string }): string {
  return `  ${toPlaceText(place)}  ${message}`;
}

function toPlaceText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

/** Names and values are the user's, and may be as long as a file, or hold what would move the cursor. */
function shorten(text: string): string {
  const shown = text.replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  return shown.length > 300 ? `${shown.slice(0, 300).toWellFormed()}…` : shown;
}
