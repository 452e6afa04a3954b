/**
 * IAM's evaluation of a policy, as far as the policies here need it, written from AWS's description of it: an explicit Deny wins, and a condition
 * with "Not" in its operator holds where the request doesn't have the key.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 *
 * The S3 stand-in (moto) looks at no condition of a bucket policy and denies what such a statement names, so that policies can't be tried on it.
 */
import type { PolicyDocument, Statement } from '../../src/core/policy/document.ts';

export interface AwsRequest {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the request has, each with its value. */
  readonly context: Readonly<Record<string, string>>;
}

export type Decision = 'allowed' | 'denied' | 'implicitly denied';

export function evaluate({ Statement: statements }: PolicyDocument, request: AwsRequest): Decision {
  const applying = statements.filter((statement) => applies(statement, request));
  if (applying.some(({ Effect }) => Effect === 'Deny')) return 'denied';
  return applying.length > 0 ? 'allowed' : 'implicitly denied';
}

/** Whether some statement denies it: what a policy of Deny statements alone is for. */
export function isDenied(document: PolicyDocument, request: AwsRequest): boolean {
  return evaluate(document, request) === 'denied';
}

function applies({ Action, Resource, Condition = {} }: Statement, { action, resource, context }: AwsRequest): boolean {
  const matches = (patterns: string | readonly string[], text: string) =>
    [patterns].flat().some((pattern) => toPattern(pattern).test(text));
  return (
    matches(Action, action) &&
    matches(Resource, resource) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, [wanted].flat(), context[key])),
    )
  );
}

function holds(operator: string, wanted: readonly string[], value: string | undefined): boolean {
  switch (operator) {
    case 'Null':
      return wanted.includes(String(value === undefined));
    case 'StringEquals':
      return value !== undefined && wanted.includes(value);
    case 'StringNotEquals':
      return value === undefined || !wanted.includes(value);
    case 'StringLike':
      return value !== undefined && wanted.some((pattern) => toPattern(pattern).test(value));
    default:
      throw new TypeError(`${operator} is not known here`);
  }
}

function toPattern(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
