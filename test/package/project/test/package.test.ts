import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import avsc from 'avsc';
import { isOnceError, json, PermanentError } from 'msk-once/handlers';
import { avro } from 'msk-once/handlers/avro';
import { runLocal } from 'msk-once/local';
import { OncePersistenceLayer } from 'msk-once/powertools';
import { assertTookEffectOnce, kafkaEvent, testProcessor } from 'msk-once/testing';
import { orderSchema } from '../handlers/order-schema.js';

interface Order {
  readonly orderId: string;
  readonly cents: number;
}

const order = { orderId: 'o-1', cents: 100 };

test('the testing kit runs a handler of mine', async () => {
  const charged: string[] = [];
  const processor = testProcessor({
    value: json(),
    identity: ({ value }) => (value as Order).orderId,
    process: async ({ value }) => {
      if ((value as Order).cents < 0) throw new PermanentError('nobody pays that');
      charged.push((value as Order).orderId);
    },
  });

  await processor.deliverUntilDone(
    kafkaEvent({
      topic: 'orders',
      records: [{ value: order }, { value: order }, { value: { orderId: 'o-2', cents: -1 } }],
    }),
  );

  assertTookEffectOnce(charged, ['o-1']);
  assert.equal(await processor.outcomeOf('orders-0@2'), 'parked');
});

test('functions of mine run locally, with their codecs in their bundles', async () => {
  const lines: string[] = [];
  const bytes = avsc.Type.forSchema(orderSchema as avsc.Schema).toBuffer(order);
  // Field 1 is a string of three bytes, field 2 the varint 100.
  const message = Buffer.concat([Buffer.from([0x0a, 3]), Buffer.from('o-1'), Buffer.from([0x10, 100])]);

  const report = await runLocal({
    app: join(process.cwd(), 'extended.out'),
    records: [bytes, bytes].map((value) => ({ topic: 'avro', value })).concat({ topic: 'protobuf', value: message }),
    onOutput: (line) => lines.push(line),
  });

  assert.equal(report.ok, true);
  assert.deepEqual(report.records.map(({ topic, outcome }) => `${topic} ${outcome}`).sort(), [
    'avro done',
    'avro duplicate',
    'protobuf done',
  ]);
  assert.ok(lines.some((line) => line.includes('avro o-1 100')));
  assert.ok(lines.some((line) => line.includes('protobuf o-1 100')));
});

test('errors are known across the two copies, that of import and that of require', () => {
  const required = createRequire(join(process.cwd(), 'package.json'))('msk-once/handlers/avro') as {
    avro: typeof avro;
  };
  for (const make of [avro, required.avro]) {
    assert.throws(
      () => make({ schema: { type: 'nothing' } }),
      (error) => isOnceError(error) && error.code === 'MSK_ONCE_OPTIONS_INVALID',
    );
  }
});

test('the layer for makeIdempotent can be made', () => {
  assert.ok(new OncePersistenceLayer({ tableName: 'orders' }));
});
