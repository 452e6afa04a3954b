/**
 * Evaluates the bucket policy that the documentation has for administrators, on the headers of a request to write an object.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string;
  readonly Condition: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface BucketPolicy {
  /** The statements that deny a PutObject with these headers, which stand in lower case. */
  denials(header: (name: string) => string | undefined): string[];
}

const page = join(import.meta.dirname, '../../../charts/sse-kms-operator/docs/aws.md');

/** The documented policy, with this key in the place of the page's. @throws Error where it has what this can't evaluate */
export function documentedPolicy(keyArn: string): BucketPolicy {
  const [, text = ''] = /```json\n(.*?)```/s.exec(readFileSync(page, 'utf8')) ?? [];
  const ofKey = text.replaceAll(/"arn:aws:kms:[^"]*"/g, JSON.stringify(keyArn));
  if (ofKey === '' || !ofKey.includes(keyArn)) throw new Error(`${page} shows no bucket policy for a key`);
  const { Statement: statements } = JSON.parse(ofKey) as { Statement: Statement[] };
  for (const { Sid, Effect, Action } of statements) {
    if (Effect !== 'Deny' || Action !== 's3:PutObject') throw new Error(`${Sid} is no denial of s3:PutObject`);
  }
  return {
    denials: (header) => statements.filter(({ Condition }) => matches(Condition, header)).map(({ Sid }) => Sid),
  };
}

/** All conditions must hold; a header that isn't there is unequal to every value. */
function matches(condition: Statement['Condition'], header: (name: string) => string | undefined): boolean {
  return Object.entries(condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => {
      const value = header(key.replace(/^s3:/, ''));
      if (operator === 'Null') return (value === undefined) === (wanted === 'true');
      const isAmong = value !== undefined && [wanted].flat().includes(value);
      if (operator === 'StringEquals') return isAmong;
      if (operator === 'StringNotEquals') return !isAmong;
      throw new Error(`no evaluation of ${operator}`);
    }),
  );
}
