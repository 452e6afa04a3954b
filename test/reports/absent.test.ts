/**
 * The Reports' writer where the API server doesn't know OpenReports, and then does.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildReportStore } from '../../src/cluster/reports.ts';
import { buildConfigObjects } from '../../src/controller/config-objects.ts';
import { startReportWriter } from '../../src/controller/report-writer.ts';
import { type Cluster, createNamespace, startCluster } from '../cluster-client/cluster.ts';
import { assessed, desired } from '../controller/assessed.ts';
import { eventually } from '../product/eventually.ts';
import { describeWith } from '../run/needs.ts';

const definition = readFileSync(join(import.meta.dirname, 'fixtures', 'openreports-v0.2.1.yaml'), 'utf8');
let cluster: Cluster;

describeWith(['control plane'], 'without a definition of Reports', () => {
  beforeAll(async () => {
    cluster = await startCluster();
    await createNamespace(cluster.api, 'a');
  }, 60_000);
  afterAll(() => cluster?.stop());

  it('the writer says so once, asks at a calm rate, and writes once the definition is there', async () => {
    let requests = 0;
    const lines: { msg: string }[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const store = buildReportStore({
      ...cluster.api,
      open: (request) => {
        requests += 1;
        return cluster.api.open(request);
      },
    });
    const objects = buildConfigObjects();
    objects.change(undefined, assessed('a', 'one', { outcome: 'compliant', problems: [], problemCount: 0 }));
    const writer = startReportWriter({
      store,
      view: { decision: () => ({ kind: 'assigned', desired }), isDecided: () => true },
      objects,
      complete: () => true,
      clock: () => new Date(),
      backoff: { firstMs: 100, maxMs: 1000 },
      givingUp: new AbortController().signal,
      log,
      timing: { settleMs: 10, roundMs: 20, absentMs: 500 },
    });
    writer.resync();
    for (let turn = 0; turn < 60; turn++) {
      writer.touch(['a']);
      if (turn % 10 === 0) writer.resync();
      await sleep(20);
    }
    expect(lines.filter(({ msg }) => msg.includes('no definition of reports.openreports.io'))).toHaveLength(1);
    expect(requests).toBeGreaterThan(1);
    expect(requests).toBeLessThan(6);
    await cluster.controlPlane.kubectl(['apply', '--filename', '-'], { stdin: definition });
    // An API server that has just got a definition answers 429 at first.
    const read = () => store.list(new AbortController().signal).catch(() => 'noDefinition' as const);
    await eventually(read, (found) => found !== 'noDefinition' && found.has('a'));
    await writer.stop();
  }, 60_000);
});
