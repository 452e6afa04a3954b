/**
 * OpenReports' Reports in the API: one in a namespace, of a fixed name.
 *
 * An API server that doesn't know the kind answers 404 without a `Status`, so without a reason.
 */
import { createHash } from 'node:crypto';
import type { Report, ReportStore, ReportWrite } from '../ports/report-store.ts';
import type { StoredObject } from '../ports/stored-object.ts';
import { buildCompleteList } from './complete-list.ts';
import { hasStatus } from './errors.ts';
import { fieldManager } from './field-manager.ts';
import type { Transport } from './transport.ts';

export const reportName = 'sse-kms-operator';
const api = '/apis/openreports.io/v1alpha1';
const managedByLabel = 'app.kubernetes.io/managed-by';
const labels = { [managedByLabel]: 'sse-kms-operator' };
const leftOutAnnotation = 'ssekms.io/results-left-out';
/** The largest are half a MiB each. */
const pageSize = 50;

export function buildReportStore(transport: Transport): ReportStore {
  return {
    toDigest: (report) => toDigest(toContent(report)),
    async list(signal) {
      const found = new Map<string, string>();
      const collection = { path: `${api}/reports`, fieldSelector: `metadata.name=${reportName}` };
      const pages = buildCompleteList({
        ...{ transport, collection, pageSize, silenceSeconds: 30, signal },
        attempt: (request) => request(),
        onProgress: () => {},
      });
      try {
        await pages.read(async (object) => {
          found.set(object.metadata.namespace ?? '', toDigest(object));
        });
        return found;
      } catch (error) {
        if (isUnknownKind(error)) return 'noDefinition';
        throw error;
      }
    },
    async write(namespace, report, now, signal) {
      const collection = `${api}/namespaces/${encodeURIComponent(namespace)}/reports`;
      const path = `${collection}/${reportName}`;
      const common = { timeoutSeconds: 10, signal };
      try {
        const stored = await readOrNone(transport, path, signal);
        if (stored !== undefined && !isOurs(stored)) return 'foreign';
        if (report === undefined) {
          if (stored !== undefined) await transport.send({ ...common, method: 'DELETE', path });
          return 'written';
        }
        const content = toContent(report);
        if (stored !== undefined && toDigest(stored) === toDigest(content)) return 'written';
        const metadata = toMetadata(namespace, content, stored);
        const body = {
          apiVersion: 'openreports.io/v1alpha1',
          kind: 'Report',
          ...toDated(content, stored, now),
          metadata,
        };
        const query = { fieldManager, fieldValidation: 'Strict' };
        await transport.send(
          stored === undefined
            ? { ...common, method: 'POST', path: collection, query, body }
            : { ...common, method: 'PUT', path, query, body },
        );
        return 'written';
      } catch (error) {
        return toOutcome(error);
      }
    },
  };
}

/** Where somebody has changed one of the two, it is written again. */
function isOurs({ metadata, source }: StoredObject): boolean {
  const found = (metadata as { labels?: Readonly<Record<string, string>> }).labels;
  return found?.[managedByLabel] === reportName || source === reportName;
}

async function readOrNone(transport: Transport, path: string, signal: AbortSignal): Promise<StoredObject | undefined> {
  try {
    return (await transport.send({ path, timeoutSeconds: 10, signal })) as StoredObject;
  } catch (error) {
    if (hasStatus(error, 404) && !isUnknownKind(error)) return undefined;
    throw error;
  }
}

function isUnknownKind(error: unknown): boolean {
  return hasStatus(error, 404) && error.reason === '';
}

function toOutcome(error: unknown): ReportWrite {
  if (isUnknownKind(error)) return 'noDefinition';
  if (hasStatus(error, 409)) return 'conflict';
  const leaving = hasStatus(error, 403) && error.message.includes('being terminated');
  if (hasStatus(error, 404) || leaving) return 'gone';
  throw error;
}

function toContent({ leftOut, ...fields }: Report) {
  const annotations: Record<string, string> = leftOut > 0 ? { [leftOutAnnotation]: String(leftOut) } : {};
  return { ...fields, metadata: { name: reportName, labels, annotations } };
}

/** Labels and annotations of others stay. */
function toMetadata(namespace: string, { metadata }: ReturnType<typeof toContent>, stored: StoredObject | undefined) {
  const before = (stored?.metadata ?? {}) as { labels?: object; annotations?: Record<string, string> };
  const { [leftOutAnnotation]: _, ...others } = before.annotations ?? {};
  return {
    ...before,
    namespace,
    name: reportName,
    labels: { ...before.labels, ...labels },
    annotations: { ...others, ...metadata.annotations },
  };
}

type StoredResult = Readonly<Record<string, unknown>>;

/** A result that is stored already keeps its time: it says when the result was found. */
function toDated(content: ReturnType<typeof toContent>, stored: StoredObject | undefined, now: Date) {
  const times = new Map<string, unknown>();
  for (const result of (stored?.results ?? []) as readonly StoredResult[]) {
    if (result.timestamp !== undefined) times.set(sorted(withoutTime(result)), result.timestamp);
  }
  const present = { seconds: Math.floor(now.getTime() / 1000), nanos: 0 };
  return {
    ...content,
    results: content.results.map((result) => ({ ...result, timestamp: times.get(sorted(result)) ?? present })),
  };
}

/** Of everything that we set, but for the times. */
function toDigest(object: object): string {
  const { metadata, source, scope, configuration, summary, results } = object as StoredObject;
  const texts = metadata as { labels?: Record<string, string>; annotations?: Record<string, string> };
  const managedBy = texts.labels?.[managedByLabel];
  const leftOut = texts.annotations?.[leftOutAnnotation];
  const timeless = ((results ?? []) as readonly StoredResult[]).map(withoutTime);
  return createHash('sha256')
    .update(sorted({ managedBy, leftOut, source, scope, configuration, summary, results: timeless }))
    .digest('base64');
}

function withoutTime({ timestamp: _, ...result }: StoredResult): StoredResult {
  return result;
}

/** JSON with sorted keys: API servers answer in an order of their own. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
