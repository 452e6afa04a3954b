/**
 * Writes a finding down as a case of test/cases that lacks what a person has to decide: what is expected.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { defaultSpec } from '../../core/read-cases.ts';
import { decode } from './plan-file.ts';
import type { Finding } from './round.ts';

/** Returns the case's folder. */
export function saveCase(finding: Finding, seed: number, found: string): string {
  const { subject, promise } = finding;
  const { bytes, assignment, dataKey } = subject;
  const folder = join(found, `${promise.replaceAll(/[^a-z]+/gi, '-').toLowerCase()}-${seed}-${subject.index}`);
  mkdirSync(folder, { recursive: true });
  if (decode(bytes) === null) writeFileSync(join(folder, 'input.base64'), Buffer.from(bytes).toString('base64'));
  else writeFileSync(join(folder, dataKey === 'core-site.xml' ? 'input.xml' : dataKey), bytes);
  const { algorithm, key, encryptionContext, buckets } = assignment;
  const spec = { algorithm, key, ...(encryptionContext ? { encryptionContext } : {}), buckets };
  const own = Object.entries(spec).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(defaultSpec[field as keyof typeof spec]),
  );
  if (own.length > 0) writeFileSync(join(folder, 'assignment.yaml'), dump(Object.fromEntries(own)));
  writeFileSync(join(folder, 'finding.txt'), toText(finding, seed));
  return folder;
}

export function toText({ subject, promise, where, expected, got }: Finding, seed: number): string {
  const { assignment, dataKey, way, later, bytes } = subject;
  return [
    `${dataKey} under ${JSON.stringify(assignment)}, ${way}`,
    ...(later.includes('property') ? [`loaded later: ${later}`] : []),
    `the promise that does not hold: the plan ${promise}`,
    `where: ${where}`,
    `expected: ${expected}`,
    `got: ${got}`,
    `found by: npm run fuzz -- --seed ${seed} --only ${subject.index}`,
    'Once it is right: give the folder a sentence for a name, run `UPDATE=1 npm test -- test/core/cases.test.ts`, read what',
    'it wrote, and remove this file.',
    '',
    Buffer.from(bytes).toString('utf8'),
    '',
  ].join('\n');
}
