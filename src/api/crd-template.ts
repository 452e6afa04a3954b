/**
 * The chart's template of the CustomResourceDefinition: a template, so that an upgrade of the chart upgrades it too.
 */
import { dump } from 'js-yaml';
import { buildCrd } from './crd.ts';

/** From the repository's root. */
export const crdTemplatePath = 'charts/sse-kms-operator/templates/crd.yaml';

export function buildCrdTemplate(): string {
  const { apiVersion, kind, metadata, spec } = buildCrd();
  const body = dump({ spec }, { noRefs: true, lineWidth: -1 });
  if (body.includes('{{')) throw new Error("Helm would take '{{' in the schema for its own");
  return `{{- /* Written by npm run generate, from src/api: don't edit it here. */ -}}
{{- if .Values.crd.enabled }}
apiVersion: ${apiVersion}
kind: ${kind}
metadata:
  name: ${metadata.name}
  annotations:
    # An uninstall leaves it: every assignment would go with it.
    helm.sh/resource-policy: keep
    argocd.argoproj.io/sync-options: Prune=false,Delete=false
    kustomize.toolkit.fluxcd.io/prune: disabled
  labels:
    {{- include "sse-kms-operator.labels" . | nindent 4 }}
${body}{{- end }}
`;
}
