import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { BatchResponse, InvocationContext, KafkaEvent, KafkaEventRecord } from '../../contract/event';
import { accept, type Order } from './order';

type Handler = (event: KafkaEvent, context: InvocationContext) => Promise<BatchResponse>;

/** A function as the documentation of Powertools shows one, over the records of an event, so many of them at once. */
export function handlerOver(persistenceStore: BasePersistenceLayer, inFlight: number): Handler {
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
  const processOnce = makeIdempotent(async (order: Order) => accept(order), { persistenceStore, config });
  return async (event, context) => {
    config.registerLambdaContext(context as Parameters<typeof config.registerLambdaContext>[0]);
    const records = Object.values(event.records).flat();
    let next = 0;
    const worker = async () => {
      for (let record = records[next++]; record !== undefined; record = records[next++]) {
        await processOnce(orderOf(record));
      }
    };
    await Promise.all(Array.from({ length: Math.min(inFlight, records.length) }, worker));
    return { batchItemFailures: [] };
  };
}

export function orderOf({ value }: KafkaEventRecord): Order {
  return JSON.parse(Buffer.from(value ?? '', 'base64').toString());
}
