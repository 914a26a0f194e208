import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { KafkaEventRecord } from '../../contract/event';
import { Auth, KafkaProcessor, KafkaSource, Pollers } from '../../lib';
import { startS3 } from '../../local/aws/s3/s3-stand-in';
import { startSqs } from '../../local/aws/sqs/sqs-stand-in';
import { DynamoDbApi } from '../../local/dynamodb/dynamodb-api';
import { startEmbeddedDynamoDb } from '../../local/dynamodb/embedded';
import { openInvoke } from '../../local/invoke/open-invoke';
import { createMissingTables } from '../../local/run/tables';
import type { KafkaMapping } from '../../local/template/kafka-mapping';
import { readKafkaMappings } from '../../local/template/kafka-mappings';
import { readStack } from '../../local/template/stack';
import { readTables } from '../../local/template/tables';
import { startEffects } from './effects';

const CLUSTER = 'arn:aws:kafka:us-east-1:111122223333:cluster/shop/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7';
const KEY = 'local';

/** Synthesizes and bundles the function, as a deployment does. */
function synthesize(directory: string): void {
  const app = new App({ outdir: directory });
  new KafkaProcessor(new Stack(app, 'Shop'), 'Orders', {
    entry: path.join(__dirname, 'function', 'orders.ts'),
    source: KafkaSource.msk({ clusterArn: CLUSTER, topic: 'orders', auth: Auth.iam() }),
    pollers: Pollers.provisioned({ minimum: 1, maximum: 1 }),
    environment: { EFFECTS_URL: '' },
  });
  app.synth();
}

/** The clock of the stand-ins: who waits by it has waited. */
class QuickTime {
  #aheadMs = 0;

  readonly now = () => Date.now() + this.#aheadMs;

  readonly sleep = (ms: number) => {
    this.pass(ms);
    return new Promise<void>((resolve) => setImmediate(resolve));
  };

  pass(ms: number): void {
    this.#aheadMs += ms;
  }
}

export type Deployment = Awaited<ReturnType<typeof deploy>>;

/** The bundled function of a synthesized template in a real process, with everything around it in this one. */
export async function deploy() {
  const directory = mkdtempSync(path.join(tmpdir(), 'msk-once-test-'));
  synthesize(directory);
  const stack = readStack(directory);
  const [mapping] = readKafkaMappings(stack);
  if (!mapping) throw new Error('no mapping');
  const time = new QuickTime();
  const [dynamodb, sqs, s3, effects] = await Promise.all([
    startEmbeddedDynamoDb(),
    startSqs(time),
    startS3(),
    startEffects(),
  ]);
  const database = new DynamoDbApi(dynamodb.endpoint);
  await createMissingTables(database, readTables(stack));
  const queue = sqs.queues.create('letters');
  const bucket = s3.buckets.create('letters');
  const lambdas: { readonly close: () => Promise<void> }[] = [];

  return {
    mapping,
    time,
    effects,
    queue,
    queueUrl: `${sqs.endpoint}/000000000000/letters`,
    bucket,
    functionName: `${mapping.functionName}:${mapping.aliasName}`,
    /** Variables of a process that is to reach all of it. */
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: KEY,
      AWS_SECRET_ACCESS_KEY: KEY,
      AWS_ENDPOINT_URL_SQS: sqs.endpoint,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    },
    /** Lambda, with letters going to that place. Gives its endpoint. */
    serve(deadLetters: string): Promise<string> {
      return this.serveFunction(mapping, deadLetters);
    },
    /** The same name and alias, with other code behind it. */
    serveOther(code: string): Promise<string> {
      const assetPath = path.join(directory, 'other');
      mkdirSync(assetPath);
      writeFileSync(path.join(assetPath, 'index.js'), code);
      return this.serveFunction({ ...mapping, function: { ...mapping.function, assetPath } }, '');
    },
    async serveFunction(served: KafkaMapping, deadLetters: string): Promise<string> {
      const environment = {
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
        AWS_ENDPOINT_URL_SQS: sqs.endpoint,
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        MSK_ONCE_DEAD_LETTERS: deadLetters,
        EFFECTS_URL: effects.url,
      };
      const lambda = await openInvoke({ mappings: [served], environment });
      lambdas.push(lambda);
      return lambda.endpoint;
    },
    /** All items of the idempotency table, in the order of their keys. */
    async items(): Promise<readonly object[]> {
      const TableName = mapping.function.environment.MSK_ONCE_TABLE;
      const { Items } = await database.call<{ Items: { id: { S: string } }[] }>('Scan', { TableName });
      return Items.toSorted((a, b) => (a.id.S < b.id.S ? -1 : 1));
    },
    async stop(): Promise<void> {
      await Promise.all(lambdas.map((lambda) => lambda.close()));
      await Promise.all([dynamodb.close(), sqs.close(), s3.close(), effects.close()]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** An order as Lambda delivers it. */
export function order(offset: number, id: string, padding = ''): KafkaEventRecord {
  const value = Buffer.from(JSON.stringify({ id, padding })).toString('base64');
  const timestamp = 1_790_000_000_000 + offset;
  return {
    topic: 'orders',
    partition: offset % 2,
    offset,
    timestamp,
    timestampType: 'CREATE_TIME',
    value,
    headers: [],
  };
}

export function eventOf(orders: readonly KafkaEventRecord[]) {
  const records = {
    'orders-0': orders.filter(({ partition }) => partition === 0),
    'orders-1': orders.filter(({ partition }) => partition === 1),
  };
  return { eventSource: 'aws:kafka', eventSourceArn: CLUSTER, bootstrapServers: 'b-1:9098', records };
}
