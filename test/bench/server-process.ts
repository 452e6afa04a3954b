/**
 * One of the servers that are compared, in a process of its own. Says its port, and answers each message with the processor's
 * time so far, in microseconds.
 */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { pino } from 'pino';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import { build, type Certificate } from '../../src/http/webhook-server.ts';
import { createMetrics } from '../../src/run/metrics.ts';
import { files, finance, knowing } from '../admission/admission-review.ts';
import { selfSigned } from '../http/self-signed.ts';
import { endWithParent } from './child.ts';
import { type Review, startNoOp, toAnswer } from './no-op-server.ts';

const host = '127.0.0.1';
const allow = ({ request: { uid } }: Review) => ({ uid, allowed: true });

/** Each listens, and returns its port. */
const servers: Readonly<Record<string, (certificate: Certificate) => Promise<number>>> = {
  'node:https': (certificate) => startNoOp(certificate, (_, review) => allow(review)),
  fastify: async (https) => {
    const app = Fastify({ https, bodyLimit: 20 * 1024 * 1024 });
    app.post('/mutate', async (http, reply) =>
      reply.type('application/json').send(toAnswer(allow(http.body as Review))),
    );
    await app.listen({ host, port: 0 });
    return (app.server.address() as AddressInfo).port;
  },
  ours: async (certificate) => {
    const resolve = async (namespace: string): Promise<Resolution> =>
      namespace === 'finance' ? { kind: 'assigned', assignment: finance } : { kind: 'none' };
    const log = pino({ level: 'info' }, pino.destination({ dest: '/dev/null', minLength: 4096 }));
    const observer = createMetrics().admission;
    const app = build({ files, resolver: knowing(resolve), docsUrl: 'https://docs.example.com', observer, log });
    app.useCertificate(certificate);
    await app.listen({ host, port: 0 });
    return (app.server.address() as AddressInfo).port;
  },
};

const listen = servers[process.argv[2] ?? ''];
if (listen === undefined) throw new RangeError(`give one of ${Object.keys(servers).join(', ')}`);
endWithParent();
const port = await listen(await selfSigned());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.send?.(port);
