/**
 * `sse-kms self-test`: writes a ConfigMap as any user would, and reads back whether the key got into it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseAssignment } from '../api/key-assignment.ts';
import { type KubeConfigSource, loadKubeConfig } from '../cluster/client.ts';
import { isRetriable } from '../cluster/errors.ts';
import { buildTransport, type Transport } from '../cluster/transport.ts';
import type { Assignment } from '../core/assignment/resolve.ts';
import { type ConfigObjectContent, type FileRules, planConfigObject } from '../core/plan/config-object.ts';

interface SelfTest {
  readonly transport: Transport;
  /** The namespace to test in. It has the assignment of this name: SSE-KMS with the account's default key. */
  readonly namespace: string;
  readonly assignment: string;
  readonly coreFiles: readonly string[];
  readonly timeoutSeconds: number;
  /** Called with a sentence for each step. */
  readonly say: (sentence: string) => void;
}

/** A file with another algorithm as a final property, which would stay in force if our properties were only added at the end. */
const hostileFile = `<?xml version="1.0"?>
<configuration>
  <!-- written by the self-test -->
  <property>
    <name>fs.s3a.server-side-encryption-algorithm</name>
    <value>AES256</value>
    <final>true</final>
  </property>
</configuration>
`;

/** @throws Error that says at which step it went wrong, or why the kubeconfig can't be read. */
export async function startSelfTest(source: KubeConfigSource, test: Omit<SelfTest, 'transport'>): Promise<void> {
  const transport = buildTransport(loadKubeConfig(source));
  try {
    await runSelfTest({ ...test, transport });
  } finally {
    transport.close();
  }
}

/**
 * Stores a ConfigMap, reads it back and deletes it. Until the operator knows of the assignment it tries by dry run, which
 * stores nothing.
 * @throws Error that says at which step it went wrong
 */
async function runSelfTest({ transport, namespace, timeoutSeconds, say, ...test }: SelfTest): Promise<void> {
  const [dataKey = ''] = test.coreFiles;
  const assignment = toAssignment(test.assignment, namespace);
  const files = { core: test.coreFiles, other: [] };
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { generateName: 'self-test-' },
    data: { [dataKey]: hostileFile },
  };
  const create = (dryRun?: 'All') => transport.send({ method: 'POST', path, query: { dryRun }, body: manifest });

  say(`waiting until a dry run shows the key of ${test.assignment} in ${dataKey}, in namespace ${namespace}`);
  await untilInjected(async () => hasKey(await create('All'), assignment, files), timeoutSeconds);
  const created = (await create()) as StoredConfigMap;
  const one = `${path}/${encodeURIComponent(created.metadata.name)}`;
  try {
    say(`stored the ConfigMap ${created.metadata.name}: reading it back`);
    if (!hasKey(await transport.send({ path: one }), assignment, files)) {
      throw new Error('the stored file does not make Hadoop encrypt with the assigned key');
    }
    say('the stored file makes Hadoop encrypt with the assigned key');
  } finally {
    await transport.send({ method: 'DELETE', path: one });
  }
  say('deleted it again: all is well');
}

type StoredConfigMap = ConfigObjectContent & { readonly metadata: { readonly name: string } };

function toAssignment(name: string, namespace: string): Assignment {
  const parsed = parseAssignment({
    apiVersion: 'ssekms.io/v1alpha1',
    kind: 'KmsKeyAssignment',
    metadata: { name },
    spec: { namespaces: [namespace], key: { accountDefault: true } },
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.assignment;
}

/** Whether the plan finds nothing to change, which is how the operator itself defines compliant. */
function hasKey(object: unknown, assignment: Assignment, files: FileRules): boolean {
  return planConfigObject(object as ConfigObjectContent, assignment, files).kind === 'unchanged';
}

async function untilInjected(attempt: () => Promise<boolean>, timeoutSeconds: number): Promise<void> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  let problem = 'no webhook changes it: is the namespace covered by webhook.namespaceSelector?';
  for (;;) {
    try {
      if (await attempt()) return;
    } catch (error) {
      // While the webhook doesn't answer yet, the API server answers 500.
      if (!isRetriable(error)) throw error;
      problem = (error as Error).message;
    }
    if (performance.now() > deadline) throw new Error(`not within ${timeoutSeconds} s: ${problem}`);
    await sleep(500);
  }
}
