const ENDPOINT = process.env.AWS_ENDPOINT_URL_DYNAMODB;
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=toy/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0';

/** Gives the output, or undefined where a condition was not met. */
export async function call(operation, input) {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: AUTHORIZATION,
    },
    body: JSON.stringify(input),
  });
  const output = await response.json();
  if (response.ok) return output;
  if (String(output.__type).endsWith('ConditionalCheckFailedException')) return undefined;
  throw new Error(`${operation}: ${output.__type}`);
}
