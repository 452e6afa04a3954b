/**
 * One of the servers that are compared, in a process of its own. Tells its port, and answers each message with the processor's
 * time so far, in microseconds.
 */
import Fastify from 'fastify';
import { pino } from 'pino';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import { build } from '../../src/http/webhook-server.ts';
import { files, finance, knowing } from '../admission/admission-review.ts';
import { selfSigned } from '../http/self-signed.ts';
import { type Review, startNoOp, toAnswer } from './no-op-server.ts';

const allow = ({ request: { uid } }: Review) => ({ uid, allowed: true });

async function listen(kind: string | undefined): Promise<number> {
  const { cert, key } = await selfSigned();
  if (kind === 'node:https') {
    return startNoOp({ cert, key }, (_, review) => allow(review));
  }
  if (kind === 'fastify') {
    const app = Fastify({ https: { cert, key }, bodyLimit: 20 * 1024 * 1024 });
    app.post('/mutate', async (http, reply) =>
      reply.type('application/json').send(toAnswer(allow(http.body as Review))),
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    return (app.server.address() as { port: number }).port;
  }
  const resolve = async (namespace: string): Promise<Resolution> =>
    namespace === 'finance' ? { kind: 'assigned', assignment: finance } : { kind: 'none' };
  const log = pino({ level: 'info' }, pino.destination({ dest: '/dev/null', minLength: 4096 }));
  const app = build({ files, resolver: knowing(resolve), docsUrl: 'https://docs.example.com', log });
  app.useCertificate({ cert, key });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return (app.server.address() as { port: number }).port;
}

const port = await listen(process.argv[2]);
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.send?.(port);
