/**
 * The flags of `sse-kms self-test`, which `helm test` runs. Flags of both commands are parsed as for the operator.
 */

import type { Environment } from './environment.ts';
import type { FlagValues } from './flags.ts';
import { operatorFlags } from './operator-flags.ts';

export function selfTestFlags(env: Environment) {
  const flags = operatorFlags(env);
  const { fallback: _, fallbackInHelp: __, ...namespace } = flags.namespace;
  const { fallback: ___, ...name } = flags['lease-name'];
  return {
    namespace: { ...namespace, about: 'where it writes a ConfigMap; the assignment must name it' },
    assignment: { ...name, about: "the KmsKeyAssignment that applies there: Enforce, the account's default key" },
    'core-files': { ...flags['core-files'], about: 'data keys of the operator; the first is written' },
    'timeout-seconds': {
      ...flags['lease-seconds'],
      about: 'for the operator to be ready, and to take in the assignment',
      fallback: '60',
    },
    kubeconfig: flags.kubeconfig,
  };
}

export type SelfTestValues = FlagValues<ReturnType<typeof selfTestFlags>>;
