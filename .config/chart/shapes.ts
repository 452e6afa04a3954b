/**
 * Kubernetes' own types that values pass on to objects: what the API server would refuse in the middle of an installation is refused before it
 * begins. The forms and limits are those of the API server's validation.
 */
type Shape = Readonly<Record<string, unknown>>;

const qualifiedName = '^([a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?$';
const labelValue = '^([A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?)?$';
const quantity = '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$';

const text: Shape = { type: 'string' };
const flag: Shape = { type: 'boolean' };
const whole: Shape = { type: 'integer', minimum: 0 };
const key: Shape = { type: 'string', pattern: qualifiedName };
const list = (items: Shape): Shape => ({ type: 'array', items });
const one = (...values: string[]): Shape => ({ enum: values });
const to = (name: string): Shape => ({ $ref: `#/definitions/${name}` });

function object(properties: Readonly<Record<string, Shape>>, ...required: string[]): Shape {
  return { type: 'object', additionalProperties: false, ...(required.length > 0 && { required }), properties };
}

const requirement = (...operators: string[]): Shape =>
  object({ key, operator: one(...operators), values: list(text) }, 'key', 'operator');

const podAffinityTerm = object(
  {
    labelSelector: to('labelSelector'),
    namespaceSelector: to('labelSelector'),
    namespaces: list(text),
    topologyKey: key,
    matchLabelKeys: list(key),
    mismatchLabelKeys: list(key),
  },
  'topologyKey',
);

const podAffinity = object({
  requiredDuringSchedulingIgnoredDuringExecution: list(to('podAffinityTerm')),
  preferredDuringSchedulingIgnoredDuringExecution: list(
    object({ weight: { type: 'integer', minimum: 1, maximum: 100 }, podAffinityTerm: to('podAffinityTerm') }, 'weight'),
  ),
});

const nodeSelectorOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

const cidr: Shape = {
  type: 'string',
  pattern:
    '^([0-9]{1,3}(\\.[0-9]{1,3}){3}/([0-9]|[12][0-9]|3[0-2])|[0-9a-fA-F]*:[0-9a-fA-F:.]*/([0-9]{1,2}|1[01][0-9]|12[0-8]))$',
};

const securityFields = {
  runAsNonRoot: flag,
  runAsUser: whole,
  runAsGroup: whole,
  seLinuxOptions: object({ level: text, role: text, type: text, user: text }),
  seccompProfile: object({ type: one('RuntimeDefault', 'Localhost', 'Unconfined'), localhostProfile: text }, 'type'),
  appArmorProfile: object({ type: one('RuntimeDefault', 'Localhost', 'Unconfined'), localhostProfile: text }, 'type'),
};

/** By the name that `shape:` gives in values.yaml. */
export const shapes: Readonly<Record<string, Shape>> = {
  labels: {
    type: 'object',
    propertyNames: { pattern: qualifiedName },
    additionalProperties: { type: 'string', pattern: labelValue },
  },
  annotations: { type: 'object', propertyNames: { pattern: qualifiedName }, additionalProperties: text },
  labelSelector: object({
    matchLabels: to('labels'),
    matchExpressions: list(requirement('In', 'NotIn', 'Exists', 'DoesNotExist')),
  }),
  localReferences: list(
    object({ name: { type: 'string', pattern: '^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$' } }, 'name'),
  ),
  quantities: {
    type: 'object',
    propertyNames: { pattern: qualifiedName },
    additionalProperties: { type: ['string', 'number'], pattern: quantity, minimum: 0 },
  },
  resources: object({ requests: to('quantities'), limits: to('quantities') }),
  tolerations: list(
    object({
      key: { type: 'string', pattern: `^$|${qualifiedName}` },
      operator: one('Exists', 'Equal', 'Lt', 'Gt'),
      value: { type: 'string', pattern: labelValue },
      effect: one('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
      tolerationSeconds: { type: 'integer' },
    }),
  ),
  topologySpread: list(
    object(
      {
        topologyKey: key,
        maxSkew: { type: 'integer', minimum: 1 },
        minDomains: { type: 'integer', minimum: 1 },
        whenUnsatisfiable: one('ScheduleAnyway', 'DoNotSchedule'),
        nodeAffinityPolicy: one('Honor', 'Ignore'),
        nodeTaintsPolicy: one('Honor', 'Ignore'),
        labelSelector: to('labelSelector'),
        matchLabelKeys: list(key),
      },
      'topologyKey',
      'maxSkew',
      'whenUnsatisfiable',
    ),
  ),
  podAffinityTerm,
  nodeSelectorTerm: object({
    matchExpressions: list(requirement(...nodeSelectorOperators)),
    matchFields: list(requirement(...nodeSelectorOperators)),
  }),
  affinity: object({
    nodeAffinity: object({
      requiredDuringSchedulingIgnoredDuringExecution: object(
        { nodeSelectorTerms: list(to('nodeSelectorTerm')) },
        'nodeSelectorTerms',
      ),
      preferredDuringSchedulingIgnoredDuringExecution: list(
        object({ weight: { type: 'integer', minimum: 1, maximum: 100 }, preference: to('nodeSelectorTerm') }, 'weight'),
      ),
    }),
    podAffinity,
    podAntiAffinity: podAffinity,
  }),
  podSecurityContext: object({
    ...securityFields,
    fsGroup: whole,
    fsGroupChangePolicy: one('OnRootMismatch', 'Always'),
    supplementalGroups: list(whole),
    supplementalGroupsPolicy: one('Merge', 'Strict'),
    sysctls: list(object({ name: text, value: text }, 'name', 'value')),
  }),
  securityContext: object({
    ...securityFields,
    allowPrivilegeEscalation: flag,
    privileged: flag,
    procMount: one('Default', 'Unmasked'),
    readOnlyRootFilesystem: flag,
    capabilities: object({ add: list(text), drop: list(text) }),
  }),
  /** Container.env, of AWS's names alone: no other may be replaced. */
  awsVariables: list(
    object(
      {
        name: { type: 'string', pattern: '^AWS_[A-Z0-9_]+$' },
        value: text,
        valueFrom: object({ secretKeyRef: to('keyReference'), configMapKeyRef: to('keyReference') }),
      },
      'name',
    ),
  ),
  keyReference: object({ name: text, key: text, optional: flag }, 'name', 'key'),
  cidrs: list(cidr),
  networkPeers: list(
    object({
      namespaceSelector: to('labelSelector'),
      podSelector: to('labelSelector'),
      ipBlock: object({ cidr, except: list(cidr) }, 'cidr'),
    }),
  ),
  subjects: list(
    object(
      {
        kind: one('User', 'Group', 'ServiceAccount'),
        name: { type: 'string', minLength: 1 },
        namespace: { type: 'string', minLength: 1 },
        apiGroup: one('', 'rbac.authorization.k8s.io'),
      },
      'kind',
      'name',
    ),
  ),
  ports: list({ type: 'integer', minimum: 1, maximum: 65535 }),
};
