/**
 * A client that sends large reviews over some connections, the next one as soon as the answer is there. Runs in a worker, and
 * tells how many of which HTTP code or error there were.
 */
import { Agent, request } from 'node:https';
import { parentPort, workerData } from 'node:worker_threads';
import { reviewOf } from '../admission/admission-review.ts';
import { toXml } from '../bench/creation.ts';

const [connections, each] = [16, 6];
const agent = new Agent({ keepAlive: true, maxSockets: connections, rejectUnauthorized: false });
const body = JSON.stringify(reviewOf({ data: { 'core-site.xml': toXml(1, workerData.kilobytes) } }));
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
const outcomes: Record<string, number> = {};

const ask = () =>
  new Promise<string>((done) => {
    const sent = request({ host: '127.0.0.1', port: workerData.port, path: '/mutate', method: 'POST', agent, headers });
    sent.on('response', (answer) => {
      answer.on('error', ({ message }) => done(message));
      answer.resume().on('end', () => done(`${answer.statusCode}`));
    });
    sent.on('error', ({ message }) => done(message)).end(body);
  });

await Promise.all(
  Array.from({ length: connections }, async () => {
    for (let count = 0; count < each; count++) {
      const outcome = await ask();
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  }),
);
agent.destroy();
parentPort?.postMessage(outcomes);
