/**
 * An explanation as plain data, which is also what `-o json` prints: places instead of offsets, and nothing that is a secret.
 */

import {
  type EffectiveEncryption,
  type EncryptionSetting,
  type Explanation,
  type Hazard,
  type Lost,
  type Occurrence,
  type Place,
  type SettingDecision,
  toPlace,
  type Unreadable,
} from './core.ts';

export interface ExplainedProperty extends Place {
  readonly property: string;
  readonly value: string | null;
  readonly final: boolean;
  readonly source: string | null;
}

export type ExplainAnswer = {
  readonly hadoop: string;
  readonly bucket: string | null;
} & (
  | { readonly outcome: { readonly kind: 'unreadable' } & Unreadable }
  | {
      readonly outcome: EffectiveEncryption | { readonly kind: 'undecided' };
      readonly decidedBy: Readonly<Record<EncryptionSetting, ExplainedProperty | null>>;
      readonly overridden: readonly (ExplainedProperty & {
        readonly setting: EncryptionSetting;
        readonly why: Lost['why'];
        readonly by: (Place & { readonly property: string }) | null;
      })[];
      readonly doubts: Explanation['doubts'];
      readonly hazards: readonly Hazard[];
    }
);

export function toAnswer(
  { encryption, settings, overridden, doubts }: Explanation,
  hazards: readonly Hazard[],
  hadoop: string,
  bucket: string | null,
): ExplainAnswer {
  // Under SSE-C the key is the customer's own, also where it isn't written as S3A needs it.
  const isOwnKey = /^\s*SSE-C\s*$/i.test(settings.algorithm.value);
  const hide = (text: string) =>
    isSecret(text) || (isOwnKey && text.trim() !== '' && !/^\s*arn:/.test(text)) ? hidden(text) : text;
  const outcome =
    encryption === null
      ? ({ kind: 'undecided' } as const)
      : 'key' in encryption
        ? { ...encryption, key: hide(encryption.key) }
        : encryption;
  const tell = (
    setting: EncryptionSetting,
    { file, offset, property, value, final, source }: Occurrence,
  ): ExplainedProperty => ({
    ...toPlace({ file, offset }),
    property,
    value: value !== null && setting === 'key' ? hide(value) : value,
    final,
    source,
  });
  const decided = (setting: EncryptionSetting, { by }: SettingDecision) => by && tell(setting, by);
  return {
    hadoop,
    bucket,
    outcome,
    decidedBy: {
      algorithm: decided('algorithm', settings.algorithm),
      key: decided('key', settings.key),
      context: decided('context', settings.context),
    },
    overridden: overridden.map(({ setting, occurrence, why, by }) => ({
      setting,
      ...tell(setting, occurrence),
      why,
      by: by && { ...toPlace(by), property: by.property },
    })),
    doubts: doubts.map(withoutSecret),
    hazards: hazards.map(withoutSecret),
  };
}

/** A sentence may quote a value. */
function withoutSecret<T extends { readonly message: string }>(finding: T): T {
  return { ...finding, message: finding.message.replace(/[A-Za-z0-9+/]{43}=/g, '(a secret)') };
}

/** A key of a customer's own, as SSE-C needs it: 32 bytes in base64, which no name of a KMS key is. */
function isSecret(value: string): boolean {
  return /[A-Za-z0-9+/]{43}=/.test(value);
}

function hidden(value: string): string {
  return `(a secret of ${value.trim().length} characters)`;
}
