/**
 * What the files can't tell: doubts about the answer itself, and settings that may bring in another encryption.
 */

import { findViolations } from '../clients/s3a/checks.ts';
import { readDocument } from '../clients/s3a/document.ts';
import { findOtherStores, toStoreMessage } from '../clients/s3a/other-stores.ts';
import { findViolations as findSparkViolations } from '../clients/spark/checks.ts';
import { toSettings } from '../clients/spark/settings.ts';
import { readProperties } from '../formats/properties/read.ts';
import { locator } from '../formats/xml/position.ts';
import type { DesiredFile } from '../plan/plan.ts';
import type { Violation } from '../plan/report.ts';
import type { Slot } from './load.ts';
import type { SettingDecision } from './look-up.ts';
import type { ConfigurationSource, Occurrence, Place } from './occurrence.ts';
import type { Unseen } from './read-hadoop.ts';
import type { EncryptionSetting } from './version.ts';

export interface Doubt extends Place {
  readonly kind: 'credentialStore' | 'include' | 'variable' | 'order';
  readonly message: string;
}

export interface Hazard extends Place {
  readonly reason: string;
  readonly message: string;
}

export function toPlace({ file, offset }: Pick<Occurrence, 'file' | 'offset'>): Place {
  return { file: file.name, ...locator(file.text)(offset) };
}

const stores = ['hadoop.security.credential.provider.path', 'fs.s3a.security.credential.provider.path'];

/** Why the answer may differ in a running client. */
export function findDoubts(
  decided: Readonly<Record<EncryptionSetting, SettingDecision>>,
  slots: ReadonlyMap<string, Slot>,
  unseen: readonly Unseen[],
): Doubt[] {
  const includes = unseen.map(
    (one): Doubt => ({
      kind: 'include',
      ...toPlace(one),
      message: `${one.href} is included and was not looked at: what it sets may decide`,
    }),
  );
  const credentials = stores.flatMap((name) =>
    (slots.get(name) ?? [])
      .filter(({ value }) => value !== '')
      .map(
        ({ from }): Doubt => ({
          kind: 'credentialStore',
          ...toPlace(from),
          message: `${name}: the credential store is asked before the files, for each of the names`,
        }),
      ),
  );
  const values = Object.entries(decided).flatMap(([setting, { by, value, unknown, candidates }]): Doubt[] => {
    if (by === null) return [];
    const at = toPlace(by);
    const variable = `the ${setting} is ${JSON.stringify(value)}: what stands for the variable is known at run time`;
    const order = `the ${setting} is set by ${candidates.length} properties of which the order of a hash table picks one: ${candidates.map(({ from }) => from.property).join(', ')}`;
    return [
      ...(unknown ? [{ kind: 'variable' as const, ...at, message: variable }] : []),
      ...(candidates.length > 0 ? [{ kind: 'order' as const, ...at, message: order }] : []),
    ];
  });
  return [...includes, ...credentials, ...values];
}

/** The webhook's checks need an assignment. This one stands for none in particular. */
const noAssignment: DesiredFile = {
  algorithm: 'SSE-KMS',
  key: { accountDefault: true },
  buckets: [],
  source: '',
  strict: true,
};

/** Settings in the files that may bring in another encryption. */
export function findHazards(sources: readonly ConfigurationSource[]): Hazard[] {
  return sources.flatMap((source) => {
    const positionOf = locator(source.text);
    const findings = source.format === 'hadoop' ? hazardsOfHadoop(source) : hazardsOfSpark(source);
    return findings.map(({ reason, offset, message }) => ({
      file: source.name,
      ...positionOf(offset),
      reason,
      message,
    }));
  });
}

type Hazardous = Pick<Violation, 'offset' | 'message'> & { readonly reason: string };

function hazardsOfHadoop({ text }: ConfigurationSource): Hazardous[] {
  const read = readDocument(text);
  if (!read.ok) return [];
  const others = findOtherStores(read.document).map((store) => ({
    reason: 'OtherStore',
    offset: store.offset,
    message: toStoreMessage(store, false),
  }));
  return [...findViolations(read.document, noAssignment.buckets), ...others];
}

function hazardsOfSpark({ text }: ConfigurationSource): Hazardous[] {
  const read = readProperties(text);
  if (!read.ok) return [];
  const settings = toSettings(read.items.filter((item) => item.kind === 'entry'));
  return findSparkViolations(settings, noAssignment, new Map());
}
