/**
 * A Lambda function that reads from Kafka and uses Powertools' `makeIdempotent` alone, without `processRecords`. Against
 * the stock layer one line differs: the layer.
 */
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { OncePersistenceLayer } from 'msk-once/powertools';

interface Order {
  readonly orderId: string;
  readonly amount: number;
}

interface KafkaEvent {
  readonly records: Readonly<Record<string, readonly { readonly value: string }[]>>;
}

const persistenceStore = new OncePersistenceLayer({ tableName: process.env.IDEMPOTENCY_TABLE ?? 'Idempotency' });

const config = new IdempotencyConfig({
  eventKeyJmesPath: 'orderId',
  // An order without an id is an error, never an effect without protection.
  throwOnNoIdempotencyKey: true,
  // An order that comes again with another amount is an error too.
  payloadValidationJmesPath: 'amount',
  // Longer than the topic keeps its records.
  expiresAfterSeconds: 14 * 24 * 60 * 60,
});

/** Stands for the effect: what a payment service has been told. */
export const charges: string[] = [];

const chargeOnce = makeIdempotent(
  async ({ orderId, amount }: Order) => {
    charges.push(`${orderId}: ${amount}`);
    return { receipt: `receipt of ${orderId}` };
  },
  { persistenceStore, config, keyPrefix: 'payments#orders' },
);

export async function handler(event: KafkaEvent, context: { getRemainingTimeInMillis(): number }) {
  config.registerLambdaContext(context as Parameters<typeof config.registerLambdaContext>[0]);
  const orders = Object.values(event.records)
    .flat()
    .map(({ value }): Order => JSON.parse(Buffer.from(value, 'base64').toString()));
  // All at once: calls that are made at the same time share requests.
  return Promise.all(orders.map((order) => chargeOnce(order)));
}
