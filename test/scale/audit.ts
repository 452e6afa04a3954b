/**
 * What the operator asked of the API server, from the API server's own audit log.
 */
import { type FileHandle, open } from 'node:fs/promises';

/** One request, once it was answered; a watch, once it was opened. */
export interface AuditedRequest {
  /** Milliseconds since 1970: when it was received, and when it was answered. */
  readonly receivedAt: number;
  readonly answeredAt: number;
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  /** Of a list: true for the pages that follow the first. */
  readonly continued: boolean;
}

/** The requests of one user: a line each; a watch one when it opens and one when it ends. */
export function auditPolicy(user: string): string {
  return JSON.stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata', users: [user] }, { level: 'None' }],
  });
}

/** Reads on in the log where the last reading ended. */
export interface AuditLog {
  /** What has been written since the last call. */
  next(): Promise<AuditedRequest[]>;
  close(): Promise<void>;
}

export async function openAuditLog(path: string): Promise<AuditLog> {
  let file: FileHandle | undefined;
  let position = 0;
  let rest = '';
  return {
    async next() {
      file ??= await open(path);
      const requests: AuditedRequest[] = [];
      const buffer = Buffer.alloc(4 * 1024 * 1024);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
        if (bytesRead === 0) return requests;
        position += bytesRead;
        // Names, paths and annotations of ours are ASCII, so that no character is cut in two.
        const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) requests.push(...toRequests(line));
      }
    },
    async close() {
      await file?.close();
    },
  };
}

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
  readonly objectRef?: { readonly resource: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
}

function toRequests(line: string): AuditedRequest[] {
  const event = JSON.parse(line) as AuditEvent;
  // A watch counts when it opens; its end tells nothing new.
  if ((event.verb === 'watch') !== (event.stage === 'ResponseStarted')) return [];
  const { resource = '', namespace = '', name = '' } = event.objectRef ?? {};
  return [
    {
      receivedAt: Date.parse(event.requestReceivedTimestamp),
      answeredAt: Date.parse(event.stageTimestamp),
      verb: event.verb,
      resource,
      namespace,
      name,
      code: event.responseStatus?.code ?? 0,
      continued: event.requestURI.includes('continue='),
    },
  ];
}

export const isWrite = ({ verb }: AuditedRequest) => !['get', 'list', 'watch'].includes(verb);
/** Renewing the lease, or asking who holds it, is a leader's pulse. */
export const isPulse = ({ resource }: AuditedRequest) => resource === 'leases';
