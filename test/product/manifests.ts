/**
 * The objects of the suites, as a user would write them.
 */

export const firstKey = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
export const otherKey = 'arn:aws:kms:us-west-2:360379543683:key/11111111-2222-3333-4444-555555555555';

export const plainFile = `<?xml version="1.0"?>
<!-- written by hand -->
<configuration>
  <property>
    <name>fs.defaultFS</name>
    <value>s3a://warehouse</value>
  </property>
</configuration>
`;

export function namespace(name: string, labels: Record<string, string> = {}) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export function configMap(namespace: string, name: string, file: string = plainFile, rest: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data: { 'core-site.xml': file },
    ...rest,
  };
}

/** For exact namespaces, with the first key unless `spec` says otherwise. */
export function assignment(name: string, namespaces: readonly string[], spec: object = {}) {
  return toAssignment(name, { namespaces, ...spec });
}

export function selectingAssignment(name: string, matchLabels: Record<string, string>, spec: object = {}) {
  return toAssignment(name, { namespaceSelector: { matchLabels }, ...spec });
}

function toAssignment(name: string, spec: object) {
  const all = { key: { arn: firstKey }, ...spec };
  return { apiVersion: 'ssekms.io/v1alpha1', kind: 'KmsKeyAssignment', metadata: { name }, spec: all };
}
