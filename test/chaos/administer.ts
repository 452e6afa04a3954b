/**
 * What administrators do, one change after the other, each tried until the API server has it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../../src/cluster/errors.ts';
import type { Request, Transport } from '../../src/cluster/transport.ts';
import { release } from '../product/install.ts';
import { namespace as toNamespace } from '../product/manifests.ts';
import type { Ledger } from './ledger.ts';
import type { Change } from './schedule.ts';
import { type StartingAssignment, toBody } from './world.ts';

const assignments = '/apis/ssekms.io/v1alpha1/kmskeyassignments';
const admission = '/apis/admissionregistration.k8s.io/v1';

export function toAssignment({ name, target }: StartingAssignment, key: string): object {
  return {
    apiVersion: 'ssekms.io/v1alpha1',
    kind: 'KmsKeyAssignment',
    metadata: { name },
    spec: { ...target, key: { arn: key } },
  };
}

export function buildAdministrator(api: Transport, ledger: Ledger): (change: Change) => Promise<void> {
  /** Sends until it is answered with success, or with an answer that says it was done before. */
  async function insist(request: Request, doneBefore?: number): Promise<void> {
    for (;;) {
      try {
        await api.send(request);
        return;
      } catch (error) {
        const status = error instanceof ApiError ? error.status : 0;
        // An API server that has just started knows neither our kind nor the admission policies that let it pass.
        if (status === doneBefore && (await isServed())) return;
      }
      await sleep(200);
    }
  }

  async function isServed(): Promise<boolean> {
    return api.send({ path: assignments }).then(
      () => true,
      () => false,
    );
  }

  function patchSpec(name: string, spec: object): Promise<void> {
    const contentType = 'application/merge-patch+json';
    return insist({ method: 'PATCH', path: `${assignments}/${name}`, contentType, body: { spec } });
  }

  return async (change) => {
    switch (change.kind) {
      case 'rotate':
        return patchSpec(change.assignment, { key: { arn: change.key } });
      case 'algorithm':
        return patchSpec(change.assignment, { algorithm: change.algorithm });
      case 'enforcement':
        return patchSpec(change.assignment, { enforcement: change.enforcement });
      case 'retarget':
        return patchSpec(change.assignment, change.target);
      case 'create': {
        const body = toAssignment({ name: change.assignment, target: change.target }, change.key);
        return insist({ method: 'POST', path: assignments, body }, 409);
      }
      case 'delete':
        return insist({ method: 'DELETE', path: `${assignments}/${change.assignment}` }, 404);
      case 'label': {
        const contentType = 'application/merge-patch+json';
        const body = { metadata: { labels: { tier: change.tier } } };
        return insist({ method: 'PATCH', path: `/api/v1/namespaces/${change.namespace}`, contentType, body });
      }
      case 'failurePolicy': {
        const contentType = 'application/json-patch+json';
        const body = [{ op: 'replace', path: '/webhooks/0/failurePolicy', value: change.policy }];
        for (const kind of ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']) {
          await insist({ method: 'PATCH', path: `${admission}/${kind}/${release}`, contentType, body });
        }
        return;
      }
      case 'addNamespace': {
        const { namespace, tier, configMaps } = change;
        await insist({ method: 'POST', path: '/api/v1/namespaces', body: toNamespace(namespace, { tier }) }, 409);
        const path = `/api/v1/namespaces/${namespace}/configmaps`;
        for (let index = 0; index < configMaps; index++) {
          const name = `plain-${index}`;
          // Denied where assignments are in conflict: then there is none.
          const stored = await api.send({ method: 'POST', path, body: toBody(name, 'plain', '0') }).then(
            () => true,
            (error) => error,
          );
          const denied = stored instanceof ApiError && stored.status < 500 && stored.status !== 409;
          if (stored === true) ledger.done(`${namespace}/${name}`, '0');
          else if (!denied) ledger.perhaps(`${namespace}/${name}`, '0');
        }
      }
    }
  };
}
