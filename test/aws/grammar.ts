/**
 * The grammar of AWS's policies, as far as a policy here may use it; what is wrong is told as sentences.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { z } from 'zod';

const values = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
const arn = /^arn:aws(-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$/;
const resources = values.refine(
  (given) => [given].flat().every((one) => one === '*' || arn.test(one.replace(':*:*:', '::111122223333:'))),
  'is no ARN',
);
const principal = z.union([
  z.literal('*'),
  z.strictObject({ AWS: values.refine((given) => [given].flat().every((one) => arn.test(one)), 'is no ARN') }),
]);
const operators = z.enum(['StringEquals', 'StringNotEquals', 'StringLike', 'Null']);
const conditionKey = z.string().regex(/^(?:s3|kms|aws):[\w:.=/@+-]+$/);

const statement = z.strictObject({
  Sid: z.string().regex(/^[A-Za-z0-9]{1,64}$/),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: principal.optional(),
  Action: values.refine(
    (given) => [given].flat().every((one) => /^(?:s3|kms):[A-Z][A-Za-z]+$/.test(one)),
    'is no action',
  ),
  Resource: resources,
  Condition: z.partialRecord(operators, z.record(conditionKey, values)).optional(),
});

const grammar = z.strictObject({ Version: z.literal('2012-10-17'), Statement: z.array(statement).min(1) });

/** Empty where the document, as text, is one. */
export function findFaults(text: string, kind: 'resource' | 'identity'): string[] {
  const parsed = grammar.safeParse(JSON.parse(text));
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  const { Statement: statements } = parsed.data;
  const sids = statements.map(({ Sid }) => Sid);
  return [
    ...sids.filter((sid, index) => sids.indexOf(sid) !== index).map((sid) => `${sid} stands there twice`),
    ...statements
      .filter(({ Principal }) => (Principal === undefined) === (kind === 'resource'))
      .map(({ Sid }) => `${Sid}: a ${kind} policy ${kind === 'resource' ? 'needs a' : 'has no'} Principal`),
    ...statements.flatMap(({ Sid, Condition }) =>
      Object.values(Condition?.Null ?? {})
        .filter((value) => value !== 'true' && value !== 'false')
        .map(() => `${Sid}: Null is "true" or "false"`),
    ),
  ];
}
