/**
 * The CustomResourceDefinition of KmsKeyAssignment.
 */
import { specSchema } from './assignment-spec.ts';
import { statusSchema } from './assignment-status.ts';
import { group, kind, plural, version } from './key-assignment.ts';
import { type Schema, toStructural } from './structural-schema.ts';

/** What `kubectl get kka` prints. A key that isn't shown is the account's default one. */
const printerColumns = [
  { name: 'Algorithm', type: 'string', jsonPath: '.spec.algorithm' },
  { name: 'Key', type: 'string', jsonPath: '.spec.key.arn', description: "Empty for the account's default KMS key." },
  { name: 'Enforcement', type: 'string', jsonPath: '.spec.enforcement' },
  { name: 'Namespaces', type: 'integer', jsonPath: '.status.namespaces' },
  { name: 'ConfigMaps', type: 'string', jsonPath: '.status.summary', description: 'Compliant ones of all.' },
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Message', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message', priority: 1 },
  { name: 'KeyUsable', type: 'string', jsonPath: '.status.conditions[?(@.type=="KeyUsable")].reason', priority: 1 },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
];

/** Besides the name, what `kubectl get kka --field-selector` and watches can ask for. API servers before 1.31 leave it out. */
const selectableFields = ['.spec.key.arn', '.spec.enforcement', '.spec.algorithm'].map((jsonPath) => ({ jsonPath }));

export function buildCrd() {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      // A namespace's own users must not be able to write it.
      scope: 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: ['kka'],
        categories: ['sse-kms'],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: printerColumns,
          selectableFields,
          schema: { openAPIV3Schema: rootSchema() },
        },
      ],
    },
  };
}

function rootSchema(): Schema {
  return {
    type: 'object',
    description: 'Assigns an AWS KMS key to namespaces: what S3A writes there is encrypted with it.',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: toStructural(specSchema),
      status: toStructural(statusSchema),
    },
  };
}
