/**
 * The floor: nothing but empty patches of the ConfigMaps named on standard input, so many at once. Prints the seconds of the
 * processor's time it took, and how many did not succeed.
 *
 * node bare-loop.ts KUBECONFIG CONCURRENCY < PATHS
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { fieldManager } from '../../src/cluster/field-manager.ts';

const [kubeconfig = '', concurrency = ''] = process.argv.slice(2);
// Those of the tests are JSON.
const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
const agent = new Agent({ keepAlive: true, ca: Buffer.from(ca, 'base64') });
const headers = {
  Accept: 'application/json',
  Authorization: `Bearer ${users[0].user.token}`,
  'Content-Type': 'application/merge-patch+json',
  'Content-Length': 2,
};

/** The chart's policies let this user write under this name alone. */
const query = `?fieldManager=${fieldManager}`;

/** The answer's status; its body is read and not looked at. */
function patch(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server}${path}${query}`, { agent, method: 'PATCH', headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
      answer.once('error', reject);
    });
    sent.once('error', reject);
    sent.end('{}');
  });
}

const paths = (await text(process.stdin)).split('\n').filter((line) => line !== '');
const rest = paths.values();
let failed = 0;
const before = process.cpuUsage();
await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    for (const path of rest) if ((await patch(path)) !== 200) failed += 1;
  }),
);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpuSeconds: (user + system) / 1e6, failed }));
agent.destroy();
