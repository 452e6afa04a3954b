/**
 * One pool of kept-alive connections to a kubeconfig's API server, with its current credentials.
 */
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

export interface Connections {
  /** For example `https://10.0.0.1:443`. */
  readonly server: string;
  /** Agent, headers and authentication for the next request. Called each time: mounted tokens and certificates are replaced at run time. */
  next(): Promise<https.RequestOptions>;
  close(): void;
}

/** The TLS options of a pool. A change of one of them needs a new pool. */
const tlsFields = ['ca', 'cert', 'key', 'pfx', 'passphrase', 'servername', 'rejectUnauthorized'] as const;
type Tls = Pick<https.RequestOptions, (typeof tlsFields)[number]>;

/** @throws Error where the kubeconfig has no current context. */
export function buildConnections(kubeConfig: KubeConfig): Connections {
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig has no current cluster');
  const { server, proxyUrl } = cluster;
  const { Agent } = server.startsWith('http:') ? http : https;
  let pool: { readonly agent: http.Agent; readonly tls: Tls } | undefined;

  return {
    server,
    async next() {
      const options: https.RequestOptions = {};
      await kubeConfig.applyToHTTPSOptions(options);
      // With a proxy client-node supplies its own agent, and keeps it.
      if (proxyUrl) return options;
      if (pool === undefined || !sameTls(pool.tls, options)) {
        pool?.agent.destroy();
        const given = tlsFields.flatMap((field) => (field in options ? [[field, options[field]]] : []));
        const tls = Object.fromEntries(given);
        // No maxSockets: the callers bound what they have in flight, and a watch must never wait for a free connection.
        pool = { agent: new Agent({ ...tls, keepAlive: true, keepAliveMsecs: 30_000 }), tls };
      }
      const { headers, auth } = options;
      return { agent: pool.agent, ...(headers && { headers }), ...(auth && { auth }) };
    },
    close: () => pool?.agent.destroy(),
  };
}

/**
 * Closes idle connections, so that the next request opens a new one. Where one kept-alive connection is dead without having
 * been closed, for example after a network failure, the others probably are too.
 */
export function closeIdle(agent: https.RequestOptions['agent']): void {
  if (!(agent instanceof http.Agent)) return;
  for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
}

/** Compares contents: client-node makes new buffers each time. */
function sameTls(a: Tls, b: Tls): boolean {
  return tlsFields.every((field) => {
    const [one, other] = [a[field], b[field]];
    return Buffer.isBuffer(one) && Buffer.isBuffer(other) ? one.equals(other) : one === other;
  });
}
