/**
 * What the operator never logs, at its most talkative: keys of its certificates, its token, what Secrets hold.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { assignment, configMap, namespace, plainFile } from '../product/manifests.ts';
import { type KubernetesObject, useProduct } from '../product/use-product.ts';
import { describeWith } from '../run/needs.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const password = 'correct-horse-battery-staple';

describeWith(['control plane'], 'the log', () => {
  const seconds = ['caLifetimeSeconds=9', 'leafLifetimeSeconds=3'].map((value) => `certificates.selfManaged.${value}`);
  const suite = useProduct('logLevel=trace', 'secrets.enabled=true', ...seconds);

  const authority = async (): Promise<Record<string, string>> =>
    (await suite.get('secret', 'sse-kms-operator-ca', 'sse-kms-system')).data;

  it('holds no key, token or value of a Secret, through rotations, repairs and refusals', async () => {
    const hidden: string[] = [password, base64(password), 'BEGIN', base64('-----BEGIN').slice(0, 12)];
    const file = plainFile.replace('s3a://warehouse', password);
    const secret = (name: string, text: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'finance' },
      data: { 'core-site.xml': base64(text), password: base64(password) },
    });
    await suite.apply([namespace('finance'), secret('one', file), secret('broken', `<${password}`)]);
    await suite.apply([assignment('finance', ['finance']), configMap('finance', 'one')]);
    await suite.applyRefused(secret('two', `<configuration>&${password};</configuration>`));
    await suite.eventually(
      () => suite.get('kka', 'finance'),
      (it) => it.status?.objects?.refused === 1 && it.status.summary === '2/3',
    );
    const first = await authority();
    const second = await suite.eventually(authority, (now) => JSON.stringify(now) !== JSON.stringify(first));
    const third = await suite.eventually(authority, (now) => JSON.stringify(now) !== JSON.stringify(second));
    // The rest is fingerprints and dates, which are no secrets.
    const pem = [first, second, third].flatMap((data) =>
      Object.values(data).filter((value) => Buffer.from(value, 'base64').includes('-----BEGIN')),
    );
    expect(pem.length).toBeGreaterThan(5);
    for (const value of pem) {
      const text = Buffer.from(value, 'base64').toString();
      hidden.push(value.slice(0, 100), ...text.split('\n').filter((line) => line.length > 40));
    }
    const { command } = suite.product().operator();
    const kubeconfig = command[command.indexOf('--kubeconfig') + 1] ?? '';
    const token = /token"?: *"?([^\s"]+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? '';
    expect(token.length).toBeGreaterThan(100);
    hidden.push(token, token.split('.')[2] ?? token);

    const log = suite.product().operator().log();
    expect(log).toContain('"level":"debug"');
    const told = hidden.filter((text) => text.length >= 5);
    expect(told.length).toBeGreaterThan(10);
    expect(told.filter((text) => log.includes(text))).toEqual([]);
  }, 60_000);
});
