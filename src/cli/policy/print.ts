/**
 * Policies as they are printed: alone as AWS takes them, several with a heading each.
 */
import { stringify } from 'yaml';
import type { Policy } from './core.ts';

/** A single policy goes into a pipe as it is; of several each says what it is. */
export function toOutput(policies: readonly Policy[], format: string, isOneKind: boolean): string {
  const [first] = policies;
  const alone = isOneKind && policies.length === 1 && first !== undefined;
  if (format === 'text') return alone ? `${toJson(first.document)}\n` : policies.map(toSection).join('\n');
  const data = alone
    ? first.document
    : policies.map((one) => ({ for: one.for, of: one.of, notes: one.notes, policy: one.document }));
  // As YAML 1.1 has it, 2012-10-17 is a date unless it is quoted.
  return format === 'json'
    ? `${toJson(data)}\n`
    : stringify(data, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

function toSection(policy: Policy): string {
  const lines = [toTitle(policy), ...policy.notes, toCommand(policy)];
  return `${lines.map((line) => `# ${line}`).join('\n')}\n${toJson(policy.document)}\n`;
}

export function toTitle({ for: kind, of }: Policy): string {
  const titles = {
    bucket: `Policy of the bucket ${of}`,
    key: `Statements for the policy of the key ${of}`,
    workload: "Policy of the workload's role",
    operator: "Policy of the operator's role",
  };
  return titles[kind];
}

function toCommand({ for: kind, of }: Policy): string {
  const file = `file://${kind}.json`;
  if (kind === 'bucket') return `aws s3api put-bucket-policy --bucket ${of} --policy ${file}`;
  if (kind === 'key')
    return `aws kms put-key-policy --key-id ${of} --policy-name default --policy ${file} (the whole policy, these statements added)`;
  return `aws iam put-role-policy --role-name ROLE --policy-name sse-kms --policy-document ${file}`;
}

/** Lines of at most this many characters, unless a text alone is longer. */
const width = 100;

/** What fits on one line stands on one, as people write policies. */
function toJson(value: unknown, indent = '', before = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const inner = `${indent}  `;
  const members = Object.entries(value).map(([name, member]) => {
    const head = isList ? '' : `${JSON.stringify(name)}: `;
    return { flat: head + toLine(member), tall: head + toJson(member, inner, head.length) };
  });
  const line = open + members.map(({ flat }) => flat).join(', ') + close;
  if (indent !== '' && indent.length + before + line.length < width) return line;
  return `${open}\n${members.map(({ tall }) => inner + tall).join(',\n')}\n${indent}${close}`;
}

function toLine(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replace(/\n */g, ' ')
    .replace(/([[{]) /g, '$1')
    .replace(/ ([\]}])/g, '$1');
}
