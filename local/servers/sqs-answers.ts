/** Whether ListQueues is answered at that address. */
export async function sqsAnswers(url: string, timeoutMs: number): Promise<boolean> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.ListQueues',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0',
        'x-amz-date': '20260101T000000Z',
        connection: 'close',
      },
      body: '{}',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer: unknown = await response.json();
    // Without a queue the list is left out or empty, so that what tells it from other services is that it is no error.
    return response.ok && typeof answer === 'object' && answer !== null && !('__type' in answer);
  } catch {
    return false;
  }
}
