/**
 * What a review costs the webhook's server, beside servers that parse a review and allow everything: one on node:https, one on
 * fastify. Each is a process of its own; they are asked by turns, with the same reviews, no two of which are alike. Counted is
 * the processor's time of the server for a review, so that a busy machine slows all alike.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { files, finance, reviewOf } from '../admission/admission-review.ts';
import { toXml } from './creation.ts';
import { median } from './measure.ts';
import { type Part, toTable } from './part.ts';

const servers = ['node:https', 'fastify', 'ours'] as const;
const [warmUp, perRound, atOnce] = [25, 400, 8];

/** 3 KB, as most files are; each has a number in it that no other has. */
const document = (number: number) => toXml(number, 3);

/** Each kind of review; the share of the fastify server's speed that is wanted, and what any machine must reach. */
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

const wanted = { change: [0.5, 0.06], unchanged: [0.7, 0.08], unassigned: [0.9, 0.2] } as const;

export const server: Part = {
  name: 'server',
  async measure({ rounds = 9 }, say) {
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce, rejectUnauthorized: false });
    const running = await Promise.all(servers.map(start));
    let number = 0;
    const rows: { name: keyof typeof kinds; microseconds: number[]; share: number }[] = [];
    try {
      for (const name of Object.keys(kinds) as (keyof typeof kinds)[]) {
        const taken = running.map((): number[] => []);
        // Until the compiler has done its work: the operator runs for weeks.
        for (let round = -warmUp; round < rounds; round++) {
          say(`${name}, ${round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`}`);
          const bodies = Array.from({ length: perRound }, () => JSON.stringify(kinds[name](number++)));
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
        rows.push({ name, microseconds: taken.map(median), share });
      }
    } finally {
      for (const { child } of running) child.kill();
      agent.destroy();
    }
    const below = (index: 0 | 1) =>
      rows
        .filter(({ name, share }) => share < wanted[name][index])
        .map(
          ({ name, share }) =>
            `${name}: ${percent(share)} of the fastify server is below ${percent(wanted[name][index])}`,
        );
    return {
      lines: toTable(
        ["a review's processor time, µs", ...servers, 'fastify / ours'],
        rows.map(({ name, microseconds, share }) => [
          name,
          ...microseconds.map((one) => one.toFixed(0)),
          percent(share),
        ]),
      ),
      figures: rows,
      missed: below(0),
      regressed: below(1),
    };
  },
};

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

async function start(kind: (typeof servers)[number]) {
  const child = fork(join(import.meta.dirname, 'server-process.ts'), [kind]);
  const [port] = (await once(child, 'message')) as [number];
  const cpu = async () => {
    child.send('cpu');
    return ((await once(child, 'message')) as [number])[0];
  };
  return { child, port, cpu };
}
