/**
 * `policy`, as it is typed.
 */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findFaults } from '../../aws/grammar.ts';
import { makeFolder } from '../command-line.ts';

const arn = 'arn:aws:kms:us-west-2:360379543683:key/071a86ff-8881-4ba0-9230-95af6d01ca01';
const previous = arn.replace('071a86ff', '0d2f3b1c');

function manifest(name: string, key: string): string {
  return `apiVersion: ssekms.io/v1alpha1
kind: KmsKeyAssignment
metadata: {name: ${name}}
spec:
  namespaces: [${name}]
  key: {${key}}
  buckets:
    - {name: partner-drop, unmanaged: true}
`;
}

const files = {
  'finance.yaml': manifest('finance', `arn: "${arn}"`),
  'default.yaml': manifest('research', 'accountDefault: true'),
  'two.yaml': `${manifest('one', `arn: "${arn}"`)}---\n${manifest('two', `arn: "${arn}"`)}`,
};

describe('policy', () => {
  it('prints a single policy as AWS takes it, and what to know on the standard error', async () => {
    const { code, out, err } = await makeFolder(files).run('policy finance.yaml --for bucket -b ledger');
    expect(findFaults(out, 'resource')).toEqual([]);
    expect(JSON.parse(out).Statement[0].Resource).toBe('arn:aws:s3:::ledger/*');
    expect(err).toContain('sse-kms policy: put-bucket-policy replaces the policy that the bucket has');
    expect(code).toBe(0);
  });

  it('prints a single policy so also where its kind is named twice', async () => {
    const folder = makeFolder(files);
    const once = await folder.run('policy finance.yaml --for workload');
    expect(await folder.run('policy finance.yaml --for workload --for workload')).toEqual(once);
  });

  it('says which previous keys a bucket policy does not need', async () => {
    const far = previous.replace('us-west-2', 'eu-west-1');
    const line = `policy finance.yaml --for bucket -b ledger --previous-key ${arn} --previous-key ${far} --previous-key ${previous}`;
    const { out, err } = await makeFolder(files).run(line);
    expect(out).toContain(previous);
    expect(out).not.toContain(far);
    expect(err).toContain(`${arn} is left out`);
    expect(err).toContain(`${far} is left out`);
    expect(err).not.toContain(`${previous} is left out`);
  });

  it('prints several with a heading each, that says what to do with it', async () => {
    const { out } = await makeFolder(files).run(`policy finance.yaml -b ledger --previous-key ${previous}`);
    const headings = out.split('\n').filter((line) => /^# (?:Policy|Statements)/.test(line));
    expect(headings).toEqual([
      '# Policy of the bucket ledger',
      `# Statements for the policy of the key ${arn}`,
      `# Statements for the policy of the key ${previous}`,
      "# Policy of the workload's role",
      "# Policy of the operator's role",
    ]);
    expect(out).toContain('# aws s3api put-bucket-policy --bucket ledger --policy file://bucket.json');
    const documents = out.split(/^# .*\n/m).filter((text) => text.trim() !== '');
    for (const text of documents) expect(JSON.parse(text)).toHaveProperty('Version', '2012-10-17');
  });

  it('prints several as one JSON list, and as YAML whose version stays a text', async () => {
    const folder = makeFolder(files);
    const json = JSON.parse((await folder.run('policy finance.yaml -b ledger -o json')).out);
    expect(json.map((one: { for: string }) => one.for)).toEqual(['bucket', 'key', 'workload', 'operator']);
    const { out } = await folder.run('policy finance.yaml -b ledger -o yaml');
    expect(parse(out, { version: '1.1' })).toEqual(json);
  });

  it('reads a manifest from the standard input', async () => {
    const { out } = await makeFolder({}).run('policy - --for workload', { stdin: files['finance.yaml'] });
    expect(findFaults(out, 'identity')).toEqual([]);
  });

  it("takes the ARN of the account's default key", async () => {
    const folder = makeFolder(files);
    const without = await folder.run('policy default.yaml --for bucket -b ledger');
    expect(without.out).not.toContain('aws-kms-key-id');
    expect(without.err).toContain('give it with --default-key');
    const { out } = await folder.run(`policy default.yaml --for bucket -b ledger --default-key ${arn}`);
    expect(out).toContain(arn);
  });

  it.each([
    ['policy finance.yaml --for bucket', 2, 'finance asks for no policy of this kind: name the buckets with --bucket'],
    ['policy finance.yaml -b partner-drop', 1, 'partner-drop is left to the workload (unmanaged) by finance'],
    ['policy finance.yaml -b s3a://ledger', 2, "--bucket s3a://ledger is no bucket's name"],
    ['policy finance.yaml --previous-key alias/x', 2, '--previous-key alias/x: an alias can be moved'],
    ['policy finance.yaml --principal etl', 2, '--principal etl is no ARN of a role'],
    [`policy finance.yaml --default-key ${arn}`, 2, '--default-key is for an assignment with accountDefault'],
    ['policy finance.yaml --require-context', 2, '--require-context is for an assignment with an encryptionContext'],
    ['policy two.yaml', 2, 'two.yaml holds several assignments (one, two)'],
    ['policy none.yaml', 2, "can't read none.yaml: it does not exist"],
    ['policy finance.yaml --for nobody', 2, '--for must be one of bucket, key, workload, operator'],
  ])('%s is told what is wrong', async (line, code, message) => {
    const ended = await makeFolder(files).run(line);
    expect(ended.err).toContain(message);
    expect([ended.code, ended.out]).toEqual([code, '']);
  });

  it('refuses to print what AWS would not take', async () => {
    const buckets = Array.from({ length: 90 }, (_, index) => [
      '-b',
      `a-bucket-with-a-rather-long-name-${index}`,
    ]).flat();
    const { code, err } = await makeFolder(files).run(['policy', 'finance.yaml', '--for', 'workload', ...buckets]);
    expect(err).toMatch(/Policy of the workload's role has \d+ bytes more than the 6144 that AWS takes/);
    expect(code).toBe(1);
  });
});
