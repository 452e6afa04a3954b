/**
 * Who asked the API server to change a ConfigMap, told by its audit log: dry runs and writes apart, refused ones too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../chart/temporary-folder.ts';
import { useControlPlane } from '../controlplane/use-control-plane.ts';

export interface Write {
  /** The first word of the client's User-Agent: its program's name. */
  readonly client: string;
  /** As `namespace/name`; for a creation, too. */
  readonly object: string;
  readonly dryRun: boolean;
}

/** A control plane that keeps such a log, and what the log holds by now. */
export function useAuditedControlPlane() {
  const folder = temporaryFolder();
  const log = () => join(folder(), 'audit.log');
  const cluster = useControlPlane({
    get apiServerFlags() {
      return { 'audit-policy-file': join(import.meta.dirname, 'audit-config-maps.yaml'), 'audit-log-path': log() };
    },
  });
  return { cluster, writes: (object: string) => readWrites(log()).filter((write) => write.object === object) };
}

function readWrites(file: string): Write[] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  // The last line may still be being written.
  return lines.slice(0, -1).map((line) => {
    const { userAgent, objectRef, requestURI } = JSON.parse(line);
    return {
      client: String(userAgent).split('/')[0] ?? '',
      object: `${objectRef?.namespace}/${objectRef?.name}`,
      dryRun: new URL(requestURI, 'http://api').searchParams.has('dryRun'),
    };
  });
}
