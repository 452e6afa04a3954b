import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyEdits } from '../../../src/core/plan/edits.ts';
import { describeWith } from '../../run/needs.ts';
import { decode, type PlanFile, planBytes } from './plan-file.ts';
import { type Finding, runRound, startTally } from './round.ts';
import { saveCase } from './save.ts';
import { shrink } from './shrink.ts';
import { loadStock } from './stock.ts';
import { buildSubject } from './subject.ts';

/** Writes ours first, and forgets to cut what is the workload's: a bucket's own settings stay. */
const forgetful: PlanFile = (bytes, assignment, dataKey) => {
  const plan = planBytes(bytes, assignment, dataKey);
  const text = decode(bytes);
  if (plan.kind !== 'change' || text === null) return plan;
  const edits = plan.edits.filter((edit) => edit.text !== '');
  return { ...plan, edits, result: applyEdits(text, edits) };
};

describeWith(['java', 'maven'], 'a plan that forgets to cut', () => {
  const folder = mkdtempSync(join(tmpdir(), 'found-'));
  let finding: Finding | undefined;

  beforeAll(async () => {
    const stock = loadStock(undefined);
    const subjects = Array.from({ length: 60 }, (_, index) => buildSubject(5, index, stock));
    const tally = startTally();
    await runRound(subjects, ['3.5.0'], tally, () => {}, forgetful);
    finding = tally.findings.find(({ promise }) => promise === 'makes every version encrypt as assigned');
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is found out by Hadoop, and its document shrunk to one property of a bucket', { timeout: 120_000 }, async () => {
    const smallest = await shrink(finding as Finding, '3.5.0', forgetful);
    const text = decode(smallest.subject.bytes) ?? '';
    expect(text).toMatch(/fs\.s3a\.bucket\./);
    expect(text.match(/property/g)?.length).toBeLessThanOrEqual(2);
    expect(text.length).toBeLessThan(200);
    expect(smallest.subject.assignment.buckets.length).toBeLessThanOrEqual(1);

    const saved = saveCase(smallest, 5, folder);
    expect(readdirSync(saved).filter((file) => file !== 'assignment.yaml')).toEqual(['finding.txt', 'input.xml']);
    expect(readFileSync(join(saved, 'input.xml'), 'utf8')).toBe(text);
    expect(readFileSync(join(saved, 'finding.txt'), 'utf8')).toContain(`--seed 5 --only ${smallest.subject.index}`);
  });
});
