/**
 * The report of a sample, by the audit's own parts and without an API server.
 */

import { toAssignmentRows, toAssignmentSet } from '../../../src/cli/audit/assignment-set.ts';
import { decide, type FileRules, toStoredConfigObject } from '../../../src/cli/audit/core.ts';
import { examine } from '../../../src/cli/audit/examine.ts';
import { buildLedger } from '../../../src/cli/audit/ledger.ts';
import { type Limits, noLimits } from '../../../src/cli/audit/limits.ts';
import type { AuditReport } from '../../../src/cli/audit/report.ts';
import { defaultFiles } from '../../../src/cli/core.ts';
import type { StoredObject } from '../../../src/ports/stored-object.ts';

export interface Given {
  readonly namespaces: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[];
  readonly assignments: readonly { readonly metadata: { readonly name: string }; readonly spec: object }[];
  readonly configMaps?: Iterable<StoredObject>;
  readonly secrets?: Iterable<StoredObject>;
  readonly limits?: Limits;
  readonly files?: FileRules;
  readonly context?: string;
}

export function reportOf(given: Given): AuditReport {
  const {
    namespaces,
    configMaps = [],
    secrets = [],
    limits = noLimits,
    files = defaultFiles,
    context = 'production',
  } = given;
  const set = toAssignmentSet({ kind: 'read', objects: given.assignments }, [], []);
  const scope = { kind: 'known', namespaceSelector: null } as const;
  const decisions = new Map(
    namespaces.map(({ name, labels = {} }) => [name, decide({ name, labels }, set.candidates, scope)]),
  );
  const ledger = buildLedger(decisions, limits);
  for (const [kind, objects] of [
    ['ConfigMap', configMaps],
    ['Secret', secrets],
  ] as const) {
    for (const object of objects) {
      const configObject = toStoredConfigObject(object, kind);
      const { namespace, name } = configObject;
      const decision = ledger.decision(namespace);
      const examined = decision && examine(configObject, decision, files);
      if (examined) ledger.add({ namespace, kind, name }, examined);
    }
  }
  const { byAssignment, ...found } = ledger.report();
  return {
    kind: 'AuditReport',
    format: 1,
    at: '2026-01-02T03:04:05.000Z',
    cluster: { context, server: 'https://api.example.com:6443' },
    scope: { operator: 'installed', secrets: given.secrets !== undefined, namespaces: null, files: [] },
    remarks: set.remarks,
    assignments: toAssignmentRows(set, byAssignment),
    ...found,
  };
}
