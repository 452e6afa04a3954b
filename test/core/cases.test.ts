/**
 * Every case under test/cases: the file, the assignment, and what the plan makes of it, under Enforce and under Strict.
 * `UPDATE=1 npm test -- test/core/cases.test.ts` rewrites the expectations: for a deliberate change, and each to be read.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Enforcement } from '../../src/core/assignment/resolve.ts';
import { decodeBase64, encodeBase64 } from '../../src/core/base64.ts';
import { sourcePrefix } from '../../src/core/clients/s3a/sort-elements.ts';
import { type FilePlan, planConfigObject } from '../../src/core/plan/config-object.ts';
import { defaultFiles } from '../../src/core/plan/default-files.ts';
import type { DesiredFile, Plan } from '../../src/core/plan/plan.ts';
import type { Note, Refused } from '../../src/core/plan/report.ts';
import { planSparkChecked } from './clients/spark/invariants.ts';
import { planChecked } from './invariants.ts';
import { type Case, type Expected, readCases } from './read-cases.ts';

const update = process.env.UPDATE === '1';

for (const one of readCases())
  describe(one.name, () => {
    const enforce = planCase(one, 'Enforce');
    const strict = planCase(one, 'Strict');
    const seen = toExpected(enforce, strict);
    if (update) write(one, seen);

    it.skipIf(update)('is planned as expected', () => {
      expect(seen).toEqual(one.expected);
    });

    it('keeps what is true of every plan', () => {
      const text = one.text ?? ''; // bytes that are no text are refused before they are read
      const check = one.isSpark ? planSparkChecked : planCore;
      const plans = [false, true].map((isStrict) => check(text, desired(one, isStrict)));
      if (one.text !== null) expect(plans).toEqual([enforce, strict]);
    });

    it('is refused by Strict exactly where Enforce refuses it or notes a way past', () => {
      const notable = enforce.kind === 'refused' || enforce.notes.some(({ kind }) => kind === 'notProvable');
      expect(strict.kind === 'refused').toBe(notable);
      if (strict.kind !== 'refused' || enforce.kind === 'refused') return;
      expect(strict.reason).toBe('NotProvable');
      expect(enforce.notes.filter(({ kind }) => kind === 'notProvable').map(place)).toContainEqual(place(strict));
    });
  });

/** Through the whole ConfigMap, so that the patch is what the plan says. */
function planCase({ content, assignment, text }: Case, enforcement: Enforcement): Plan {
  const planned = planConfigObject(content, assignment(enforcement), defaultFiles);
  const [file, ...others] = planned.files as readonly [FilePlan];
  expect(others).toEqual([]);
  expect(planned.kind).toBe(file.plan.kind);
  if (planned.kind === 'change' && file.plan.kind === 'change') {
    const value = file.field === 'data' ? file.plan.result : encodeBase64(file.plan.result);
    expect(planned.patch).toEqual([{ op: 'replace', path: `/${file.field}/${file.dataKey}`, value }]);
  }
  if (file.field === 'binaryData') expect(decodeBase64(content.binaryData?.[file.dataKey] as string)).toBe(text);
  return file.plan;
}

function planCore(text: string, wanted: DesiredFile): Plan {
  return planChecked(text, wanted, 'core');
}

function desired(one: Case, strict: boolean): DesiredFile {
  const { name, algorithm, key, encryptionContext = null, buckets, otherStores } = one.assignment('Enforce');
  return {
    ...{ source: sourcePrefix + name, algorithm, key, encryptionContext, buckets, strict },
    ...(otherStores && { otherStores }),
  };
}

function toExpected(enforce: Plan, strict: Plan): Expected {
  const asked = strict.kind === 'refused' && strict.reason === 'NotProvable';
  return {
    outcome: toOutcome(enforce),
    strict: asked ? { reason: strict.reason, ...place(strict) } : null,
    notes: enforce.kind === 'refused' ? [] : enforce.notes.map((note) => ({ kind: note.kind, ...place(note) })),
  };
}

function toOutcome(plan: Plan): Expected['outcome'] {
  if (plan.kind === 'unchanged') return { unchanged: true };
  if (plan.kind === 'change') return { result: plan.result };
  return { reason: plan.reason, ...place(plan) };
}

function place({ line, column }: Refused | Note): { line: number; column: number } {
  return { line, column };
}

function write({ folder, isSpark }: Case, { outcome, strict, notes }: Expected): void {
  for (const name of ['expected.xml', 'expected.properties', 'expected.yaml', 'expected-strict.yaml', 'notes.yaml']) {
    rmSync(join(folder, name), { force: true });
  }
  if (outcome !== null && 'result' in outcome) {
    writeFileSync(join(folder, isSpark ? 'expected.properties' : 'expected.xml'), outcome.result);
  } else writeFileSync(join(folder, 'expected.yaml'), dump(outcome));
  if (strict !== null) writeFileSync(join(folder, 'expected-strict.yaml'), dump(strict));
  if (notes.length > 0) writeFileSync(join(folder, 'notes.yaml'), dump(notes));
}
