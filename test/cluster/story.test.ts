import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { runCommand } from '../controlplane/command.ts';
import { ensureImage, nodeRuntime } from '../image/images.ts';
import { effectiveEncryption } from '../product/effective.ts';
import { operatorNamespace } from '../product/install.ts';
import { assignment, configMap, firstKey, namespace, otherKey } from '../product/manifests.ts';
import { describeWith } from '../run/needs.ts';
import { deployment, pod } from './manifests.ts';
import { memoryOf, processOf, rootIsReadOnly, startOf, statusOf } from './operator-process.ts';
import { patiently } from './patiently.ts';
import { outputOf, since, tell, useNode } from './use-node.ts';

const file = '/etc/hadoop/conf/core-site.xml';

/** Each test goes on where the one before it stopped: one user's day. */
describeWith(['kubernetes node'], 'the user’s story on a real node', () => {
  const suite = useNode();
  const { apply, get, exec } = suite;
  const keyOf = (text: string) => effectiveEncryption(text).key;

  it('installs with the chart’s defaults, in a namespace that enforces Pod Security "restricted"', async () => {
    const started = Date.now();
    await suite.install();
    tell(`helm install --wait took ${since(started)} s`);
    const pods = await suite.operatorPods();
    expect(pods).toHaveLength(2);
    for (const { status } of pods) expect(status.containerStatuses[0]).toMatchObject({ ready: true, restartCount: 0 });
  });

  it('injects the key into the first ConfigMap right after it', async () => {
    await apply(namespace('finance'), assignment('finance', ['finance']));
    await apply(configMap('finance', 'hadoop'));
    const stored = await get('configmap', 'hadoop', 'finance');
    expect(effectiveEncryption(stored.data['core-site.xml'])).toEqual({ algorithm: 'SSE-KMS', key: firstKey });
  });

  it('runs as nobody, with no rights, and can write nothing to its image, in which there is no shell', async () => {
    for (const { metadata } of await suite.operatorPods()) {
      const pid = processOf(metadata.uid);
      expect(statusOf(pid, 'Uid').split(/\s+/)).toEqual(Array(4).fill('65532'));
      expect(statusOf(pid, 'CapBnd')).toMatch(/^0+$/);
      expect(statusOf(pid, 'NoNewPrivs')).toBe('1');
      expect(statusOf(pid, 'Seccomp')).toBe('2');
      expect(rootIsReadOnly(pid)).toBe(true);
      await expect(exec(operatorNamespace, metadata.name, 'sh', '-c', 'true')).rejects.toThrow(
        /executable file not found/,
      );
    }
  });

  it('adds little to a bare Node: in size, in time to start, in memory', async () => {
    const megabytes = (path: string) => statSync(path).size / 1e6;
    const bare = megabytes((await ensureImage(await nodeRuntime())).archive);
    const own = megabytes(suite.image().archive);
    tell(`the image has ${own.toFixed(1)} MB compressed, a bare Node ${bare.toFixed(1)} MB`);
    expect(own - bare).toBeLessThan(5);

    const [first] = await suite.operatorPods();
    const pid = processOf(first.metadata.uid);
    const inImage = async (...args: string[]): Promise<number> => {
      const started = performance.now();
      await runCommand('nsenter', ['--target', String(pid), '--mount', '--root', '--', '/usr/local/bin/node', ...args]);
      return Math.round(performance.now() - started);
    };
    const bareStart = await inImage('--eval', '0');
    const log = (await suite.logs(operatorNamespace, first.metadata.name)).split('\n');
    const listening = JSON.parse(log.find((line) => line.includes('"listening"')) ?? '{}');
    const { now, most } = memoryOf(pid);
    tell(
      `it listened ${Math.round(Date.parse(listening.time) - startOf(pid))} ms after its start; a bare Node takes ${bareStart} ms to start and end`,
    );
    tell(`its memory, idle: ${now} MB, at most ${most} MB`);
    const limit = Number.parseInt(first.spec.containers[0].resources.limits.memory, 10);
    expect(most).toBeLessThan(limit / 2);
  });

  it('has a pod that mounts the ConfigMap read the injected file', async () => {
    const workload = { image: suite.busybox(), command: ['cat', file], configuration: 'hadoop' };
    await apply(pod('finance', 'reader', workload));
    expect(keyOf(await outputOf(suite, 'finance', 'reader'))).toBe(firstKey);
  });

  it('brings a rotated key into the mounted file, and to the process after a rollout restart', async () => {
    // Reads its file once, as a JVM does, and tells what it has read.
    const command = [
      'sh',
      '-c',
      `read_once="$(cat ${file})"; while true; do echo "$read_once" > /tmp/read; sleep 1; done`,
    ];
    await apply(deployment('finance', 'job', { image: suite.busybox(), command, configuration: 'hadoop' }));
    const rollout = (verb: string) =>
      suite.node().kubectl(['rollout', verb, 'deployment/job', '--namespace', 'finance']);
    const inPod = (path: string) => async () => keyOf(await exec('finance', 'deployment/job', 'cat', path));
    await rollout('status');
    await patiently(inPod('/tmp/read'), (key) => key === firstKey);

    const started = Date.now();
    await apply(assignment('finance', ['finance'], { key: { arn: otherKey } }));
    const stored = async () => keyOf((await get('configmap', 'hadoop', 'finance')).data['core-site.xml']);
    await patiently(stored, (key) => key === otherKey);
    tell(`a rotated key was stored after ${since(started)} s`);
    await patiently(inPod(file), (key) => key === otherKey);
    tell(`and in the mounted file after ${since(started)} s`);
    expect(await inPod('/tmp/read')()).toBe(firstKey);

    await rollout('restart');
    await rollout('status');
    await patiently(inPod('/tmp/read'), (key) => key === otherKey);
  });

  it('refuses what Hadoop could not read, and says where', async () => {
    const refused = apply(configMap('finance', 'broken', '<configuration>\n<property>\n</configuration>\n'));
    await expect(refused).rejects.toThrow(/Malformed.*line 3/s);
  });

  it('passes its own helm test', async () => {
    const { stdout } = await suite.helm('test', '--timeout', '120s');
    expect(stdout).toMatch(/Phase:\s+Succeeded/);
  });

  it('blocks nothing once it is uninstalled, and leaves files and assignments as they are', async () => {
    await suite.helm('uninstall', '--wait');
    await apply(configMap('finance', 'after', '<configuration>\n'));
    const stored = await get('configmap', 'hadoop', 'finance');
    expect(keyOf(stored.data['core-site.xml'])).toBe(otherKey);
    await get('kmskeyassignment', 'finance');
    const configurations = await suite.list('mutatingwebhookconfigurations,validatingwebhookconfigurations', 'default');
    expect(configurations).toEqual([]);
  });
});
