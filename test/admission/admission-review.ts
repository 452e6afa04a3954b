/**
 * Admission reviews as kube-apiserver 1.37 sends them, and the assignments that the webhook's tests share.
 */

import { type AdmissionRequest, parseReview } from '../../src/admission/review.ts';
import type { Assignment } from '../../src/core/assignment/resolve.ts';
import type { FileRules } from '../../src/core/plan/config-object.ts';
import type { AssignmentResolver, Resolve } from '../../src/ports/assignment-resolver.ts';

export const files: FileRules = { core: ['core-site.xml'], other: ['hdfs-site.xml'] };

/** Nothing was ever otherwise than `resolve` says. */
export function knowing(resolve: Resolve): AssignmentResolver {
  return { resolve, resolveNow: resolve, earlier: () => [] };
}

export const finance: Assignment = {
  name: 'finance',
  target: { namespaces: ['finance'] },
  algorithm: 'SSE-KMS',
  key: { arn: 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01' },
  buckets: [],
  enforcement: 'Enforce',
};

export const audited: Assignment = { ...finance, name: 'audited', enforcement: 'Audit' };

export const plain = `<?xml version="1.0"?>
<configuration>
  <property>
    <name>fs.defaultFS</name>
    <value>s3a://ledger</value>
  </property>
</configuration>
`;

export interface ConfigMap {
  metadata?: Record<string, unknown>;
  immutable?: boolean;
  data?: unknown;
  binaryData?: unknown;
}

/** A ConfigMap named `hadoop`. */
export function configMap({ metadata, ...rest }: ConfigMap = { data: { 'core-site.xml': plain } }) {
  return {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'hadoop', namespace: 'finance', ...metadata },
    ...rest,
  };
}

const uid = '2b8d87be-6af8-4ec5-b09b-698c79e9d58b';
const configMaps = { group: '', version: 'v1', resource: 'configmaps' };
const kind = { group: '', version: 'v1', kind: 'ConfigMap' };

/** The review of a CREATE, or of an UPDATE where there is an old object. `request` replaces fields of the request. */
export function reviewOf(object: ConfigMap = {}, oldObject?: ConfigMap, request: Record<string, unknown> = {}) {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind,
      resource: configMaps,
      requestKind: kind,
      requestResource: configMaps,
      name: 'hadoop',
      namespace: 'finance',
      operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
      userInfo: { username: 'ann', groups: ['system:authenticated'] },
      object: configMap(Object.keys(object).length > 0 ? object : undefined),
      oldObject: oldObject === undefined ? null : configMap(oldObject),
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl-create' },
      ...request,
    },
  };
}

/** @throws Error if the body is not a review that can be answered. */
export function requestOf(body: unknown): AdmissionRequest {
  const review = parseReview(body);
  if (review.kind !== 'request') throw new Error(review.message);
  return review.request;
}
