/**
 * What a review costs the webhook's server, beside servers that parse a review and allow everything: one on node:https, one on
 * fastify. Each is a process of its own; they are asked by turns, with the same reviews, no two of which are alike. Counted is
 * the processor's time of the server for a review, so that a busy machine slows all alike.
 */
import { Agent, request } from 'node:https';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { files, finance, reviewOf } from '../admission/admission-review.ts';
import { imageFlags } from '../product/image-flags.ts';
import { type Child, startChild } from './child.ts';
import { toXml } from './creation.ts';
import { median } from './measure.ts';
import { type Part, toTable } from './part.ts';

const servers = ['node:https', 'fastify', 'ours'] as const;
const [warmUp, perRound, atOnce] = [25, 400, 8];

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
      answer.on('error', failed);
      answer.resume().on('end', done);
    });
    sent.on('error', failed).end(body);
  });
}

/** Shares of the fastify server's speed: what is wanted, and what the guard asks for, about half of what was measured. */
const wanted = {
  change: { target: 0.5, least: 0.09 },
  unchanged: { target: 0.7, least: 0.1 },
  unassigned: { target: 0.9, least: 0.3 },
} as const;

export const server: Part = {
  name: 'server',
  inPage: true,
  async measure({ rounds = 9 }, say) {
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce, rejectUnauthorized: false });
    const running: Child<number>[] = [];
    let number = 0;
    const rows: { name: keyof typeof kinds; microseconds: number[]; share: number }[] = [];
    try {
      for (const kind of servers)
        running.push(await startChild<number>('server-process.ts', [kind], kind === 'ours' ? imageFlags : []));
      for (const name of Object.keys(kinds) as (keyof typeof kinds)[]) {
        const taken = running.map((): number[] => []);
        // Until the compiler has done its work: the operator runs for weeks.
        for (let round = -warmUp; round < rounds; round++) {
          say(`${name}, ${round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`}`);
          const bodies = Array.from({ length: perRound }, () => JSON.stringify(kinds[name](number++)));
          for (const [index, { ready: port, ask: askChild }] of running.entries()) {
            const cpu = async () => (await askChild('cpu')) as number;
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
      for (const { stop } of running) stop();
      agent.destroy();
    }
    const below = (bound: 'target' | 'least') =>
      rows
        .filter(({ name, share }) => share < wanted[name][bound])
        .map(
          ({ name, share }) =>
            `${name}: ${percent(share)} of the fastify server's speed, ${percent(wanted[name][bound])} is wanted`,
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
      missed: below('target'),
      regressed: below('least'),
    };
  },
};

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
