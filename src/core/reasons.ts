/**
 * The one vocabulary of reasons: the same word in denials, conditions, Events, logs and audit annotations.
 */

/** Why a file can't be planned; every one is an expected outcome, not a bug. */
export const refusalReasons = [
  /** Hadoop's parser would throw on the file (also an empty one). */
  'Malformed',
  /** Not XML 1.0 in UTF-8 or ASCII, so Hadoop may read other text than we do. */
  'UnsupportedEncoding',
  /** A DOCTYPE can define entities and attribute defaults that set properties. */
  'DoctypeNotAllowed',
  /** The root element is not `configuration`. */
  'RootNotConfiguration',
  /** A `<fallback>` outside `<include>` makes Hadoop ignore every property after it. */
  'FallbackDisablesProperties',
  /** SSE-C or client-side encryption is set; cutting it could destroy the only copy of a key. */
  'OtherEncryptionInUse',
  /** `hadoop.security.credential.clear-text-fallback` is or may be false: Hadoop would not read our values. */
  'ClearTextFallbackOff',
  /** An encryption property can't be separated from others, so that it can't be cut out alone. */
  'CannotBeCut',
  /** The result would be larger than 1 MiB. */
  'TooLarge',
  /** The two XML readers disagree about the result. */
  'ReadersDisagree',
  /** Strict only: something in the file can override or replace the encryption out of our sight. */
  'NotProvable',
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** What a user is warned of while the file is stored. */
export const noteReasons = {
  overridden: 'Overridden',
  notProvable: 'NotProvable',
  otherStore: 'OtherStore',
} as const;

/** What else can be the matter with a ConfigMap; shared by status problems and Events. */
export const problemReasons = [
  ...refusalReasons,
  /** The namespace has two assignments of the highest rank that want different things. */
  'Conflicted',
  /** An immutable ConfigMap isn't compliant and can't be changed; it has to be recreated. */
  'Immutable',
  /** Audit only: a file isn't compliant, and under Enforce it would be changed. */
  'WouldChange',
  /** Stored, or about to be, without what the webhook writes: it was not called, failed open, or was undone after. */
  'NotInjected',
  /** More data keys than the policy on the operator's ServiceAccount compares: only who writes the object can have it edited. */
  'TooManyKeys',
  /** The webhook can't read the review: it has too many parts, or isn't of a form that can be answered. */
  'Unreadable',
  /** The API server answered the empty patch with an error that is not ours. */
  'PatchFailed',
] as const;

export type ProblemReason = (typeof problemReasons)[number];

/** Why an assignment is Ready or not, the gravest first; the last two are those of Ready=True. */
export const readyReasons = [
  /** Stored under another schema than this program's, so that it can't be applied. */
  'Invalid',
  /** The operator's MutatingWebhookConfiguration doesn't exist, so that nothing is edited. */
  'WebhookMissing',
  'Conflicted',
  /** A namespace it names is outside the webhook's scope. */
  'NamespaceExcluded',
  /** A namespace it names doesn't exist. */
  'NamespaceNotFound',
  /** A ConfigMap holds a file that was refused. */
  'Refused',
  'Immutable',
  /** Some ConfigMaps are not compliant yet. */
  'Pending',
  /** Audit: all was looked at, and nothing changed. */
  'Audited',
  /** Every ConfigMap is compliant. */
  'Compliant',
] as const;

export type ReadyReason = (typeof readyReasons)[number];
