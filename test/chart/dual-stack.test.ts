/**
 * The Service in clusters of IPv4, of IPv6, and of both.
 */
import { expect, it } from 'vitest';
import { useControlPlane } from '../controlplane/use-control-plane.ts';
import { describeWith } from '../run/needs.ts';
import { install, namespace, read, release, upgrade } from './chart.ts';

const ipv4 = '10.0.0.0/24';
const ipv6 = 'fd00:10::/108';

const values = (policy: string, families: readonly string[]) => [
  ...['--set', `service.ipFamilyPolicy=${policy}`],
  ...['--set-json', `service.ipFamilies=${JSON.stringify(families)}`],
];

describeWith(['control plane'], 'the Service', () => {
  const cluster = useControlPlane({ apiServerFlags: { 'service-cluster-ip-range': `${ipv4},${ipv6}` } });

  async function service() {
    const { spec } = await read(cluster(), 'service', release, '-n', namespace);
    return { policy: spec.ipFamilyPolicy, families: spec.ipFamilies, addresses: spec.clusterIPs.length };
  }

  it('has one address of the cluster’s first family where nothing is said, both in order where they are asked for', async () => {
    await install(cluster());
    expect(await service()).toEqual({ policy: 'SingleStack', families: ['IPv4'], addresses: 1 });
    await upgrade(cluster(), ...values('PreferDualStack', []));
    expect(await service()).toEqual({ policy: 'PreferDualStack', families: ['IPv4', 'IPv6'], addresses: 2 });
    await upgrade(cluster(), ...values('SingleStack', ['IPv4']));
    expect(await service()).toEqual({ policy: 'SingleStack', families: ['IPv4'], addresses: 1 });
    await cluster().helm(['uninstall', release, '-n', namespace]);
    await install(cluster(), ...values('RequireDualStack', ['IPv6', 'IPv4']));
    expect(await service()).toEqual({ policy: 'RequireDualStack', families: ['IPv6', 'IPv4'], addresses: 2 });
  }, 60_000);

  it('lets nothing out but to the API server over either family, where that is wanted', async () => {
    const egress = { restricted: true, cidrs: ['10.0.0.0/8', 'fd00::/8'], ports: [6443] };
    await upgrade(cluster(), '--set-json', `networkPolicy.egress=${JSON.stringify(egress)}`);
    const { spec } = await read(cluster(), 'networkpolicy', release, '-n', namespace);
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec.egress).toEqual([
      {
        ports: [{ port: 6443, protocol: 'TCP' }],
        to: [{ ipBlock: { cidr: '10.0.0.0/8' } }, { ipBlock: { cidr: 'fd00::/8' } }],
      },
    ]);
    const { spec: pod } = (await read(cluster(), 'deployment', release, '-n', namespace)).spec.template;
    const open = spec.ingress.flatMap(({ ports }: { ports: { port: number }[] }) => ports.map(({ port }) => port));
    const listens = pod.containers.flatMap(({ ports }: { ports: { containerPort: number }[] }) =>
      ports.map(({ containerPort }) => containerPort),
    );
    expect(open.sort()).toEqual(listens.sort());
  });
});
