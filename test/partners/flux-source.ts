/**
 * Flux' source-controller, played by the test: it serves files as an artifact over HTTP, and writes where that is into the
 * status of a source, by which kustomize-controller and helm-controller find it.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { runCommand } from '../controlplane/command.ts';
import type { ControlPlane } from '../controlplane/control-plane.ts';

/** As far as those two read them; whatever else they hold is kept. */
export const sourceDefinitions = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    toDefinition('GitRepository', 'gitrepositories'),
    toDefinition('OCIRepository', 'ocirepositories'),
    toDefinition('Bucket', 'buckets'),
    toDefinition('HelmRepository', 'helmrepositories'),
    toDefinition('HelmChart', 'helmcharts'),
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
  /** What the source holds from now on: text by path. */
  commit(files: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

export interface FluxSourceOptions {
  readonly kind: 'GitRepository' | 'OCIRepository';
  readonly namespace: string;
  readonly name: string;
}

/** A source without an artifact before the first commit. */
export async function startFluxSource(cluster: ControlPlane, options: FluxSourceOptions): Promise<FluxSource> {
  const { kind, namespace, name } = options;
  const folder = await mkdtemp(join(cluster.folder, 'flux-source-'));
  const server = createServer(({ url }, response) => {
    readFile(join(folder, basename(url ?? ''))).then(
      (bytes) => response.end(bytes),
      (error: Error) => response.writeHead(404).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const apiVersion = 'source.toolkit.fluxcd.io/v1';
  const spec = { interval: '1h', url: 'https://source.example.com/finance' };
  const source = { apiVersion, kind, metadata: { name, namespace }, spec };
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(source) });
  let commits = 0;
  return {
    async commit(files) {
      const tree = join(folder, `${++commits}`);
      const path = `${commits}.tar.gz`;
      const archive = join(folder, path);
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(tree, name)), { recursive: true });
        await writeFile(join(tree, name), text);
      }
      // Without `./` in front of the names, which Helm would take for the chart's folder.
      const names = new Set(Object.keys(files).map((name) => name.split('/')[0] ?? name));
      await runCommand('tar', ['--create', '--gzip', '--file', archive, '--directory', tree, ...names]);
      const bytes = await readFile(archive);
      const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
      const revision = `main@sha1:${createHash('sha1').update(bytes).digest('hex')}`;
      const now = new Date().toISOString();
      const artifact = { url: `${address}/${path}`, path, revision, digest, size: bytes.length, lastUpdateTime: now };
      const ready = {
        type: 'Ready',
        status: 'True',
        reason: 'Succeeded',
        message: revision,
        observedGeneration: 1,
        lastTransitionTime: now,
      };
      const patch = JSON.stringify({ status: { observedGeneration: 1, artifact, conditions: [ready] } });
      const target = [kind.toLowerCase(), name, '--namespace', namespace, '--subresource', 'status'];
      await cluster.kubectl(['patch', ...target, '--type', 'merge', '--patch', patch]);
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
