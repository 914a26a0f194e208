import type { KafkaMapping } from '../template/kafka-mapping';
import type { Plan } from './plan';
import { CONSUMER, TOPIC } from './topic';

export const MAPPING_NAME = 'Orders';
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:orders';

/** The mapping of a plan, as a template would describe it. */
export function mappingOf(plan: Plan): KafkaMapping {
  const { batchSize, batchingWindowMs, pollers, startingPosition } = plan.mapping;
  const aliasName = `${MAPPING_NAME}-${plan.mode}`;
  return {
    logicalId: MAPPING_NAME,
    enabled: true,
    topic: TOPIC,
    consumerGroupId: CONSUMER,
    batchSize,
    batchingWindowMs,
    startingPosition,
    startingPositionTimestampMs: undefined,
    pollers: { minimum: pollers, maximum: pollers },
    reportBatchItemFailures: plan.mode === 'partial',
    maximumRetryAttempts: -1,
    maximumRecordAgeSeconds: -1,
    bisectBatchOnFunctionError: false,
    onFailure: undefined,
    filters: [],
    schemaRegistry: undefined,
    selfManaged: false,
    eventSourceArn: 'arn:aws:kafka:eu-west-1:111122223333:cluster/shop/0a1b-2',
    bootstrapServers: undefined,
    functionName: 'orders',
    aliasName,
    invokedFunctionArn: `${FUNCTION_ARN}:${aliasName}`,
    function: {
      logicalId: 'Function',
      name: 'orders',
      version: '$LATEST',
      region: 'eu-west-1',
      handler: 'index.handler',
      runtime: 'nodejs22.x',
      timeoutMs: plan.function.timeoutMs,
      memoryMb: 128,
      logGroupName: '/aws/lambda/orders',
      environment: {},
      assetPath: '/',
    },
  };
}
