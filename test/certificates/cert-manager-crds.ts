/**
 * Stand-ins for cert-manager's CustomResourceDefinitions: the documented fields that the chart uses
 * (https://cert-manager.io/docs/reference/api-docs/), so that the API server checks what is rendered as strictly as with
 * the real ones. Nobody acts on these objects.
 */
const text = { type: 'string' };
const object = (properties: object, required: string[] = []) => ({ type: 'object', properties, required });

const certificate = object(
  {
    secretName: text,
    commonName: { ...text, maxLength: 64 },
    dnsNames: { type: 'array', items: text },
    isCA: { type: 'boolean' },
    duration: text,
    renewBefore: text,
    usages: { type: 'array', items: { ...text, enum: ['digital signature', 'server auth', 'cert sign', 'crl sign'] } },
    privateKey: object({
      algorithm: { ...text, enum: ['RSA', 'ECDSA', 'Ed25519'] },
      size: { type: 'integer' },
      rotationPolicy: { ...text, enum: ['Never', 'Always'] },
    }),
    issuerRef: object({ name: text, kind: text, group: text }, ['name']),
  },
  ['issuerRef', 'secretName'],
);

const issuer = object({ selfSigned: object({}), ca: object({ secretName: text }, ['secretName']) });

function definition(kind: string, spec: object) {
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.cert-manager.io` },
    spec: {
      group: 'cert-manager.io',
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural: `${singular}s`, singular },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: object({ spec }, ['spec']) } }],
    },
  };
}

export const certManagerDefinitions = {
  apiVersion: 'v1',
  kind: 'List',
  items: [definition('Certificate', certificate), definition('Issuer', issuer)],
};
