/**
 * moto as a process on this machine: the HTTP API of KMS, with keys in any state, of STS and of S3.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureMoto } from './install.ts';
import { type Answer, askKms, authorization, type Place, setKey } from './requests.ts';

export interface LocalMoto {
  readonly endpoint: string;
  /** An action of KMS in one Region of one account, by the API itself. @throws Error with the answer unless it is 200 */
  kms(action: string, body: object, place?: Place): Promise<Answer>;
  /** The ARN of a new key. */
  createKey(fields?: object, place?: Place): Promise<string>;
  createBucket(name: string, region: string): Promise<void>;
  /** Does something to a key, such as DisableKey. */
  set(action: string, arn: string, fields?: object): Promise<void>;
  stop(): Promise<void>;
}

/** @param port on which nothing listens */
export async function startLocalMoto(port?: number): Promise<LocalMoto> {
  const folder = await mkdtemp(join(tmpdir(), 'moto-'));
  const at = port ?? (await freePort());
  const child = spawn('python3', ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(at)], {
    env: { PATH: process.env.PATH, HOME: folder, PYTHONPATH: await ensureMoto(), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const onExit = () => child.kill('SIGKILL');
  process.once('exit', onExit);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const endpoint = `http://127.0.0.1:${at}`;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) break;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`moto does not answer: ${complaints}`);
    await sleep(100);
  }
  const kms: LocalMoto['kms'] = (action, body, place) => askKms(endpoint, action, body, place);
  return {
    endpoint,
    kms,
    // What AWS sets by default has to be said to moto.
    createKey: async (fields = {}, place = {}) =>
      (await kms('CreateKey', { KeyUsage: 'ENCRYPT_DECRYPT', ...fields }, place)).KeyMetadata.Arn,
    async createBucket(name, region) {
      const answer = await fetch(`${endpoint}/${name}`, {
        method: 'PUT',
        headers: { authorization: authorization(region, 's3') },
        body: `<CreateBucketConfiguration><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
      });
      if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    },
    set: (action, arn, fields) => setKey(endpoint, action, arn, fields),
    async stop() {
      process.off('exit', onExit);
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await once(server.close(), 'close');
  return port;
}
