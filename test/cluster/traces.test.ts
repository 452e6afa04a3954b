import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { describeWith } from '../run/needs.ts';
import { hierarchies } from './node/cgroups.ts';
import { patiently } from './patiently.ts';

/** What a machine has of its own that a node might touch. */
function machine() {
  const sysctls = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops', 'kernel/keys/root_maxkeys'];
  return {
    links: readdirSync('/sys/class/net'),
    mounts: readFileSync('/proc/self/mounts', 'utf8').split('\n').length,
    sysctls: sysctls.map((name) => readFileSync(`/proc/sys/${name}`, 'utf8')),
    folders: ['/etc/cni', '/var/lib/cni', '/var/lib/kubelet', '/run/containerd', '/var/log/pods'].filter(existsSync),
  };
}

describeWith(['kubernetes node'], 'a node', () => {
  it('leaves nothing on the machine, even when the process that started it is killed', async () => {
    const before = machine();
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'fixtures', 'owner.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let line = '';
    for await (line of createInterface({ input: owner.stdout })) break;
    const { folder, cgroup, pid } = JSON.parse(line);
    const left = () => [
      ...[folder, `/proc/${pid}`].filter(existsSync),
      ...hierarchies()
        .map((hierarchy) => join(hierarchy, cgroup))
        .filter(existsSync),
    ];
    expect(left().length).toBeGreaterThan(2);

    owner.kill('SIGKILL');
    await patiently(
      async () => left(),
      (rest) => rest.length === 0,
    );
    expect(machine()).toEqual(before);
  });
});
