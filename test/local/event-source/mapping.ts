import type { KafkaMapping } from '../../../local/template/kafka-mapping';
import type { LambdaFunction } from '../../../local/template/lambda-function';
import { GROUP, TOPIC } from './poller-fixture';

const FUNCTION: LambdaFunction = {
  logicalId: 'OrdersFunction',
  name: 'orders',
  version: '$LATEST',
  region: 'eu-west-1',
  handler: 'index.handler',
  runtime: 'nodejs22.x',
  timeoutMs: 3_000,
  memoryMb: 128,
  logGroupName: '/aws/lambda/orders',
  environment: {},
  assetPath: '/nowhere',
};

/** A provisioned mapping; a test says what is special about its own. */
export function mappingOf(changes: Partial<KafkaMapping> = {}): KafkaMapping {
  return {
    logicalId: 'OrdersMapping',
    enabled: true,
    topic: TOPIC,
    consumerGroupId: GROUP,
    batchSize: 100,
    batchingWindowMs: 0,
    startingPosition: 'TRIM_HORIZON',
    startingPositionTimestampMs: undefined,
    filters: [],
    pollers: { minimum: 1, maximum: 4 },
    reportBatchItemFailures: true,
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: -1,
    bisectBatchOnFunctionError: false,
    onFailure: undefined,
    selfManaged: false,
    eventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b-2',
    bootstrapServers: undefined,
    schemaRegistry: undefined,
    functionName: 'orders',
    aliasName: 'Orders-partial',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders:Orders-partial',
    function: FUNCTION,
    ...changes,
  };
}
