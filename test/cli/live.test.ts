/**
 * How a command finds its cluster, and what it says where it does not.
 */
import { describe, expect, it } from 'vitest';
import { makeFolder } from './command-line.ts';

/** Nobody listens at port 1. */
const kubeconfig = (current: string) => `apiVersion: v1
kind: Config
clusters:
  - {name: c, cluster: {server: "https://127.0.0.1:1"}}
contexts:
  - {name: x, context: {cluster: c, user: u}}
  - {name: torn, context: {cluster: gone, user: u}}
users:
  - {name: u, user: {token: t}}
${current}
`;
const files = { current: kubeconfig('current-context: x'), none: kubeconfig(''), broken: 'a: [' };

describe('a command that asks a cluster', () => {
  it.each(['policy finance', 'explain finance/hadoop', 'audit'])('%s says why it could not', async (line) => {
    const { code, out, err } = await makeFolder(files).run(`${line} --kubeconfig current`);
    expect(err).toContain('ECONNREFUSED');
    expect(err.trimEnd()).not.toContain('\n');
    expect([code, out]).toEqual([2, '']);
  });

  it('takes --context where the kubeconfig has no current one', async () => {
    const folder = makeFolder(files);
    expect((await folder.run('policy finance --kubeconfig none')).err).toContain('has no current context');
    expect((await folder.run('policy finance --kubeconfig none --context x')).err).toContain('ECONNREFUSED');
  });

  it.each([
    ['current --context y', "the kubeconfig has no context 'y': choose one of x, torn with --context"],
    ['current --context torn', "the context 'torn' names a cluster that the kubeconfig doesn't have"],
    ['gone', 'no such file or directory'],
    ['broken', 'cannot read the kubeconfig'],
  ])('says of --kubeconfig %s what is wrong', async (options, message) => {
    const { code, out, err } = await makeFolder(files).run(`policy finance --kubeconfig ${options}`);
    expect(err).toContain(message);
    expect([code, out]).toEqual([2, '']);
  });
});
