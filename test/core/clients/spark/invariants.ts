/**
 * What is true of every plan of Spark's properties, whatever the file: checked in each test that plans one.
 */

import { expect } from 'vitest';
import { planSpark } from '../../../../src/core/clients/spark/plan.ts';
import { readAgain } from '../../../../src/core/formats/properties/read-again.ts';
import { applyEdits } from '../../../../src/core/plan/edits.ts';
import type { DesiredFile, Plan } from '../../../../src/core/plan/plan.ts';
import { refusalReasons } from '../../../../src/core/reasons.ts';
import { compareProperties } from '../../../spark/trial.ts';

/** Plans the file, checks what is true of every plan, and returns it. */
export function planSparkChecked(text: string, desired: DesiredFile): Plan {
  const planned = planSpark(text, desired);
  expect(planSpark(text, desired)).toEqual(planned);
  if (planned.kind === 'refused') {
    expect(refusalReasons).toContain(planned.reason);
    expect(planned.message).toMatch(/^\S.*\S$/su);
    expectInside(text, planned);
    return planned;
  }
  for (const note of planned.notes) expectInside(text, note);
  const result = planned.kind === 'change' ? planned.result : text;
  if (planned.kind === 'change') {
    expect(applyEdits(text, planned.edits)).toBe(result);
    expect(result).not.toBe(text);
    const again = planSpark(result, desired);
    expect(again.kind).toBe('unchanged');
    // What recent-plans.ts says of a result without reading it.
    const isPlain = planned.leftAlone === undefined && planned.notes.every(({ kind }) => kind === 'overridden');
    if (isPlain) expect(again).toEqual({ kind: 'unchanged', notes: [], holdsBlock: true });
    const written = planned.edits.filter((edit) => edit.text !== '');
    expect(written).toHaveLength(1);
    expect(written[0]?.offset).toBe(text.length);
  }
  const [before, after] = [effective(text), effective(result)];
  compareProperties(before, after, text, { encryptionContext: null, ...desired }, (promise, where, expected, got) => {
    expect({ promise, where, value: got }).toEqual({ promise, where, value: expected });
  });
  expectOurs(after, result, desired);
  return planned;
}

/** They stand behind the last marker, and nothing stands behind them. */
function expectOurs(after: Readonly<Record<string, string>>, result: string, desired: DesiredFile): void {
  const [, block = ''] =
    new RegExp(`^[\\s\\S]*(\\r\\n\\r\\n|\\n\\n|\\r\\r)# ${desired.source}[\\r\\n]`).exec(result) ?? [];
  expect(block).not.toBe('');
  const key = (wanted: DesiredFile['key']) => ('arn' in wanted ? wanted.arn : '');
  const s3a = 'spark.hadoop.fs.s3a.';
  for (const name of ['encryption.algorithm', 'server-side-encryption-algorithm']) {
    expect(after[s3a + name]).toBe(desired.algorithm);
  }
  for (const name of ['encryption.key', 'server-side-encryption.key']) expect(after[s3a + name]).toBe(key(desired.key));
  for (const rule of desired.buckets) {
    if (!('key' in rule)) continue;
    for (const form of ['', 'fs.s3a.']) {
      expect(after[`${s3a}bucket.${rule.name}.${form}encryption.key`]).toBe(key(rule.key));
      expect(after[`${s3a}bucket.${rule.name}.${form}encryption.algorithm`]).toBe(desired.algorithm);
    }
  }
}

function effective(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(readAgain(text) ?? []);
}

function expectInside(text: string, { line, column }: { readonly line: number; readonly column: number }): void {
  const lines = text.split(/\r\n|\n|\r/);
  expect(line).toBeGreaterThanOrEqual(1);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual((lines[line - 1] as string).length + 1);
}
