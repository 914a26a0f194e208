import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { KafkaMapping, type KafkaMappingProps, OnFailure, Pollers } from '../../lib';
import { type ObjectDocument, runLocal } from '../../local';
import { readKafkaMappings } from '../../local/template/kafka-mappings';
import { readStack } from '../../local/template/stack';
import { source } from './fixture/stack';

const folder = mkdtempSync(path.join(tmpdir(), 'msk-once-mapping-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An app whose function finishes nothing, behind one mapping; as a template on disk. */
function synthesized(onFailureOf: (stack: Stack) => OnFailure, props: Partial<KafkaMappingProps> = {}): string {
  const code = mkdtempSync(path.join(folder, 'code-'));
  writeFileSync(path.join(code, 'index.js'), 'exports.handler = async () => { throw new Error("not today"); };');
  const app = new App({ outdir: mkdtempSync(path.join(folder, 'out-')) });
  const stack = new Stack(app, 'Shop');
  new KafkaMapping(stack, 'Orders', {
    function: new lambda.Function(stack, 'Function', {
      runtime: lambda.Runtime.NODEJS_24_X,
      handler: 'index.handler',
      memorySize: 256,
      code: lambda.Code.fromAsset(code),
    }),
    source: source(),
    pollers: Pollers.provisioned({ minimum: 1, maximum: 2, pollerGroupName: 'shop' }),
    serviceMayDiscard: true,
    retryAttempts: 0,
    onFailure: onFailureOf(stack),
    ...props,
  });
  return app.synth().directory;
}

const bucket = (stack: Stack) => OnFailure.s3({ bucket: new s3.Bucket(stack, 'Discarded') as s3.IBucket });

test('the local event source reads what the options of a mapping make', () => {
  const directory = synthesized(bucket, {
    retryAttempts: 7,
    maxRecordAge: Duration.hours(1),
    bisectBatchOnError: true,
    batchSize: 10,
    maxBatchingWindow: Duration.seconds(2),
  });

  expect(readKafkaMappings(readStack(directory))).toMatchObject([
    {
      consumerGroupId: 'Shop-Orders',
      aliasName: 'Orders-partial',
      pollers: { minimum: 1, maximum: 2 },
      reportBatchItemFailures: true,
      maximumRetryAttempts: 7,
      maximumRecordAgeSeconds: 3600,
      bisectBatchOnFunctionError: true,
      batchSize: 10,
      batchingWindowMs: 2000,
      onFailure: { kind: 's3' },
    },
  ]);
});

const ran = (onFailureOf: (stack: Stack) => OnFailure) =>
  runLocal({ app: synthesized(onFailureOf), records: [{ key: 'a', value: 'first' }] });

test('what the service discards goes to the bucket, with the whole event', async () => {
  const { ok, records, documents } = await ran(bucket);

  expect([ok, records.map(({ outcome }) => outcome)]).toEqual([true, ['parked']]);
  const [{ destination, document } = {} as never] = documents;
  expect(destination.kind).toBe('s3');
  const [record] = JSON.parse((document as ObjectDocument).payload).records['orders-0'];
  expect(Buffer.from(record.value, 'base64').toString()).toBe('first');
});

test('what the service discards goes to the topic', async () => {
  const { ok, records, documents } = await ran(() => OnFailure.kafkaTopic('orders-failed'));

  expect([ok, records.map(({ outcome }) => outcome)]).toEqual([true, ['parked']]);
  // Nothing is left for the report: the broker took it.
  expect(documents).toEqual([]);
});
