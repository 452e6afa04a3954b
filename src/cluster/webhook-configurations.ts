/**
 * The caBundle of our two webhook configurations: read, and written by JSON Patch.
 *
 * Never by server-side apply: co-owning an entry breaks `helm upgrade` and `helm rollback` once the chart removes the entry. The
 * configurations belong to the installation and are never created here.
 */

import type { TrustPublisher, TrustTarget } from '../ports/certificate-stores.ts';
import { hasStatus } from './errors.ts';
import { fieldManager } from './field-manager.ts';
import type { Transport } from './transport.ts';

export interface TrustPublisherOptions {
  /** Names of the configurations. */
  readonly mutating: string;
  readonly validating: string;
  /**
   * Identifies this writer of the caBundle by the value of the annotation `caBundleWriter`: a configuration that is annotated
   * otherwise is written by others, one that isn't annotated is ours. Undefined: everything is written by others.
   */
  readonly writer: string | undefined;
}

/**
 * The annotation on a configuration that says who writes its caBundle. The chart sets it, so that during an upgrade with other
 * settings the old replicas stop writing.
 */
export const caBundleWriter = 'ssekms.io/ca-bundle-writer';

/** Methods throw as `Transport.send` does, except for their named outcomes. */
export function buildTrustPublisher(transport: Transport, options: TrustPublisherOptions): TrustPublisher {
  const group = '/apis/admissionregistration.k8s.io/v1';
  const paths = new Map([
    [`mutating/${options.mutating}`, `${group}/mutatingwebhookconfigurations/${encodeURIComponent(options.mutating)}`],
    [
      `validating/${options.validating}`,
      `${group}/validatingwebhookconfigurations/${encodeURIComponent(options.validating)}`,
    ],
  ]);

  async function readOne(name: string, path: string): Promise<TrustTarget> {
    try {
      return { name, found: toFound(await transport.send({ path }), options.writer) };
    } catch (error) {
      if (hasStatus(error, 404)) return { name, found: undefined };
      throw error;
    }
  }

  return {
    read: () => Promise.all([...paths].map(([name, path]) => readOne(name, path))),
    async publish({ name, found }, bundle) {
      const path = paths.get(name);
      if (path === undefined || found === undefined) return 'conflict';
      const body = toJsonPatch(found, bundle);
      if (body.length === 0) return 'written';
      const contentType = 'application/json-patch+json';
      try {
        await transport.send({ method: 'PATCH', path, query: { fieldManager }, contentType, body });
        return 'written';
      } catch (error) {
        if (hasStatus(error, 409) || hasStatus(error, 404)) return 'conflict';
        throw error;
      }
    },
  };
}

interface CaBundleOperation {
  readonly op: 'test' | 'add' | 'replace';
  readonly path: string;
  readonly value: string;
}

/** The resourceVersion guards against every change since the read; the name against an entry that moved to another index. */
function toJsonPatch(
  { version, entries }: NonNullable<TrustTarget['found']>,
  bundle: string,
): readonly CaBundleOperation[] {
  const value = Buffer.from(bundle).toString('base64');
  const changes = entries.flatMap((entry, i): CaBundleOperation[] =>
    entry.bundle === bundle
      ? []
      : [
          { op: 'test', path: `/webhooks/${i}/name`, value: entry.name },
          { op: 'add', path: `/webhooks/${i}/clientConfig/caBundle`, value },
        ],
  );
  return changes.length === 0 ? [] : [{ op: 'replace', path: '/metadata/resourceVersion', value: version }, ...changes];
}

interface WebhookConfiguration {
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>> | null;
  };
  readonly webhooks?:
    | readonly { readonly name: string; readonly clientConfig: { readonly caBundle?: string | null } }[]
    | null;
}

function toFound(answer: unknown, writer: string | undefined): TrustTarget['found'] {
  const { metadata, webhooks } = answer as WebhookConfiguration;
  const entries = (webhooks ?? []).map(({ name, clientConfig }) => ({
    name,
    bundle: Buffer.from(clientConfig.caBundle ?? '', 'base64').toString(),
  }));
  const annotated = metadata.annotations?.[caBundleWriter] ?? writer;
  return { version: metadata.resourceVersion, entries, writtenByOthers: writer === undefined || annotated !== writer };
}
