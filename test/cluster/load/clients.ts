/**
 * Clients that create ConfigMaps without a pause, and look at each: is the key in it? Runs in the node's network. Each line on standard input names the
 * phase that begins; what the last one saw is then printed, a line of JSON. Ends with its input.
 *
 * node clients.ts KUBECONFIG NAMESPACE CLIENTS
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';
import { effectiveEncryption } from '../../product/effective.ts';
import { configMap, firstKey } from '../../product/manifests.ts';
import type { Failure, Phase } from './phase.ts';

const [kubeconfig = '', namespace = '', clients = '1'] = process.argv.slice(2);
const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
const ca = Buffer.from(authority, 'base64');
const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
const url = `${server}/api/v1/namespaces/${namespace}/configmaps`;
const agent = new Agent({ keepAlive: true, ca });

/** Stored objects that are kept, so that the reconciler has work and the store stays small. */
const kept = 200;

let ended = false;
let count = 0;
let phase = begin('');
const names: string[] = [];

function begin(name: string): Phase {
  return { name, started: Date.now(), requests: 0, failures: [], withoutKey: 0, slowest: 0 };
}

function call(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers, agent, timeout: 30_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text })).once('error', reject);
    });
    sent.once('timeout', () => sent.destroy(new Error('no answer in 30 s'))).once('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

async function create(name: string): Promise<void> {
  const now = phase;
  const started = Date.now();
  now.requests++;
  const fail = (status: number, message: string): void => {
    const failure: Failure = { afterMs: started - now.started, status, message: message.slice(0, 400) };
    now.failures.push(failure);
  };
  try {
    const { status, text } = await call('POST', '', configMap(namespace, name));
    if (status !== 201) fail(status, JSON.parse(text).message ?? text);
    else if (effectiveEncryption(JSON.parse(text).data['core-site.xml']).key !== firstKey) now.withoutKey++;
  } catch (error) {
    fail(0, (error as Error).message);
  }
  now.slowest = Math.max(now.slowest, Date.now() - started);
}

async function client(): Promise<void> {
  while (!ended) {
    const name = `load-${++count}`;
    await create(name);
    names.push(name);
    const old = names.length > kept ? names.shift() : undefined;
    // One that failed isn't there to be deleted.
    if (old) await call('DELETE', `/${old}`).catch(() => {});
  }
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (name) => {
  console.log(JSON.stringify(phase));
  phase = begin(name);
});
lines.once('close', () => {
  ended = true;
});
await Promise.all(Array.from({ length: Number(clients) }, client));
agent.destroy();
