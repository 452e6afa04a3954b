/**
 * One pool of kept-alive connections to a kubeconfig's API server, with the credentials of the moment.
 */
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

export interface Connections {
  /** For example `https://10.0.0.1:443`. */
  readonly server: string;
  /** Agent, headers and authentication of the next request: mounted tokens and certificates are replaced while we run. */
  next(): Promise<https.RequestOptions>;
  close(): void;
}

/** What a pool is made for; another value of one of them needs another pool. */
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
      // A proxy's agent is client-node's own, which it keeps.
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
 * Closes what is kept and idle, so that the next request opens a connection of its own. Where one kept connection is dead
 * without a word, cut off by a network that failed for example, the others most likely are too.
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
