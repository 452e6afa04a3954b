/**
 * What a key is judged by: KMS's real HTTP API through AWS's SDK, moto's keys in any state, and an endpoint on bad days.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { judgeKey } from '../../src/core/kms/judge-key.ts';
import { buildKeyDescriber } from '../../src/kms/describe-key.ts';
import type { KeyDescriber } from '../../src/ports/key-describer.ts';
import { describeWith } from '../run/needs.ts';
import { answer, type KmsFront, refuse, startKmsFront } from '../stand-in/kms-front.ts';
import { type LocalMoto, startLocalMoto } from '../stand-in/moto.ts';

const never = new AbortController().signal;
const missing = 'arn:aws:kms:us-west-2:123456789012:key/071a86ff-8881-4ba0-9230-95af6d01ca01';

/** Whatever this machine has of AWS must not count. */
const ofAws = (name: string) => name.startsWith('AWS_');

beforeEach(() => {
  for (const name of Object.keys(process.env).filter(ofAws)) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent/config');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent/credentials');
});
afterEach(() => vi.unstubAllEnvs());

function useStaticCredentials(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIASTATIC');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
}

describeWith(['pip'], 'keys in the stand-in', () => {
  let moto: LocalMoto;
  let front: KmsFront;
  let describer: KeyDescriber;
  beforeAll(async () => {
    moto = await startLocalMoto();
    front = await startKmsFront(moto.endpoint);
  }, 300_000);
  afterAll(async () => {
    await front?.stop();
    await moto?.stop();
  });
  beforeEach(() => {
    useStaticCredentials();
    front.behave = () => false;
    describer = buildKeyDescriber({ endpoint: front.endpoint, s3Endpoint: '' });
  });
  afterEach(() => describer.stop());

  const judge = async (key: string, region = key.split(':')[3] ?? 'us-west-2') =>
    judgeKey(await describer.describe(key, region, never));

  it('a new key is usable, a disabled one is not, and one that is enabled again is', async () => {
    const key = await moto.createKey();
    expect(await judge(key)).toEqual({ status: 'True', reason: 'Usable' });
    await moto.set('DisableKey', key);
    expect(await judge(key)).toEqual({ status: 'False', reason: 'Disabled' });
    await moto.set('EnableKey', key);
    expect(await judge(key)).toMatchObject({ status: 'True' });
  });

  it('one that is scheduled for deletion says when', async () => {
    const key = await moto.createKey();
    await moto.set('ScheduleKeyDeletion', key, { PendingWindowInDays: 7 });
    const judged = await judge(key);
    expect(judged).toMatchObject({ status: 'False', reason: 'PendingDeletion' });
    expect(judged.deletionDate?.getTime()).toBeCloseTo(Date.now() + 7 * 86_400_000, -6);
  });

  it.each([
    ['RSA, to encrypt', { KeySpec: 'RSA_2048' }, 'AsymmetricKey'],
    ['RSA, to sign and verify', { KeyUsage: 'SIGN_VERIFY', KeySpec: 'RSA_2048' }, 'WrongUsage'],
    ['HMAC', { KeyUsage: 'GENERATE_VERIFY_MAC', KeySpec: 'HMAC_256' }, 'WrongUsage'],
  ])('a key for %s is not', async (_, fields, reason) => {
    expect(await judge(await moto.createKey(fields))).toEqual({ status: 'False', reason });
  });

  it('one that does not exist is not found, and the answer says so in words', async () => {
    const said = await describer.describe(missing, 'us-west-2', never);
    expect(said).toMatchObject({ kind: 'failed', name: 'NotFoundException' });
    expect(said).toHaveProperty('message', expect.stringContaining(missing));
    expect(judgeKey(said)).toEqual({ status: 'False', reason: 'NotFound' });
  });

  it('one of another account and another Region is asked for there', async () => {
    const key = await moto.createKey({}, { account: '111122223333', region: 'eu-central-1' });
    expect(key).toMatch(/^arn:aws:kms:eu-central-1:111122223333:/);
    expect(await judge(key)).toMatchObject({ status: 'True' });
    expect(front.asked.at(-1)).toMatchObject({ region: 'eu-central-1', key });
  });

  it("the account's default key is found by its alias", async () => {
    expect(await judge('alias/aws/s3', 'eu-central-1')).toMatchObject({ status: 'True' });
    expect(front.asked.at(-1)).toMatchObject({ region: 'eu-central-1', key: 'alias/aws/s3' });
  });

  it('one without material is not usable', async () => {
    // As AWS answers it; the stand-in knows no such state.
    const described = {
      ...{ KeyId: 'k', Arn: missing, Enabled: false, KeyState: 'PendingImport', Origin: 'EXTERNAL' },
      ...{ KeyUsage: 'ENCRYPT_DECRYPT', KeySpec: 'SYMMETRIC_DEFAULT', CreationDate: 1_700_000_000.1 },
    };
    front.behave = (_, response) => answer(response, 200, { KeyMetadata: described });
    expect(await judge(missing)).toEqual({ status: 'False', reason: 'PendingImport' });
  });

  it('denied access says nothing of the key', async () => {
    front.behave = (_, response) => refuse(response, 'AccessDeniedException', 'User: … is not authorized');
    expect(await judge(missing)).toEqual({ status: 'Unknown', reason: 'AccessDenied' });
    front.behave = (_, response) => refuse(response, 'UnrecognizedClientException', 'The security token is invalid');
    expect(await judge(missing)).toEqual({ status: 'Unknown', reason: 'AccessDenied' });
  });

  it('throttling is waited out', { timeout: 30_000 }, async () => {
    const key = await moto.createKey();
    let throttled = 0;
    front.behave = (_, response) => throttled++ < 2 && refuse(response, 'ThrottlingException', 'Rate exceeded');
    expect(await judge(key)).toMatchObject({ status: 'True' });
    expect(throttled).toBe(3);
  });

  it('throttling without end is no answer, after a few tries', { timeout: 60_000 }, async () => {
    const before = front.asked.length;
    front.behave = (_, response) => refuse(response, 'ThrottlingException', 'Rate exceeded');
    expect(await judge(missing)).toEqual({ status: 'Unknown', reason: 'Unreachable' });
    expect(front.asked.length - before).toBeLessThanOrEqual(4);
  });

  it.each<[string, number, string]>([
    ['a page', 200, '<html>Welcome to the captive portal</html>'],
    ['nothing', 200, ''],
    ['half of JSON', 200, '{"KeyMetadata": {"KeyState": "Enab'],
    ['no metadata', 200, '{}'],
    ['null', 200, 'null'],
    ['metadata of other types', 200, '{"KeyMetadata": {"KeyState": 7, "KeyUsage": [], "KeySpec": null}}'],
    ['a date that is none', 200, '{"KeyMetadata": {"KeyState": "Enabled", "DeletionDate": "soon"}}'],
    ['a redirection', 302, ''],
    ['an error in HTML', 502, '<html>Bad Gateway</html>'],
    ['ten megabytes', 200, 'x'.repeat(10_000_000)],
  ])('%s in place of an answer is no answer', { timeout: 30_000 }, async (_, status, body) => {
    front.behave = (__, response) => answer(response, status, body);
    const said = await describer.describe(missing, 'us-west-2', never);
    expect(judgeKey(said)).toEqual({ status: 'Unknown', reason: 'Unreachable' });
    expect(JSON.stringify(said).length).toBeLessThan(2_000);
  });

  it('an endpoint that hangs costs no more than the time limit', async () => {
    front.behave = () => true;
    const hurried = buildKeyDescriber({ endpoint: front.endpoint, s3Endpoint: '', timeoutMs: 500 });
    const startedAt = performance.now();
    expect(judgeKey(await hurried.describe(missing, 'us-west-2', never))).toEqual({
      status: 'Unknown',
      reason: 'Unreachable',
    });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    const stopping = new AbortController();
    const asked = describer.describe(missing, 'us-west-2', stopping.signal);
    setTimeout(() => stopping.abort(), 100);
    expect(await asked).toMatchObject({ kind: 'failed' });
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    hurried.stop();
  });

  it('where nobody listens, there is no answer', async () => {
    const nobody = buildKeyDescriber({ endpoint: 'http://127.0.0.1:9', s3Endpoint: 'http://127.0.0.1:9' });
    expect(judgeKey(await nobody.describe(missing, 'us-west-2', never))).toMatchObject({ reason: 'Unreachable' });
    expect(await nobody.findBucket('ledger', 'us-west-2', never)).toEqual({ kind: 'none' });
    nobody.stop();
  });
});

describeWith(['pip'], 'a bucket', () => {
  let moto: LocalMoto;
  beforeAll(async () => {
    moto = await startLocalMoto();
    await moto.createBucket('archive', 'eu-central-1');
  }, 300_000);
  afterAll(() => moto?.stop());

  it('is where S3 says, whoever asks', async () => {
    const describer = buildKeyDescriber({ endpoint: moto.endpoint, s3Endpoint: moto.endpoint });
    expect(await describer.findBucket('archive', 'us-west-2', never)).toEqual({
      kind: 'answered',
      region: 'eu-central-1',
    });
    expect(await describer.findBucket('nowhere', 'us-west-2', never)).toEqual({ kind: 'answered', region: undefined });
    describer.stop();
  });

  it('is where S3 sends to, and is nowhere by an answer of somebody else', async () => {
    let region = 'ap-southeast-2';
    const server = createServer((_, response) => {
      response.writeHead(301, { 'x-amz-bucket-region': region, location: 'http://127.0.0.1:9/' }).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const s3Endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const describer = buildKeyDescriber({ endpoint: '', s3Endpoint });
    expect(await describer.findBucket('archive', 'us-west-2', never)).toEqual({
      kind: 'answered',
      region: 'ap-southeast-2',
    });
    region = 'no Region at all';
    expect(await describer.findBucket('archive', 'us-west-2', never)).toEqual({ kind: 'answered', region: undefined });
    describer.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is not asked for at AWS where KMS is somewhere else', async () => {
    const describer = buildKeyDescriber({ endpoint: moto.endpoint, s3Endpoint: '' });
    expect(await describer.findBucket('archive', 'eu-central-1', never)).toEqual({ kind: 'none' });
    describer.stop();
  });
});

describeWith(['pip'], 'credentials', () => {
  let moto: LocalMoto;
  let front: KmsFront;
  let folder: string;
  let key: string;
  beforeAll(async () => {
    moto = await startLocalMoto();
    front = await startKmsFront(moto.endpoint);
    folder = await mkdtemp(join(tmpdir(), 'aws-'));
    key = await moto.createKey();
  }, 300_000);
  afterAll(async () => {
    await front?.stop();
    await moto?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(inRegion = 'us-west-2') {
    const describer = buildKeyDescriber({ endpoint: front.endpoint, s3Endpoint: '' });
    const said = await describer.describe(key, inRegion, never);
    describer.stop();
    return { judged: judgeKey(said), said, accessKeyId: front.asked.at(-1)?.accessKeyId };
  }

  it('come from a profile', async () => {
    const file = join(folder, 'credentials');
    await writeFile(file, '[audit]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', file);
    vi.stubEnv('AWS_PROFILE', 'audit');
    expect(await ask()).toMatchObject({ judged: { status: 'True' }, accessKeyId: 'AKIAPROFILE' });
  });

  it('come from STS for the token of IRSA', async () => {
    const token = join(folder, 'token');
    await writeFile(token, 'header.payload.signature');
    vi.stubEnv('AWS_WEB_IDENTITY_TOKEN_FILE', token);
    vi.stubEnv('AWS_ROLE_ARN', 'arn:aws:iam::123456789012:role/sse-kms-operator');
    vi.stubEnv('AWS_ENDPOINT_URL_STS', moto.endpoint);
    const { judged, accessKeyId } = await ask();
    expect(judged).toMatchObject({ status: 'True' });
    // As STS gives them out for a role.
    expect(accessKeyId).toMatch(/^ASIA/);
  });

  it('come from the agent of EKS Pod Identity, once for all Regions', async () => {
    const token = join(folder, 'pod-token');
    await writeFile(token, 'the-token-of-the-pod');
    const given: (string | undefined)[] = [];
    const agent = createServer((request, response) => {
      given.push(request.headers.authorization);
      const soon = new Date(Date.now() + 3_600_000).toISOString();
      const credentials = { AccessKeyId: 'ASIAPOD', SecretAccessKey: 's', Token: 't', Expiration: soon };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(credentials));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => agent.once('listening', resolve));
    const { port } = agent.address() as AddressInfo;
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `http://127.0.0.1:${port}/v1/credentials`);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', token);
    const describer = buildKeyDescriber({ endpoint: front.endpoint, s3Endpoint: '' });
    expect(judgeKey(await describer.describe(key, 'us-west-2', never))).toMatchObject({ status: 'True' });
    await describer.describe('alias/aws/s3', 'eu-central-1', never);
    describer.stop();
    expect(front.asked.slice(-2)).toMatchObject([
      { accessKeyId: 'ASIAPOD', region: 'us-west-2' },
      { accessKeyId: 'ASIAPOD', region: 'eu-central-1' },
    ]);
    expect(given).toEqual(['the-token-of-the-pod']);
    await new Promise((resolve) => agent.close(resolve));
  });

  it('that are nowhere are told from an outage', async () => {
    const { judged, said } = await ask();
    expect(judged).toEqual({ status: 'Unknown', reason: 'AccessDenied' });
    expect(said).toMatchObject({ name: 'CredentialsProviderError' });
  });
});

describe('every partition', () => {
  it.each([
    ['us-west-2', 'kms.us-west-2.amazonaws.com'],
    ['cn-north-1', 'kms.cn-north-1.amazonaws.com.cn'],
    ['us-gov-west-1', 'kms.us-gov-west-1.amazonaws.com'],
    ['us-iso-east-1', 'kms.us-iso-east-1.c2s.ic.gov'],
    ['us-isob-east-1', 'kms.us-isob-east-1.sc2s.sgov.gov'],
    ['eu-isoe-west-1', 'kms.eu-isoe-west-1.cloud.adc-e.uk'],
    ['us-isof-south-1', 'kms.us-isof-south-1.csp.hci.ic.gov'],
    ['eusc-de-east-1', 'kms.eusc-de-east-1.amazonaws.eu'],
  ])("has KMS's address of %s by the Region of a key", (region, hostname) => {
    const client = new KMSClient({ region });
    const endpoint = client.config.endpointProvider({ Region: region, UseFIPS: false, UseDualStack: false });
    expect(endpoint.url.hostname).toBe(hostname);
    client.destroy();
  });
});
