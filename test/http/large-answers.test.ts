import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { finance } from '../admission/admission-review.ts';
import { buildApp } from './running-app.ts';
import { selfSigned } from './self-signed.ts';

test.each([20, 45, 300])(
  'a client that asks again at once after an answer with a file of %d KB is answered',
  async (kilobytes) => {
    const { app } = buildApp({ resolution: { kind: 'assigned', assignment: finance } });
    app.useCertificate(await selfSigned());
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    // A thread of its own, as an API server is: it asks while this one is busy.
    const client = new Worker(new URL('./asking-at-once.ts', import.meta.url), { workerData: { port, kilobytes } });
    const [outcomes] = await once(client, 'message');
    expect(outcomes).toEqual({ 200: 96 });
  },
  60_000,
);
