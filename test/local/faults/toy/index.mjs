/**
 * Adds one to the counter of each record. `careful`: in a transaction with a mark, so that nothing can double it.
 * `careless`: as many functions do it.
 */
const { AWS_ENDPOINT_URL_DYNAMODB: endpoint, WAY, PATIENCE_MS, AWS_LAMBDA_LOG_STREAM_NAME: worker } = process.env;

export const handler = async ({ records }) => {
  const arrays = Object.values(records);
  const open = await Promise.all(arrays.map(lane));
  return { batchItemFailures: open.flat() };
};

/** Gives what is open. */
async function lane(array) {
  for (const [index, { topic, partition, offset }] of array.entries()) {
    try {
      await (WAY === 'careful' ? addWithMark : add)(`${partition}@${offset}`);
    } catch {
      return array
        .slice(index)
        .map((one) => ({ itemIdentifier: { partition: `${topic}-${partition}`, offset: one.offset } }));
    }
  }
  return [];
}

const adding = (id) => ({
  TableName: 'Effects',
  Key: { id: { S: id } },
  UpdateExpression: 'ADD n :one SET lastAt = :now, lastBy = :worker',
  ExpressionAttributeValues: { ':one': { N: '1' }, ':now': { N: String(Date.now()) }, ':worker': { S: worker } },
});

async function add(id) {
  const answer = await call('UpdateItem', adding(id));
  if (!answer.ok) throw new Error(answer.output.__type);
}

async function addWithMark(id) {
  const mark = { TableName: 'Marks', Item: { id: { S: id } }, ConditionExpression: 'attribute_not_exists(id)' };
  const answer = await call('TransactWriteItems', { TransactItems: [{ Put: mark }, { Update: adding(id) }] });
  const isDone = answer.output.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed';
  if (!answer.ok && !isDone) throw new Error(answer.output.__type);
}

async function call(operation, input) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-date': '20260101T000000Z',
    },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(Number(PATIENCE_MS)),
  });
  return { ok: response.ok, output: await response.json() };
}
