/**
 * A new key, and the files that are stored already.
 */
import { isDeepStrictEqual } from 'node:util';
import { firstKey, otherKey } from '../../product/manifests.ts';
import { encryptsWith } from '../encryption.ts';
import type { KubernetesObject } from '../stage.ts';
import type { Step } from '../step.ts';
import { settled } from './status.ts';

const patch = JSON.stringify({ spec: { key: { arn: otherKey } } });
const columns =
  'custom-columns=NAME:.metadata.name,MANAGER:.metadata.managedFields[*].manager,OPERATION:.metadata.managedFields[*].operation';

export const rotation: Step = {
  title: 'A key rotation reaches what is stored',
  about: `The administrator changes the key. The operator sends an empty patch for each
ConfigMap, which changes nothing by itself; the webhook edits the file in that
request. So whoever applied the file stays the only owner of its fields, and
their next apply, by kubectl, Helm or GitOps, sees no conflict.`,
  async run(stage) {
    const { kubectl, get, stored, diff, promise, say } = stage;
    const before = await stored('finance', 'spark');
    const owned = ownersOf(await get('configmap', 'spark', 'finance'));
    await kubectl('patch', 'kka', 'finance', '--type=merge', `--patch=${patch}`);
    const started = performance.now();
    const after = await stage.eventually(
      () => stored('finance', 'spark'),
      (file) => file !== before,
    );
    say(`The stored file changed within ${((performance.now() - started) / 1000).toFixed(1)} s:`);
    diff({ name: 'core-site.xml before', text: before }, { name: 'core-site.xml after', text: after });
    promise('the new key is in force', encryptsWith(after, otherKey), after);
    promise('nothing but the key changed', after === before.replaceAll(firstKey, otherKey), after);
    await settled(stage, 'finance', '2/2');
    await kubectl('get', 'kka');
    promise('the other ConfigMap has it, too', encryptsWith(await stored('finance', 'etl'), otherKey));
    await kubectl('get', 'configmap', 'spark', '-n', 'finance', '--show-managed-fields', '-o', columns);
    const owners = ownersOf(await get('configmap', 'spark', 'finance'));
    const only = owners.length === 1 && owners[0]?.manager === 'kubectl-client-side-apply';
    promise('who applied it is still the only owner', only && isDeepStrictEqual(owners, owned), owners);
  },
};

interface Owner {
  readonly manager: string;
  readonly operation: string;
  readonly fieldsV1: object;
}

function ownersOf({ metadata }: KubernetesObject): Owner[] {
  return metadata.managedFields.map(({ manager, operation, fieldsV1 }: Owner) => ({ manager, operation, fieldsV1 }));
}
