/**
 * Flux' source-controller, played by the test: it serves a folder of manifests as an artifact over HTTP, and writes where
 * that is into the status of a GitRepository, by which kustomize-controller finds it.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';

/** As far as kustomize-controller reads them; whatever else they hold is kept. */
export const sourceDefinitions = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    toDefinition('GitRepository', 'gitrepositories'),
    toDefinition('OCIRepository', 'ocirepositories'),
    toDefinition('Bucket', 'buckets'),
  ],
};

function toDefinition(kind: string, plural: string) {
  const group = 'source.toolkit.fluxcd.io';
  const any = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: any, status: any } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [{ name: 'v1', served: true, storage: true, schema, subresources: { status: {} } }],
    },
  };
}

export interface FluxSource {
  /** What the repository holds from now on. */
  commit(manifests: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

/** A GitRepository of this name, without an artifact before the first commit. */
export async function startFluxSource(cluster: ControlPlane, namespace: string, name: string): Promise<FluxSource> {
  const folder = await mkdtemp(join(cluster.folder, 'flux-source-'));
  const archive = join(folder, 'artifact.tar.gz');
  const server = createServer((_, response) => {
    readFile(archive).then(
      (bytes) => response.end(bytes),
      (error: Error) => response.writeHead(404).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/artifact.tar.gz`;
  const apiVersion = 'source.toolkit.fluxcd.io/v1';
  const spec = { interval: '1h', url: 'https://git.example.com/finance.git' };
  const repository = { apiVersion, kind: 'GitRepository', metadata: { name, namespace }, spec };
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(repository) });
  let commits = 0;
  return {
    async commit(manifests) {
      const tree = join(folder, `${++commits}`);
      await mkdir(tree);
      for (const [i, manifest] of manifests.entries())
        await writeFile(join(tree, `${i}.yaml`), JSON.stringify(manifest));
      await runCommand('tar', ['--create', '--gzip', '--file', archive, '--directory', tree, '.']);
      const bytes = await readFile(archive);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      const revision = `main@sha1:${createHash('sha1').update(bytes).digest('hex')}`;
      const now = new Date().toISOString();
      const artifact = { url, path: 'artifact.tar.gz', revision, digest, size: bytes.length, lastUpdateTime: now };
      const ready = { type: 'Ready', status: 'True', reason: 'Succeeded', message: revision, lastTransitionTime: now };
      const patch = JSON.stringify({ status: { artifact, conditions: [ready] } });
      const target = ['gitrepository', name, '--namespace', namespace, '--subresource', 'status'];
      await cluster.kubectl(['patch', ...target, '--type', 'merge', '--patch', patch]);
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
