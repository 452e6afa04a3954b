/**
 * The one vocabulary of reasons: the same word in denials, conditions, Events, logs and audit annotations.
 */

/** Why a file can't be planned; every one is an expected outcome, not a bug. */
export const refusalReasons = [
  /** Hadoop's parser would throw on the file (also an empty one). */
  'Malformed',
  /** Not XML 1.0 in UTF-8 or ASCII, so Hadoop may read another text than this program does. */
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
  /** The result would be larger than 1 MiB, or nested properties repeat more text than fits into memory. */
  'TooLarge',
  /** The two XML readers disagree about the result. */
  'ReadersDisagree',
  /** Strict only: something in the file may override or replace the encryption in a way that can't be checked here. */
  'NotProvable',
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

/** Warnings about a file that is stored all the same. */
export const noteReasons = {
  overridden: 'Overridden',
  notProvable: 'NotProvable',
  otherStore: 'OtherStore',
} as const;

/** All reasons for a problem with a config object, in the status and in Events. */
export const problemReasons = [
  ...refusalReasons,
  /** The namespace has two assignments of the highest rank that want different things. */
  'Conflicted',
  /** An immutable ConfigMap isn't compliant and can't be changed; it has to be recreated. */
  'Immutable',
  /** Audit only: a file isn't compliant, and under Enforce it would be changed. */
  'WouldChange',
  /** Stored, or about to be stored, without our properties: the webhook was not called, failed open, or another webhook removed them. */
  'NotInjected',
  /** More data keys than the policy on the operator's ServiceAccount compares, so only a write by somebody else gets the file edited. */
  'TooManyKeys',
  /** The webhook can't read the review: it has too many parts, or isn't an AdmissionReview that can be answered. */
  'Unreadable',
  /** The API server answered the empty patch with an error that doesn't come from our webhook. */
  'PatchFailed',
  /** Another client writes the file back again and again, and the webhook changes it back each time. The stored file is compliant. */
  'Contended',
] as const;

export type ProblemReason = (typeof problemReasons)[number];

/** Reasons of the condition Ready, the gravest first. The last two go with Ready=True. */
export const readyReasons = [
  /** Stored under another schema than this program's, so it can't be applied. */
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
  /** Audit: every ConfigMap was checked, and none changed. */
  'Audited',
  /** Every ConfigMap is compliant. */
  'Compliant',
] as const;

export type ReadyReason = (typeof readyReasons)[number];
