/**
 * The condition KeyUsable by the whole product on a real API server, with moto as KMS behind a server that can be away.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Exposition, parseExposition } from '../metrics/exposition.ts';
import { eventually } from '../product/eventually.ts';
import { freePorts } from '../product/install.ts';
import { assignment, configMap, namespace, plainFile } from '../product/manifests.ts';
import { type KubernetesObject, useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';
import { type KmsFront, startKmsFront } from '../stand-in/kms-front.ts';
import { type LocalMoto, startLocalMoto } from '../stand-in/moto.ts';

const [kmsPort, metricsPort, s3Port] = (await freePorts(3)) as [number, number, number];

describeWith(['control plane', 'pip'], 'keys of assignments', () => {
  let moto: LocalMoto;
  let front: KmsFront;
  let key: string;
  let archiveKey: string;
  beforeAll(async () => {
    moto = await startLocalMoto(s3Port);
    await moto.createBucket('archive', 'eu-central-1');
    front = await startKmsFront(moto.endpoint, kmsPort);
  }, 300_000);
  afterAll(async () => {
    await front?.stop();
    await moto?.stop();
  });

  const suite = useProduct(
    'kms.verify=true',
    'kms.intervalSeconds=5',
    `kms.endpoint=http://127.0.0.1:${kmsPort}`,
    'kms.env[0].name=AWS_ACCESS_KEY_ID',
    'kms.env[0].value=AKIAOPERATOR',
    'kms.env[1].name=AWS_SECRET_ACCESS_KEY',
    'kms.env[1].value=secret',
    'kms.env[2].name=AWS_ENDPOINT_URL_S3',
    `kms.env[2].value=http://127.0.0.1:${s3Port}`,
    'metrics.enabled=true',
    `metrics.port=${metricsPort}`,
  );

  const condition = async (type: string, name = 'finance'): Promise<KubernetesObject | undefined> =>
    (await suite.get('kmskeyassignment', name)).status?.conditions?.find((one: KubernetesObject) => one.type === type);
  const until = (reason: string, name = 'finance') =>
    eventually(
      () => condition('KeyUsable', name),
      (it) => it?.reason === reason,
      undefined,
      60_000,
    );
  const scrape = async (): Promise<Exposition> =>
    parseExposition(await (await fetch(`http://localhost:${metricsPort}/metrics`)).text());
  const counted = (reason: string, count: number) =>
    eventually(
      async () => (await scrape()).sum('ssekms_keys', { reason }),
      (it) => it === count,
    );
  const events = async (): Promise<KubernetesObject[]> =>
    (await suite.list('events.events.k8s.io', 'default')).filter(
      ({ regarding }) => regarding.kind === 'KmsKeyAssignment',
    );
  const compliant = () =>
    eventually(
      () => condition('Ready'),
      (it) => it?.reason === 'Compliant',
    );

  beforeAll(async () => {
    key = await moto.createKey();
    archiveKey = await moto.createKey({}, { account: '111122223333', region: 'eu-central-1' });
    await suite.apply([namespace('finance'), configMap('finance', 'hadoop')]);
    const buckets = [{ name: 'archive', key: { arn: archiveKey } }];
    await suite.apply(assignment('finance', ['finance'], { key: { arn: key }, buckets }));
  }, 60_000);

  it('are usable, the one of a bucket in another account and Region too', async () => {
    const found = await until('Usable');
    expect(found).toMatchObject({ status: 'True', observedGeneration: 1 });
    expect(found.message).toContain('2 keys');
    await counted('Usable', 2);
    expect(front.asked.every(({ accessKeyId }) => accessKeyId === 'AKIAOPERATOR')).toBe(true);
    expect(new Set(front.asked.map(({ region }) => region))).toEqual(new Set(['us-west-2', 'eu-central-1']));
    expect(await events()).toEqual([]);
  }, 90_000);

  it('are asked about once in an interval, and nothing is written while nothing changes', async () => {
    const { metadata: before } = await suite.get('kmskeyassignment', 'finance');
    const asked = front.asked.length;
    await sleep(11_000);
    expect(front.asked.length - asked).toBeGreaterThanOrEqual(3);
    expect(front.asked.length - asked).toBeLessThanOrEqual(6);
    expect((await suite.get('kmskeyassignment', 'finance')).metadata.resourceVersion).toBe(before.resourceVersion);
  }, 60_000);

  const startedAt = Date.now();

  it('that are disabled are told of by the condition, an Event, the metric and the log, and Ready stays', async () => {
    await moto.set('DisableKey', key);
    const found = await until('Disabled');
    expect(found.status).toBe('False');
    expect(found.message).toContain(`${key}: it is disabled`);
    expect(found.message).not.toContain('archive');
    await counted('Disabled', 1);
    const [event, ...others] = await eventually(events, (all) => all.length > 0);
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      type: 'Warning',
      reason: 'Disabled',
      action: 'DescribeKey',
      regarding: { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', name: 'finance' },
      note: expect.stringContaining(key),
    });
    const { stdout } = await suite.cluster().kubectl(['describe', 'kmskeyassignment', 'finance']);
    expect(stdout).toMatch(/Warning +Disabled .*it is disabled/);
    expect(await condition('Ready')).toMatchObject({ status: 'True', reason: 'Compliant' });
    expect(await readFile(suite.product().operator().logFile, 'utf8')).toContain('asked AWS KMS about a key');
  }, 90_000);

  it('have one Event for one problem, over intervals and by another leader, whose status does not flap', async () => {
    const seen = new Set<string>();
    const looking = new AbortController();
    const look = (async () => {
      while (!looking.signal.aborted) {
        seen.add((await condition('KeyUsable'))?.reason ?? 'none');
        await sleep(200);
      }
    })();
    await suite.product().operator().end();
    await suite.product().restart();
    await eventually(
      async () => (await scrape()).sum('ssekms_keys', { reason: 'Disabled' }),
      (it) => it === 1,
      undefined,
      60_000,
    );
    await sleep(6_000);
    looking.abort();
    await look;
    expect([...seen]).toEqual(['Disabled']);
    const hours = Math.floor(Date.now() / 3_600_000) - Math.floor(startedAt / 3_600_000);
    expect((await events()).length).toBeLessThanOrEqual(1 + hours);
  }, 120_000);

  it('that are to be deleted say when, and one of a bucket names the bucket', async () => {
    await moto.set('EnableKey', key);
    await until('Usable');
    await moto.set('ScheduleKeyDeletion', archiveKey, { PendingWindowInDays: 7 });
    const found = await until('PendingDeletion');
    const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    expect(found.message).toContain(`${archiveKey} (bucket archive): it is scheduled for deletion on ${day}T`);
    await eventually(events, (all) => all.some(({ reason }) => reason === 'PendingDeletion'));
    await moto.set('CancelKeyDeletion', archiveKey);
    await moto.set('EnableKey', archiveKey);
    await until('Usable');
  }, 120_000);

  it('stay what they were while KMS is away, then are unknown; files, writes and Ready do not care', async () => {
    await moto.set('DisableKey', archiveKey);
    await until('Disabled');
    const other = assignment('research', ['research'], { key: { arn: key } });
    await suite.apply([namespace('research'), other]);
    await until('Usable', 'research');
    const { resourceVersion } = (await suite.get('configmap', 'hadoop', 'finance')).metadata;
    await front.stop();
    const unknown = await until('Unreachable', 'research');
    expect(unknown.status).toBe('Unknown');
    expect(unknown.message).toMatch(/KMS last answered at 20/);
    // It was disabled when KMS last said something.
    expect(await condition('KeyUsable')).toMatchObject({ status: 'False', reason: 'Disabled' });
    await suite.apply(configMap('finance', 'meanwhile'));
    const written = await suite.get('configmap', 'meanwhile', 'finance');
    expect(written.data['core-site.xml']).toContain(key);
    expect(written.data['core-site.xml']).not.toBe(plainFile);
    expect((await compliant()).status).toBe('True');
    expect((await suite.get('configmap', 'hadoop', 'finance')).metadata.resourceVersion).toBe(resourceVersion);
    front = await startKmsFront(moto.endpoint, kmsPort);
    await until('Usable', 'research');
  }, 180_000);

  it('that are mistyped or denied are told apart', async () => {
    const mistyped = 'arn:aws:kms:us-west-2:123456789012:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
    await suite.apply(assignment('research', ['research'], { key: { arn: mistyped } }));
    expect((await until('NotFound', 'research')).status).toBe('False');
    front.behave = ({ key: asked }, response) => {
      if (asked !== mistyped) return false;
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'User is not authorized' }));
      return true;
    };
    expect((await until('AccessDenied', 'research')).status).toBe('Unknown');
    expect(await readFile(suite.product().operator().logFile, 'utf8')).toContain('User is not authorized');
  }, 120_000);

  it('of a bucket in another Region are told of', async () => {
    const buckets = [{ name: 'archive', key: { arn: key } }];
    await suite.apply(assignment('research', ['research'], { key: { arn: key }, buckets }));
    const found = await until('RegionMismatch', 'research');
    expect(found.status).toBe('False');
    expect(found.message).toContain(`${key} (bucket archive): the bucket is in another Region`);
    await counted('RegionMismatch', 1);
  }, 60_000);

  it("the account's default needs a Region", async () => {
    await suite.apply(assignment('research', ['research'], { key: { accountDefault: true } }));
    expect(await until('RegionUnknown', 'research')).toMatchObject({ status: 'Unknown' });
  }, 60_000);

  it('are forgotten with their assignment', async () => {
    await suite.cluster().kubectl(['delete', 'kmskeyassignment', 'research', 'finance']);
    await eventually(
      async () => (await scrape()).sum('ssekms_keys', {}),
      (it) => it === 0,
      undefined,
      30_000,
    );
    await sleep(6_000);
    const asked = front.asked.length;
    await sleep(6_000);
    expect(front.asked.length).toBe(asked);
  }, 90_000);
});
