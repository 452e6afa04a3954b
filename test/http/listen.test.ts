import { describe, expect, it } from 'vitest';
import { listen } from '../../src/http/listen.ts';

/** A node where some addresses can't be listened on, as with IPv6 switched off. */
function nodeThatRefuses(refused: Record<string, string>) {
  const tried: string[] = [];
  return {
    tried,
    async listen({ host }: { host: string }) {
      tried.push(host);
      if (host in refused) throw Object.assign(new Error('refused'), { code: refused[host] });
    },
  };
}

describe('listen', () => {
  it('takes the address that is asked for', async () => {
    const node = nodeThatRefuses({});
    await listen(node, '::', 443);
    expect(node.tried).toEqual(['::']);
  });

  it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])(
    'takes every IPv4 address for :: on a node without IPv6 (%s)',
    async (code) => {
      const node = nodeThatRefuses({ '::': code });
      await listen(node, '::', 443);
      expect(node.tried).toEqual(['::', '0.0.0.0']);
    },
  );

  it.each([
    ['::', 'EADDRINUSE'],
    ['::1', 'EADDRNOTAVAIL'],
    ['10.0.0.1', 'EADDRNOTAVAIL'],
  ])('takes no other address for %s where that fails with %s', async (host, code) => {
    const node = nodeThatRefuses({ [host]: code });
    await expect(listen(node, host, 443)).rejects.toMatchObject({ code });
    expect(node.tried).toEqual([host]);
  });
});
