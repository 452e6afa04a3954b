/**
 * `npm run bench:server`: what a review costs the webhook's server, beside servers that parse a review and allow everything: one
 * on node:https, one on fastify. Each is a process of its own; they are asked by turns, with the same reviews, no two of which
 * are alike. Counted is the processor's time of the server for a review, so that a busy machine slows all alike.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import Fastify from 'fastify';
import { pino } from 'pino';
import type { Resolution } from '../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { build } from '../../src/http/webhook-server.ts';
import { files, finance, knowing, reviewOf } from '../admission/admission-review.ts';
import { selfSigned } from '../http/self-signed.ts';
import { toXml } from './creation.ts';
import { median } from './measure.ts';
import { type Review, startNoOp, toAnswer } from './no-op-server.ts';

const servers = ['node:https', 'fastify', 'ours'] as const;
type Server = (typeof servers)[number];
const [warmUp, rounds, perRound, atOnce] = [25, 9, 400, 8];

const allow = ({ request: { uid } }: Review) => ({ uid, allowed: true });

/** Listens, and tells its port; answers each message with the processor's time so far, in microseconds. */
async function serve(kind: Server): Promise<void> {
  const { cert, key } = await selfSigned();
  let port: number;
  if (kind === 'node:https') {
    port = await startNoOp({ cert, key }, (_, review) => allow(review));
  } else if (kind === 'fastify') {
    const app = Fastify({ https: { cert, key }, bodyLimit: 20 * 1024 * 1024 });
    app.post('/mutate', async (http, reply) =>
      reply.type('application/json').send(toAnswer(allow(http.body as Review))),
    );
    await app.listen({ host: '127.0.0.1', port: 0 });
    port = (app.server.address() as { port: number }).port;
  } else {
    const resolve = async (namespace: string): Promise<Resolution> =>
      namespace === 'finance' ? { kind: 'assigned', assignment: finance } : { kind: 'none' };
    const log = pino({ level: 'info' }, pino.destination({ dest: '/dev/null', minLength: 4096 }));
    const app = build({ files, resolver: knowing(resolve), docsUrl: 'https://docs.example.com', log });
    app.useCertificate({ cert, key });
    await app.listen({ host: '127.0.0.1', port: 0 });
    port = (app.server.address() as { port: number }).port;
  }
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.send?.(port);
}

/** 3 KB, as most files are; each has a number in it that no other has. */
const document = (number: number) => toXml(number, 3);

const kinds = {
  change: (number: number) => reviewOf({ data: { 'core-site.xml': document(number) } }, undefined, uid(number)),
  unchanged: (number: number) => reviewOf({ data: { 'core-site.xml': keyed(number) } }, undefined, uid(number)),
  unassigned: (number: number) =>
    reviewOf({ data: { 'core-site.xml': document(number) } }, undefined, { ...uid(number), namespace: 'other' }),
};

const uid = (number: number) => ({ uid: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}` });

function keyed(number: number): string {
  const plan = planConfigObject({ data: { 'core-site.xml': document(number) } }, finance, files);
  if (plan.kind !== 'change') throw new Error(plan.kind);
  return plan.patch[0]?.value ?? '';
}

function ask(port: number, agent: Agent, body: string): Promise<void> {
  return new Promise((done, failed) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ host: '127.0.0.1', port, path: '/mutate', method: 'POST', agent, headers }, (answer) => {
      if (answer.statusCode !== 200) failed(new Error(`HTTP ${answer.statusCode}`));
      answer.resume().on('end', done);
    });
    sent.on('error', failed).end(body);
  });
}

async function measure(): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce, rejectUnauthorized: false });
  const running = await Promise.all(
    servers.map(async (kind) => {
      const child = fork(import.meta.filename, [kind]);
      const [port] = (await once(child, 'message')) as [number];
      const cpu = async () => {
        child.send('cpu');
        return ((await once(child, 'message')) as [number])[0];
      };
      return { child, port, cpu };
    }),
  );
  let number = 0;
  console.log(`processor's time of the server for a review, µs (medians of ${rounds} rounds of ${perRound})\n`);
  console.log(
    `${'review'.padEnd(12)}${servers.map((kind) => kind.padStart(12)).join('')}${'fastify / ours'.padStart(18)}`,
  );
  for (const [name, build] of Object.entries(kinds)) {
    const taken = running.map((): number[] => []);
    // Until the compiler has done its work: the operator runs for weeks.
    for (let round = -warmUp; round < rounds; round++) {
      const bodies = Array.from({ length: perRound }, () => JSON.stringify(build(number++)));
      for (const [index, { port, cpu }] of running.entries()) {
        const before = await cpu();
        const rest = bodies.values();
        await Promise.all(
          Array.from({ length: atOnce }, async () => {
            for (const body of rest) await ask(port, agent, body);
          }),
        );
        if (round >= 0) taken[index]?.push(((await cpu()) - before) / perRound);
      }
    }
    const [, noOp = [], ours = []] = taken;
    const share = median(noOp.map((microseconds, round) => microseconds / (ours[round] ?? Number.NaN)));
    const cells = taken.map((all) => median(all).toFixed(0).padStart(12)).join('');
    console.log(`${name.padEnd(12)}${cells}${`${(share * 100).toFixed(0)} %`.padStart(18)}`);
  }
  for (const { child } of running) child.kill();
  agent.destroy();
}

const kind = servers.find((one) => one === process.argv[2]);
await (kind === undefined ? measure() : serve(kind));
