/**
 * Requests to moto's HTTP API. It goes by the scope of a signature, and verifies none.
 */

export interface Place {
  readonly region?: string;
  readonly account?: string;
}

export function authorization(region: string, service: string): string {
  return `AWS4-HMAC-SHA256 Credential=AKIASTANDIN/20261101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}

// biome-ignore lint/suspicious/noExplicitAny: an answer of AWS, which a test looks into
export type Answer = any;

/** An action of KMS, by the API itself. @throws Error with the answer unless it is 200 */
export async function askKms(
  endpoint: string,
  action: string,
  body: object,
  { region = 'us-west-2', account = '123456789012' }: Place = {},
): Promise<Answer> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      authorization: authorization(region, 'kms'),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `TrentService.${action}`,
      'x-moto-account-id': account,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

/** Does something to a key, such as DisableKey. moto finds a key by its id alone, in its Region and account. */
export async function setKey(endpoint: string, action: string, arn: string, fields: object = {}): Promise<void> {
  const [, , , region = '', account = '', resource = ''] = arn.split(':');
  await askKms(endpoint, action, { KeyId: resource.replace('key/', ''), ...fields }, { region, account });
}
