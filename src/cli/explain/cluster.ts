/**
 * Reads from the cluster what an explanation of an object needs.
 */
import { parseAssignment } from '../../api/key-assignment.ts';
import { listAssignments } from '../../cluster/assignments.ts';
import { readConfigObject } from '../../cluster/config-objects.ts';
import { ApiError, hasStatus } from '../../cluster/errors.ts';
import { readNamespace } from '../../cluster/namespaces.ts';
import type { Transport } from '../../cluster/transport.ts';
import type { StoredObject } from '../../ports/stored-object.ts';
import type { Candidate, Namespace } from '../core.ts';
import { Failure } from '../errors.ts';
import { withCause } from '../live.ts';

/** Whether the webhook is called for a namespace. */
export type Scope =
  | { readonly kind: 'known'; readonly namespaceSelector: Parameters<typeof JSON.stringify>[0] }
  | { readonly kind: 'notInstalled' }
  /** Not known: the user has no right to read the webhook's configuration. */
  | { readonly kind: 'forbidden' };

export interface Seen {
  readonly namespace: Namespace;
  readonly object: StoredObject;
  readonly candidates: readonly Candidate[];
  /** Of assignments that can't be read, by name. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
  readonly scope: Scope;
}

/** @throws Failure that says what could not be read, and what to do */
export async function readFromCluster(
  transport: Transport,
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
  name: string,
): Promise<Seen> {
  const [found, object, assignments, scope] = await Promise.all([
    tell(readNamespace(transport, namespace), `namespace ${namespace}`),
    tell(readConfigObject(transport, namespace, name, undefined, kind), `${kind} ${namespace}/${name}`),
    tell(readAssignments(transport), 'KmsKeyAssignments'),
    readScope(transport),
  ]);
  if (found === undefined) throw new Failure(`there is no namespace ${namespace}`);
  if (object === undefined)
    throw new Failure(
      `there is no ${kind} ${name} in the namespace ${namespace}${kind === 'ConfigMap' ? '; for a Secret give --secret' : ''}`,
    );
  return { namespace: found, object, scope, ...assignments };
}

async function tell<T>(reading: Promise<T>, what: string): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const way = hasStatus(error, 403) ? ': ask for the right to get and list it' : '';
    throw new Failure(`can't read the ${what} from the cluster: ${withCause(error)}${way}`, { cause: error });
  }
}

async function readAssignments(transport: Transport): Promise<Pick<Seen, 'candidates' | 'problems'>> {
  const problems = new Map<string, readonly string[]>();
  const candidates: Candidate[] = [];
  for (const object of await listOrNone(transport)) {
    if (object.metadata.deletionTimestamp !== undefined) continue;
    const parsed = parseAssignment(object);
    if (parsed.ok) candidates.push(parsed.assignment);
    else {
      const { name } = object.metadata;
      problems.set(name, parsed.problems);
      if (parsed.target !== undefined)
        candidates.push({ name, target: parsed.target, unreadable: true, enforcement: 'Enforce' });
    }
  }
  return { candidates, problems };
}

/** Without the definition there is no assignment. */
async function listOrNone(transport: Transport): Promise<readonly StoredObject[]> {
  try {
    return await listAssignments(transport, 'whole');
  } catch (error) {
    if (hasStatus(error, 404)) return [];
    throw error;
  }
}

interface WebhookConfigurations {
  readonly items?: readonly {
    readonly webhooks?: readonly { readonly name: string; readonly namespaceSelector?: object }[];
  }[];
}

async function readScope(transport: Transport): Promise<Scope> {
  try {
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
    const { items = [] } = (await transport.send({ path })) as WebhookConfigurations;
    const entry = items.flatMap(({ webhooks = [] }) => webhooks).find(({ name }) => name === 'mutate.ssekms.io');
    return entry === undefined
      ? { kind: 'notInstalled' }
      : { kind: 'known', namespaceSelector: entry.namespaceSelector };
  } catch (error) {
    if (error instanceof ApiError) return { kind: 'forbidden' };
    throw new Failure(`can't read the webhook's configuration: ${withCause(error)}`, { cause: error });
  }
}
