/**
 * Labels of the user's on every object, and objects of the user's beside the chart's own.
 */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import { findBinaries } from '../controlplane/binaries.ts';
import { runCommand } from '../controlplane/command.ts';
import { describeWith } from '../run/needs.ts';
import { chart, type KubernetesObject, namespace, release } from './chart.ts';
import { temporaryFolder } from './temporary-folder.ts';

describeWith(['control plane'], 'helm template', () => {
  const folder = temporaryFolder();

  async function render(values: object): Promise<KubernetesObject[]> {
    const file = join(folder(), 'values.json');
    await writeFile(file, JSON.stringify(values));
    const args = ['template', release, chart, '--namespace', namespace, '--values', file];
    return loadAll((await runCommand(findBinaries()?.helm ?? '', args)).stdout).filter((object) => object !== null);
  }

  const everything = {
    rbac: { readers: [{ kind: 'Group', name: 'a' }] },
    autoscaling: { enabled: true },
    secrets: { enabled: true },
    certificates: { mode: 'cert-manager' },
    metrics: { serviceMonitor: { enabled: true }, prometheusRule: { enabled: true }, dashboard: { enabled: true } },
  };
  const labelsOf = (object: KubernetesObject): Record<string, string> => object.metadata.labels ?? {};

  it('puts commonLabels on every object and pod, and changes no selector by them', async () => {
    const before = await render(everything);
    const after = await render({ ...everything, commonLabels: { 'example.com/cost-center': '4711', true: 'yes' } });
    expect(before.length).toBeGreaterThan(30);
    const pods = (objects: KubernetesObject[]) =>
      objects.filter(({ kind }) => kind === 'Deployment').map(({ spec }) => spec.template);
    for (const object of [...after, ...pods(after)]) {
      expect(labelsOf(object), `${object.kind} ${object.metadata.name}`).toMatchObject({
        'example.com/cost-center': '4711',
        true: 'yes',
      });
    }
    const withoutLabels = (objects: KubernetesObject[]) =>
      structuredClone(objects).map((object) => {
        for (const { metadata } of [object, ...pods([object])]) delete metadata.labels;
        return object;
      });
    expect(withoutLabels(after)).toEqual(withoutLabels(before));
  });

  it("lets no common label take the place of the chart's own, nor of a more particular one", async () => {
    const own = ['name', 'instance', 'version', 'managed-by', 'component'].map((name) => `app.kubernetes.io/${name}`);
    const commonLabels = Object.fromEntries([...own, 'helm.sh/chart', 'team'].map((name) => [name, 'other']));
    const values = { ...everything, podLabels: { team: 'pods' } };
    const [before, after] = [await render(values), await render({ ...values, commonLabels })];
    for (const [at, object] of after.entries()) {
      const expected = labelsOf(before[at]);
      expect(labelsOf(object), `${object.kind} ${object.metadata.name}`).toMatchObject(expected);
    }
    const deployment = after.find(({ kind }) => kind === 'Deployment');
    expect(labelsOf(deployment)).toMatchObject({ team: 'other' });
    expect(labelsOf(deployment.spec.template)).toMatchObject({ team: 'pods' });
  });

  it('adds extraObjects, as objects or as texts, with their templates filled in', async () => {
    const asObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: '{{ include "sse-kms-operator.fullname" . }}-extra', namespace: '{{ .Release.Namespace }}' },
      data: { replicas: '{{ .Values.replicas }}' },
    };
    const asText = [
      '{{- range list "a" "b" }}',
      '---',
      'apiVersion: ssekms.io/v1alpha1',
      'kind: KmsKeyAssignment',
      'metadata: {name: "{{ . }}"}',
      '{{- end }}',
    ].join('\n');
    const added = (await render({ extraObjects: [asObject, asText] })).slice(-100);
    const metadata = { name: `${release}-extra`, namespace };
    expect(added.find(({ kind }) => kind === 'ConfigMap')).toMatchObject({ metadata, data: { replicas: '2' } });
    const names = added.filter(({ kind }) => kind === 'KmsKeyAssignment').map((object) => object.metadata.name);
    expect(names).toEqual(expect.arrayContaining(['a', 'b']));
  });
});
