/**
 * A stand-in for S3 and KMS that answers under AWS's own names: clients find it by a hosts file, and trust its CA.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { issueCa, issueLeaf, type KeyPair } from '../../src/certificates/issue.ts';
import { makeTrustStore } from '../hadoop/wire/trust-store.ts';
import { trustStorePassword } from '../hadoop/wire/writer.ts';
import { ensureMoto } from './install.ts';
import { authorization, setKey } from './requests.ts';

export const regions = ['us-west-2', 'eu-central-1'] as const;
export type Region = (typeof regions)[number];

/** As HEAD tells it of an object. */
export interface ObjectEncryption {
  readonly algorithm: string | undefined;
  readonly key: string | undefined;
}

/** The headers about encryption with which an object was begun. */
export interface Sent {
  readonly path: string;
  readonly sent: Readonly<Record<string, string>>;
}

export interface StandIn {
  /** Signs for its hosts. */
  readonly ca: KeyPair;
  /** A new folder that is removed at the end. */
  readonly folder: string;
  readonly ports: { readonly http: number; readonly https: number };
  /** What a JVM takes to find it and to trust it. */
  readonly javaFlags: readonly string[];
  /** What a client needs for it, without a word about encryption. */
  readonly clientProperties: Readonly<Record<string, string>>;
  /** Undefined where there is no such object. */
  head(bucket: string, name: string): Promise<ObjectEncryption | undefined>;
  /** What was sent since the last call. */
  takeSent(): Sent[];
  /** An action of KMS's API on a key, such as DisableKey. @throws Error with the answer unless it is 200 */
  kms(action: string, keyArn: string): Promise<void>;
  stop(): Promise<void>;
}

const day = 24 * 60 * 60_000;

/** @param bucketsAndKeys what is there from the start: ARNs of keys, and `REGION/BUCKET` */
export async function startStandIn(bucketsAndKeys: readonly string[]): Promise<StandIn> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
  const ca = await issueCa(Date.now(), day);
  const hosts = regions.map((region) => `s3.${region}.amazonaws.com`);
  const leaf = await issueLeaf(ca, ['localhost', ...hosts], Date.now(), day);
  const paths = ['tls.crt', 'tls.key', 'hosts'].map((file) => join(folder, file)) as [string, string, string];
  const [certificate, key, hostsFile] = paths;
  await writeFile(certificate, leaf.certificate);
  await writeFile(key, leaf.key);
  await writeFile(hostsFile, ['localhost', hostname(), ...hosts].map((host) => `127.0.0.1 ${host}\n`).join(''));
  const trustStore = await makeTrustStore(folder, ca.certificate);
  const buffers = join(folder, 'buffers');
  await mkdir(buffers);

  const child = spawn('python3', [join(import.meta.dirname, 'stand_in.py'), certificate, key, ...bucketsAndKeys], {
    env: { PATH: process.env.PATH, HOME: folder, PYTHONPATH: await ensureMoto(), PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const { ports, takeSent } = await listen(child);
  return {
    ca,
    folder,
    ports,
    takeSent,
    javaFlags: [
      `-Djavax.net.ssl.trustStore=${trustStore}`,
      `-Djavax.net.ssl.trustStorePassword=${trustStorePassword}`,
      `-Djdk.net.hosts.file=${hostsFile}`,
      '-Daws.region=us-west-2',
      '-Daws.disableEc2Metadata=true',
    ],
    clientProperties: {
      'fs.s3a.endpoint': `https://s3.us-west-2.amazonaws.com:${ports.https}`,
      'fs.s3a.endpoint.region': 'us-west-2',
      'fs.s3a.path.style.access': 'true',
      'fs.s3a.access.key': 'AKIASTANDIN',
      'fs.s3a.secret.key': 'secret',
      'fs.s3a.aws.credentials.provider': 'org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider',
      'fs.s3a.attempts.maximum': '1',
      'fs.s3a.retry.limit': '0',
      'fs.s3a.retry.interval': '1ms',
      'fs.s3a.connection.establish.timeout': '20000',
      'fs.s3a.connection.timeout': '20000',
      'fs.s3a.bucket.probe': '0',
      'fs.s3a.buffer.dir': buffers,
      'hadoop.tmp.dir': buffers,
    },
    async head(bucket, name) {
      const answer = await fetch(`http://localhost:${ports.http}/${bucket}/${name}`, {
        method: 'HEAD',
        headers: { authorization: authorization('us-west-2', 's3') },
      });
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`HEAD of ${bucket}/${name}: ${answer.status}`);
      const header = (end: string) => answer.headers.get(`x-amz-server-side-encryption${end}`) ?? undefined;
      return { algorithm: header(''), key: header('-aws-kms-key-id') };
    },
    kms: (action, keyArn) => setKey(`http://localhost:${ports.http}/`, action, keyArn),
    async stop() {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      if (child.exitCode === null) await closed;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listen(child: ChildProcess) {
  let complaints = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  let sent: Sent[] = [];
  const ports = await new Promise<StandIn['ports']>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`the stand-in ended with ${code}: ${complaints}`)));
    if (child.stdout === null) throw new TypeError('its standard output is a pipe');
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told = JSON.parse(line);
      if ('path' in told) sent.push(told);
      else resolve(told);
    });
  });
  const takeSent = (): Sent[] => {
    const taken = sent;
    sent = [];
    return taken;
  };
  return { ports, takeSent };
}
