/**
 * `npm run scale:leftovers`: what immutable ConfigMaps of finished jobs cost the operator. The same cluster is measured
 * without them, with all of them in one namespace, and with them in many: memory, start, and a rotation of the key.
 */
import { parseArgs } from 'node:util';
import { parseAssignment } from '../../src/api/key-assignment.ts';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import { planConfigObject } from '../../src/core/plan/config-object.ts';
import { sayOnStderr, withProgress } from '../controlplane/progress.ts';
import { Random } from '../hadoop/fuzz/random.ts';
import { assignAll, untilCompliant } from './assignments.ts';
import { isPulse } from './audit.ts';
import {
  allName,
  configObjectLabel,
  type Fixture,
  type FixtureConfigMap,
  toArn,
  toAssignment,
  toHadoopFiles,
} from './fixture.ts';
import { untilListed, untilQuiet } from './lead.ts';
import type { Program } from './program.ts';
import { setStage } from './stage.ts';

const configObjects = 500;
const namespaceCount = 100;

type Spread = 'one' | 'many';

function buildLeftovers(count: number, spread: Spread): Fixture {
  const names = Array.from(
    { length: namespaceCount },
    (_, index) => `team-${String(index).padStart(3, '0')}-analytics`,
  );
  const all = (keyNumber: number) => toAssignment(allName, { namespaces: names, key: { arn: toArn(keyNumber) } });
  const first = toParsed(all(1));
  const files = { core: ['core-site.xml'], other: ['hdfs-site.xml'] };
  return {
    namespaces: names.map((name) => ({ name, labels: {} })),
    shares: [],
    all,
    *configMaps(): Generator<FixtureConfigMap> {
      for (let index = 0; index < configObjects; index++) {
        const namespace = names[index % names.length] ?? '';
        yield {
          namespace,
          name: `hadoop-${index}`,
          labels: { [configObjectLabel]: 'yes' },
          data: toHadoopFiles(new Random(5, index)),
        };
      }
      for (let index = 0; index < count; index++) {
        const namespace = names[spread === 'one' ? 0 : index % names.length] ?? '';
        const data = toHadoopFiles(new Random(4, index));
        const plan = planConfigObject({ data }, first, files);
        const made =
          plan.kind === 'change' ? (plan.patch.find(({ path }) => path === '/data/core-site.xml')?.value ?? '') : '';
        const name = `nightly-${index.toString(16).padStart(16, '0')}-hadoop-config`;
        yield { namespace, name, labels: {}, data: { 'core-site.xml': made }, immutable: true };
      }
    },
  };
}

function toParsed(manifest: object): Assignment {
  const parsed = parseAssignment(manifest);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.assignment;
}

/** Memory in MB of 1,000,000 bytes, durations in seconds. */
type Row = Readonly<Record<string, number>>;

async function measure(count: number, spread: Spread, say: (state: string) => void): Promise<Row> {
  const fixture = buildLeftovers(count, spread);
  const stage = await setStage(fixture, [], say);
  let program: Program | undefined;
  try {
    const { api, audit } = stage;
    await assignAll(api, fixture, 1);
    program = await stage.start({ 'resync-seconds': 3600 });
    const ready = program.readyMs / 1000;
    const { at } = await untilListed(audit);
    const listed = (at - program.startedAt) / 1000;
    await untilCompliant(api, configObjects + count, say, allName);
    await untilQuiet(audit);
    const before = program.memory();
    const rotate = async (keyNumber: number, it: Program) => {
      await audit.next();
      const cpuBefore = it.cpuSeconds();
      const startedAt = Date.now();
      await assignAll(api, fixture, keyNumber);
      await untilCompliant(api, configObjects, say, allName);
      const seconds = (Date.now() - startedAt) / 1000;
      const cpu = it.cpuSeconds() - cpuBefore;
      await untilQuietCounting();
      return { seconds, cpu, requests };
    };
    let requests = 0;
    const untilQuietCounting = async () => {
      requests = (await audit.next()).filter((request) => !isPulse(request) && request.verb !== 'watch').length;
      await untilQuiet(audit);
    };
    const first = await rotate(2, program);
    const after = program.memory();
    await program.end();
    program = await stage.start({ 'resync-seconds': 3600 });
    const startedAt = program.startedAt;
    const again = await untilListed(audit);
    await untilQuiet(audit);
    const restarted = program.memory();
    const cpu = program.cpuSeconds();
    const second = await rotate(3, program);
    return {
      'start: to ready, s': ready,
      'start: to listed, s': listed,
      'resident, MB': before.resident,
      'peak, MB': before.peak,
      'rotation: until done, s': first.seconds,
      'rotation: processor, s': first.cpu,
      'rotation: requests': first.requests,
      'resident after it, MB': after.resident,
      'new start: to ready, s': program.readyMs / 1000,
      'new start: to listed, s': (again.at - startedAt) / 1000,
      'new start: processor, s': cpu,
      'new start: resident, MB': restarted.resident,
      'second rotation: until done, s': second.seconds,
      'second rotation: requests': second.requests,
    };
  } finally {
    await program?.end();
    await stage.stop();
  }
}

const { values } = parseArgs({ options: { leftovers: { type: 'string', default: '20000' } } });
const count = Number(values.leftovers);
if (!Number.isInteger(count) || count < 1) throw new RangeError('--leftovers must be a whole number from 1');
const shapes: readonly (readonly [string, number, Spread])[] = [
  ['without', 0, 'many'],
  [`${count} in one namespace`, count, 'one'],
  [`${count} in ${namespaceCount} namespaces`, count, 'many'],
];
const rows: [string, Row][] = [];
for (const [title, leftovers, spread] of shapes) {
  rows.push([title, await withProgress(sayOnStderr, title, (state) => measure(leftovers, spread, state))]);
}
console.log(`${configObjects} other ConfigMaps with Hadoop files\n`);
console.log([''.padEnd(34), ...rows.map(([title]) => title.padStart(28))].join(''));
for (const name of Object.keys(rows[0]?.[1] ?? {})) {
  const figure = (value = Number.NaN) => (Number.isInteger(value) ? `${value}` : value.toFixed(2)).padStart(28);
  console.log([name.padEnd(34), ...rows.map(([, row]) => figure(row[name]))].join(''));
}
