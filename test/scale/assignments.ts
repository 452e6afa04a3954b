/**
 * Assignments during a measurement: applied, changed, and asked for how far they are.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { hasStatus } from '../../src/cluster/errors.ts';
import type { Transport } from '../../src/cluster/transport.ts';
import { allName, configObjectLabel, type Fixture, toArn } from './fixture.ts';
import { create } from './load.ts';

const path = '/apis/ssekms.io/v1alpha1/kmskeyassignments';

interface Item {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly status?: { readonly observedGeneration?: number; readonly objects?: { readonly compliant: number } };
}

export async function applyShares(api: Transport, { shares }: Fixture): Promise<void> {
  for (const share of shares) await create(api, path, share);
}

/** From now on the last assignment has all namespaces, with this key. */
export async function assignAll(api: Transport, { all }: Fixture, keyNumber: number): Promise<void> {
  const body = all(keyNumber);
  const contentType = 'application/apply-patch+yaml';
  const query = { fieldManager: 'scale', force: true };
  await api.send({ method: 'PATCH', path: `${path}/${allName}`, query, contentType, body });
}

/** How many ConfigMaps are compliant by the statuses of all assignments, or of one, as far as those are of today. */
async function countCompliant(api: Transport, only: string | undefined): Promise<number> {
  // One alone costs the API server little, while it is being measured.
  const items =
    only === undefined
      ? ((await api.send({ path })) as { readonly items: readonly Item[] }).items
      : [(await api.send({ path: `${path}/${only}` })) as Item];
  return items
    .filter(({ metadata, status }) => status?.observedGeneration === metadata.generation)
    .reduce((sum, { status }) => sum + (status?.objects?.compliant ?? 0), 0);
}

/**
 * Returns once the statuses of all assignments, or of one, say that so many are compliant.
 * @throws Error with the last count, where nothing changes for two minutes
 */
export async function untilCompliant(
  api: Transport,
  wanted: number,
  say: (state: string) => void,
  only?: string,
): Promise<void> {
  let last = -1;
  let changedAt = Date.now();
  for (;;) {
    const count = await countCompliant(api, only);
    if (count === wanted) return;
    if (count !== last) changedAt = Date.now();
    else if (Date.now() - changedAt > 120_000) throw new Error(`${count} of ${wanted} are compliant, and it stays so`);
    last = count;
    say(`${count} of ${wanted} are compliant`);
    await sleep(500);
  }
}

/** Returns once the webhook would write the last assignment's key, told by a dry run. */
export async function untilWebhookKnows(api: Transport, configObjectPath: string, keyNumber: number): Promise<void> {
  const request = {
    path: configObjectPath,
    query: { dryRun: 'All' },
    contentType: 'application/merge-patch+json',
  } as const;
  for (let tries = 0; tries < 600; tries++) {
    try {
      const answer = await api.send({ method: 'PATCH', ...request, body: {} });
      if (JSON.stringify(answer).includes(toArn(keyNumber))) return;
    } catch (error) {
      // Between the mutating webhook's answer and the validating one's the change became known.
      if (!hasStatus(error, 403) || error.reason !== 'NotInjected') throw error;
    }
    await sleep(50);
  }
  throw new Error('the webhook does not know the changed assignment after 30 s');
}

interface ConfigObject {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data: Readonly<Record<string, string>>;
}

/** Hands on each config object that is stored. */
export async function forEachConfigObject(api: Transport, take: (path: string, file: string) => void): Promise<void> {
  let token: string | undefined;
  do {
    const query = { labelSelector: configObjectLabel, limit: 1000, continue: token };
    const page = (await api.send({ path: '/api/v1/configmaps', query, timeoutSeconds: 120 })) as {
      readonly items: readonly ConfigObject[];
      readonly metadata: { readonly continue?: string };
    };
    for (const { metadata, data } of page.items) {
      take(`/api/v1/namespaces/${metadata.namespace}/configmaps/${metadata.name}`, data['core-site.xml'] ?? '');
    }
    token = page.metadata.continue || undefined;
  } while (token !== undefined);
}

/** How many config objects hold the key of this number, and no other. */
export async function countEncrypted(api: Transport, keyNumber: number): Promise<number> {
  let count = 0;
  await forEachConfigObject(api, (_, file) => {
    const arns = file.match(/arn:aws:kms:[^<]*/g) ?? [];
    if (arns.length > 0 && arns.every((arn) => arn === toArn(keyNumber))) count += 1;
  });
  return count;
}
