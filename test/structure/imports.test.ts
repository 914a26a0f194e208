import { importsIn, readSource, sourceFiles, targetOf } from '../support/imports';

/** What the files of a zone may import; a file belongs to the first zone whose pattern it fits. */
interface Zone {
  readonly files: RegExp;
  /** Files of the project. */
  readonly may: RegExp;
  readonly packages: RegExp;
  /** What may be imported as a type, beside the above. */
  readonly types?: RegExp;
  readonly typePackages?: RegExp;
  /** Loads what it is told to at run time. */
  readonly computes?: true;
}

const NOTHING = /^$/;
const NODE = /^node:/;
const SDK_CLIENT = /^@aws-sdk\/client-dynamodb$/;

const ZONES: readonly Zone[] = [
  { files: /^contract\//, may: /^contract\//, packages: NOTHING },

  { files: /^handlers\/errors\//, may: /^(contract\/|handlers\/errors\/)/, packages: NOTHING },
  {
    files: /^handlers\/core\//,
    may: /^(contract\/|handlers\/(core\/|errors$))/,
    packages: /^node:crypto$/,
    types: /^handlers\/(?!entry\/)/,
  },
  {
    files: /^handlers\/record\//,
    may: /^(contract\/|handlers\/(record\/|core\/thenable$|errors$))/,
    packages: NOTHING,
    typePackages: /^@standard-schema\/spec$/,
  },
  // What producers put before a value.
  {
    files: /^handlers\/wire\//,
    may: /^(contract\/|handlers\/(wire\/|record\/utf8$|errors$))/,
    packages: /^node:zlib$/,
    types: /^handlers\/record\/codec$/,
  },
  // Codecs with entries of their own, each over a package that only its users have.
  {
    files: /^handlers\/avro\//,
    may: /^(contract\/|handlers\/(avro\/|wire\/|record\/validate$|core\/thenable$|errors$))/,
    packages: /^(avsc|node:buffer)$/,
    types: /^handlers\/record\/codec$/,
    typePackages: /^@standard-schema\/spec$/,
  },
  {
    files: /^handlers\/protobuf\//,
    may: /^(contract\/|handlers\/(protobuf\/|wire\/|record\/validate$|errors$))/,
    packages: /^protobufjs(\/ext\/protojson)?$/,
    types: /^handlers\/record\/codec$/,
    typePackages: /^(@standard-schema\/spec|protobufjs)$/,
  },
  // Decide and describe; what talks to a table is an adapter.
  {
    files: /^handlers\/(claims|ledger|parking|transaction)\/dynamodb-[a-z-]+\.ts$/,
    may: /^(contract\/|handlers\/((claims|ledger|parking|transaction)\/(?!dynamodb-(?!ledger-marks$)|memory-)|dynamodb\/|store\/unknown$|errors$))/,
    packages: SDK_CLIENT,
    types: /^handlers\/ports$/,
  },
  // Statements in batches, and what their errors mean.
  {
    files: /^handlers\/dynamodb\//,
    may: /^(contract\/|handlers\/(dynamodb\/|errors$))/,
    packages: SDK_CLIENT,
    types: /^handlers\/store\/unknown$/,
  },
  {
    files: /^handlers\/claims\//,
    may: /^(contract\/|handlers\/(claims\/(?!dynamodb-)|core\/|dynamodb\/item$|errors$|parking\/(?!dynamodb-|memory-)))/,
    packages: NOTHING,
    types: /^handlers\/(ports|store\/unknown|dynamodb\/statements)$/,
    typePackages: SDK_CLIENT,
  },
  {
    files: /^handlers\/ledger\//,
    may: /^(contract\/|handlers\/(ledger\/(?!dynamodb-)|errors$|parking\/(?!dynamodb-|memory-)))/,
    packages: /^node:crypto$/,
    types: /^handlers\/(ports|record\/parse-event|store\/unknown|dynamodb\/(statements|item))$/,
    typePackages: SDK_CLIENT,
  },
  // Parked items, and the outcomes of identities that turn with them.
  {
    files: /^handlers\/parking\//,
    may: /^(contract\/|handlers\/(parking\/(?!dynamodb-)|claims\/distinct$|dynamodb\/item$|errors$))/,
    packages: NOTHING,
    types: /^handlers\/(ports|store\/unknown|claims\/(claim-store|judge)|dynamodb\/statements)$/,
    typePackages: SDK_CLIENT,
  },
  // One client of the SDK each, loaded with the first letter.
  {
    files: /^handlers\/dead-letters\/sqs-client\.ts$/,
    may: /^handlers\/(dead-letters\/client-settings$|errors$)/,
    packages: /^@aws-sdk\/client-sqs$/,
    types: /^handlers\/dead-letters\//,
  },
  {
    files: /^handlers\/dead-letters\/s3-client\.ts$/,
    may: /^handlers\/(dead-letters\/client-settings$|errors$)/,
    packages: /^@aws-sdk\/client-s3$/,
    types: /^handlers\/dead-letters\//,
  },
  {
    files: /^handlers\/dead-letters\//,
    may: /^(contract\/|handlers\/(dead-letters\/|dynamodb\/gate$|errors$|store\/unknown$))/,
    packages: /^node:crypto$/,
    types: /^handlers\/(environment|parking\/parked)$/,
  },
  // The SDK's own way from plain values to attributes.
  {
    files: /^handlers\/transaction\/marshal\.ts$/,
    may: /^handlers\/errors$/,
    packages: /^@aws-sdk\/util-dynamodb$/,
    typePackages: SDK_CLIENT,
  },
  // Marks and identities of a transaction are the ledger's and the claims' own.
  {
    files: /^handlers\/transaction\//,
    may: /^(contract\/|handlers\/((claims|ledger|transaction)\/(?!dynamodb-)|parking\/(?!dynamodb-|memory-)|errors$))/,
    packages: /^node:util$/,
    types: /^handlers\/(ports|store\/unknown|dynamodb\/item)$/,
    typePackages: /^@aws-sdk\/(client|lib)-dynamodb$/,
  },
  // A whole store is put together of three doors, here and nowhere else.
  {
    files: /^handlers\/store\/dynamodb-store\.ts$/,
    may: /^handlers\/(claims|ledger|parking|transaction)\/dynamodb-/,
    packages: NOTHING,
    types: /^handlers\/(ports|store\/store)$/,
    typePackages: SDK_CLIENT,
  },
  {
    files: /^handlers\/store\/memory-store\.ts$/,
    may: /^handlers\/(claims|ledger|parking|transaction)\/memory-/,
    packages: NOTHING,
    types: /^handlers\/(ports|parking\/judge-parked|store\/store)$/,
  },
  {
    files: /^handlers\/store\//,
    may: /^handlers\/(store\/(?!dynamodb-|memory-)|core\/)/,
    packages: NOTHING,
    types: /^handlers\/(ports|(claims|ledger|parking|transaction)\/[a-z]+-store)$/,
  },
  {
    files: /^handlers\/engine\//,
    may: /^(contract\/|handlers\/(engine\/|core\/|errors$|record\/decode-key$|store\/settle$|transaction\/prepare-writes$))/,
    packages: /^node:events$/,
    types: /^handlers\/(ports|options|observe\/observer|record\/(codec|headers|parse-event)|store\/unknown)$/,
  },
  // The ways of remembering: what is decided about claims, ledger and transactions, and no adapter of theirs.
  {
    files: /^handlers\/remember\//,
    may: /^(contract\/|handlers\/(remember\/|engine\/|core\/|errors$|store\/(settle|unknown)$|(claims|ledger|parking|transaction)\/(?!dynamodb-|memory-)|dead-letters\/(dead-letters|letter)$))/,
    packages: /^node:events$/,
    types: /^handlers\/(ports|options|record\/parse-event)$/,
  },
  // What is told of an invocation: no package, of the engine what it is told, and nothing of how records are remembered.
  {
    files: /^handlers\/observe\//,
    may: /^(contract\/|handlers\/(observe\/|core\/thenable$|errors(\/|$)))/,
    packages: NOTHING,
    types: /^handlers\/(core\/(answer|mapping)|record\/(headers|parse-event))$/,
  },
  // An entry of its own, for people who use makeIdempotent alone: claims, and nothing of the engine.
  {
    files: /^handlers\/powertools\//,
    may: /^(contract\/|handlers\/(powertools\/|claims\/(?!memory-)|core\/|dynamodb\/|environment$|errors$|store\/(settle|unknown)$|transaction\/size$))/,
    packages:
      /^(@aws-lambda-powertools\/idempotency(\/persistence)?|@aws-sdk\/(client|util)-dynamodb|node:(async_hooks|crypto))$/,
    types: /^handlers\/ports$/,
  },
  // The composition root: it alone knows the store, the environment and the clock.
  {
    files: /^handlers\/process-records\.ts$/,
    may: /^(contract\/|handlers\/(?!entry\/|(avro|powertools|protobuf)(\/|$)|(claims|ledger|transaction|dynamodb)\/|(store|dead-letters)\/memory-))/,
    packages: /^(@aws-sdk\/client-dynamodb|node:crypto)$/,
  },
  // Writes to Kafka: deployed with the cluster of the demo only.
  {
    files: /^handlers\/entry\/(producer|shared\/kafka-connection)\.ts$/,
    may: /^handlers\/entry\/shared\//,
    packages: /^(aws-msk-iam-sasl-signer-js|kafkajs)$/,
  },
  {
    files: /^handlers\/entry\//,
    may: /^(contract\/|handlers\/(?!entry\/(?!shared\/)))/,
    packages: /^(@aws-sdk\/client-dynamodb|zod)$/,
  },
  {
    files: /^handlers\/index\.ts$/,
    may: /^(contract\/|handlers\/(errors$|process-records$|record\/|transaction\/builders$))/,
    packages: NOTHING,
    types: /^handlers\/(core\/|create-processor$|observe\/|options$|transaction\/transaction-write$)/,
  },
  {
    files: /^handlers\//,
    may: /^(contract\/|handlers\/(?!entry\/|(avro|powertools|protobuf)(\/|$)|dynamodb\/|process-records$|index$|(claims|ledger|transaction|store)\/(dynamodb|memory)-|dead-letters\/(dead-letters-from|memory-|s3-|sqs-)))/,
    packages: NOTHING,
  },

  { files: /^lib\//, may: /^(contract|lib)\//, packages: /^(aws-cdk-lib|constructs|node:.*)$/ },

  // Reads templates as people write them.
  { files: /^local\/template\/yaml-text\.ts$/, may: /^(contract|local)\//, packages: /^yaml$/ },
  { files: /^local\/worker\/runtime\//, may: /^(contract|local)\//, packages: NODE, computes: true },
  // Bundles the process that runs the deployed function.
  { files: /^local\/worker\/bootstrap-file\.ts$/, may: /^(contract|local)\//, packages: /^(esbuild|node:.*)$/ },
  // One client of the SDK each, loaded where it is first needed.
  { files: /^local\/destinations\/sqs-delivery\.ts$/, may: /^(contract|local)\//, packages: /^@aws-sdk\/client-sqs$/ },
  { files: /^local\/destinations\/s3-delivery\.ts$/, may: /^(contract|local)\//, packages: /^@aws-sdk\/client-s3$/ },
  { files: /^local\//, may: /^(contract|local)\//, packages: /^(kafkajs|node:.*)$/ },

  // Events are built without a look at how the runtime reads them.
  {
    files: /^testing\/(errors|record-name|record-bytes|test-record|kafka-event|fake-context|test-environment)\.ts$/,
    may: /^(contract\/|testing\/(errors|record-name|record-bytes|test-record|fake-context)$)/,
    packages: NOTHING,
  },
  // What drives and judges any handler knows nothing of ours.
  {
    files: /^testing\/(response|redelivery|deliver-until-done|took-effect-once)\.ts$/,
    may: /^(contract\/|testing\/(record-name|fake-context|response|redelivery)$)/,
    packages: /^node:assert$/,
  },
  {
    files: /^testing\/plain-write\.ts$/,
    may: NOTHING,
    packages: /^@aws-sdk\/util-dynamodb$/,
    types: /^handlers\/transaction\//,
  },
  { files: /^testing\/index\.ts$/, may: /^testing\//, packages: NOTHING, types: /^contract\// },
  // Runs the runtime without its adapters.
  {
    files: /^testing\//,
    may: /^(contract\/|testing\/|handlers\/(?!entry\/|dynamodb\/|powertools(\/|$)|process-records$|index$|.*\/dynamodb-))/,
    packages: /^node:(async_hooks|events)$/,
  },

  {
    files: /^bin\/(app|reference-stack|reference\/[\w-]+)\.ts$/,
    may: /^(contract\/|lib(\/|$)|bin\/(app$|reference-stack$|reference\/))/,
    packages: /^(aws-cdk-lib|cdk-nag|constructs|node:.*)$/,
  },
  {
    files: /^bin\/demo\//,
    may: /^(contract\/|handlers\/(?!entry\/)|local\/|bin\/(?!app$|reference(-stack$|\/)))/,
    // The data, Kafka's way to choose a partition, and the path of the command that it runs.
    packages: /^(vega-datasets|kafkajs|aws-cdk|node:.*)$/,
  },
  // Threads of a program that runs from source need what translates it.
  {
    files: /^bin\/simulator\/threads\.ts$/,
    may: /^bin\/simulator\//,
    packages: /^(tsx|node:.*)$/,
  },
  // The SDK's client with the engine in the place of the network.
  {
    files: /^bin\/simulator\/(simulated-client|client-pool)\.ts$/,
    may: /^(local\/(dynamodb|simulator)|bin\/simulator)\//,
    packages: /^@aws-sdk\/client-dynamodb$/,
  },
  // Sees when files are saved.
  {
    files: /^bin\/local\/watch\.ts$/,
    may: /^(contract\/|local\/|bin\/(?!app$|reference(-stack$|\/)))/,
    packages: /^(chokidar|node:.*)$/,
  },
  // One client of the SDK each, loaded where it is needed.
  { files: /^bin\/redrive\/sqs-messages\.ts$/, may: /^bin\/redrive\//, packages: /^@aws-sdk\/client-sqs$/ },
  { files: /^bin\/redrive\/s3-objects\.ts$/, may: /^bin\/redrive\//, packages: /^@aws-sdk\/client-s3$/ },
  { files: /^bin\/redrive\/lambda-invoke\.ts$/, may: /^bin\/redrive\//, packages: /^@aws-sdk\/client-lambda$/ },
  // Judges what the reader of templates gives.
  {
    files: /^bin\/check\//,
    may: /^(contract\/|local\/(errors$|template\/)|bin\/(check\/|command-line$))/,
    packages: /^node:path$/,
  },
  {
    files: /^bin\//,
    may: /^(contract\/|handlers\/(?!entry\/)|local\/|bin\/(?!app$|reference(-stack$|\/)))/,
    packages: NODE,
  },
];

function violationsIn(file: string, text: string): string[] {
  const zone = ZONES.find(({ files }) => files.test(file));
  if (!zone) return [`${file} belongs to no zone`];
  return importsIn(text).flatMap(({ specifier, isTypeOnly, line }) => {
    const place = `${file}:${line}`;
    if (specifier === undefined) return zone.computes ? [] : [`${place} computes what it imports`];
    const target = targetOf(file, specifier);
    const isAllowed =
      'file' in target
        ? zone.may.test(target.file) || (isTypeOnly && zone.types?.test(target.file))
        : zone.packages.test(target.package) || (isTypeOnly && zone.typePackages?.test(target.package));
    return isAllowed ? [] : [`${place} imports ${specifier}`];
  });
}

describe('who may import whom', () => {
  test.each(['contract', 'handlers', 'lib', 'local', 'testing', 'bin'])('%s keeps to its rule', (folder) => {
    const files = sourceFiles([folder]);

    const violations = files.flatMap((file) => violationsIn(file, readSource(file)));

    expect(files.length).toBeGreaterThan(0);
    expect(violations).toEqual([]);
  });
});

describe('the rules see what they are for', () => {
  test.each<[string, string]>([
    ['contract/event.ts', "import { join } from 'node:path';"],
    ['contract/event.ts', "export * from '../handlers/errors';"],
    ['handlers/errors/store.ts', "import type { Mapping } from '../core/mapping';"],
    ['handlers/core/lanes.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['handlers/core/lanes.ts', "import { settle } from '../store/settle';"],
    ['handlers/core/lanes.ts', "import { setTimeout } from 'node:timers/promises';"],
    ['handlers/core/lanes.ts', "import { type Log, jsonLog } from '../observe/log';"],
    ['handlers/record/json.ts', "import * as z from 'zod';"],
    ['handlers/record/json.ts', "import { unwrapGlue } from '../wire/glue';"],
    ['handlers/record/json.ts', "import { Type } from 'avsc';"],
    ['handlers/wire/unwrap.ts', "import { avro } from '../avro';"],
    ['handlers/avro/avro.ts', "import { protobuf } from '../protobuf';"],
    ['handlers/protobuf/protobuf.ts', "import { Type } from 'avsc';"],
    ['handlers/index.ts', "export { avro } from './avro';"],
    ['handlers/create-processor.ts', "import { protobuf } from './protobuf';"],
    ['handlers/process-records.ts', "import { avro } from './avro';"],
    ['handlers/record/json.ts', "import { RecordState } from '../engine/record-state';"],
    ['handlers/core/lanes.ts', "import { closedIn } from '../ledger/closed';"],
    ['handlers/store/settle.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['handlers/store/settle.ts', "import { Invocation } from '../engine/invocation';"],
    ['handlers/store/store.ts', "import { DynamoDbLedgerStore } from '../ledger/dynamodb-ledger-store';"],
    ['handlers/store/memory-store.ts', "import { DynamoDbClaimStore } from '../claims/dynamodb-claim-store';"],
    ['handlers/store/dynamodb-store.ts', "import { MemoryLedgerStore } from '../ledger/memory-ledger-store';"],
    ['handlers/claims/judge.ts', "import { Statements } from '../dynamodb/statements';"],
    ['handlers/claims/judge.ts', "import { closedIn } from '../ledger/closed';"],
    ['handlers/claims/memory-claim-store.ts', "import { DynamoDbClaimStore } from './dynamodb-claim-store';"],
    ['handlers/claims/dynamodb-claim-store.ts', "import { Scope } from '../engine/scope';"],
    ['handlers/ledger/advance.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['handlers/ledger/advance.ts', "import { Statements } from '../dynamodb/statements';"],
    ['handlers/ledger/advance.ts', "import { parseEvent } from '../record/parse-event';"],
    ['handlers/ledger/advance.ts', "import { DynamoDbLedgerStore } from './dynamodb-ledger-store';"],
    ['handlers/ledger/advance.ts', "import { blame } from '../transaction/blame';"],
    ['handlers/parking/parked-item.ts', "import { Statements } from '../dynamodb/statements';"],
    ['handlers/parking/judge-parked.ts', "import { judge } from '../claims/judge';"],
    ['handlers/ledger/ledger-item.ts', "import { DynamoDbParkingStore } from '../parking/dynamodb-parking-store';"],
    ['handlers/dead-letters/bucket.ts', "await import('@aws-sdk/client-s3');"],
    ['handlers/dead-letters/s3-client.ts', "await import('@aws-sdk/client-sqs');"],
    ['handlers/dead-letters/letter.ts', "import { parkedId } from '../parking/parked';"],
    ['handlers/create-processor.ts', "import { deadLettersFrom } from './dead-letters/dead-letters-from';"],
    ['handlers/process-records.ts', "import { MemoryDeadLetters } from './dead-letters/memory-dead-letters';"],
    ['handlers/transaction/group.ts', "import { marshall } from '@aws-sdk/util-dynamodb';"],
    ['handlers/transaction/group.ts', "import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';"],
    ['handlers/transaction/builders.ts', "import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';"],
    ['handlers/transaction/blame.ts', "import { CommitQueue } from '../remember/commit-queue';"],
    ['handlers/dynamodb/statements.ts', "import { judge } from '../claims/judge';"],
    ['handlers/remember/identity-memory.ts', "import { DynamoDbClaimStore } from '../claims/dynamodb-claim-store';"],
    ['handlers/remember/ledger-memory.ts', "import { MemoryLedgerStore } from '../ledger/memory-ledger-store';"],
    ['handlers/remember/ledger-memory.ts', "import { Statements } from '../dynamodb/statements';"],
    ['handlers/remember/partition.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['handlers/remember/partition.ts', "import { createProcessor } from '../create-processor';"],
    ['handlers/engine/invocation.ts', "import { LedgerMemory } from '../remember/ledger-memory';"],
    ['handlers/engine/invocation.ts', "import { advance } from '../ledger/advance';"],
    ['handlers/powertools/claim-door.ts', "import { createProcessor } from '../create-processor';"],
    ['handlers/powertools/claim-door.ts', "import { advance } from '../ledger/advance';"],
    ['handlers/create-processor.ts', "import { DynamoDbStore } from './store/dynamodb-store';"],
    ['handlers/create-processor.ts', "import { MemoryStore } from './store/memory-store';"],
    ['handlers/create-processor.ts', "import { OncePersistenceLayer } from './powertools';"],
    ['handlers/observe/otel-tracing.ts', "import { trace } from '@opentelemetry/api';"],
    ['handlers/observe/powertools-metrics.ts', "import { Metrics } from '@aws-lambda-powertools/metrics';"],
    ['handlers/observe/tell.ts', "import { RecordState } from '../engine/record-state';"],
    ['handlers/observe/tell.ts', "import { codeOf } from '../remember/partition';"],
    ['handlers/process-records.ts', "import { DynamoDbClaimStore } from './claims/dynamodb-claim-store';"],
    ['handlers/process-records.ts', "import { MemoryStore } from './store/memory-store';"],
    ['handlers/engine/invocation.ts', "import { DynamoDbClaimStore } from '../claims/dynamodb-claim-store';"],
    ['handlers/engine/invocation.ts', "import { processRecords } from '../process-records';"],
    ['handlers/create-processor.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['handlers/create-processor.ts', "import { App } from 'aws-cdk-lib';"],
    ['handlers/process-records.ts', "import { Construct } from 'constructs';"],
    ['handlers/process-records.ts', "import { KafkaProcessor } from '../lib';"],
    ['handlers/process-records.ts', "import '../local/errors';"],
    ['handlers/process-records.ts', "export { handler } from './entry/flights';"],
    ['handlers/process-records.ts', "import { usage } from '../bin/usage';"],
    ['handlers/transaction/marshal.ts', "import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';"],
    ['handlers/transaction/group.ts', "import { DynamoDbTransactionStore } from './dynamodb-transaction-store';"],
    ['handlers/powertools/index.ts', "import { processRecords } from '../process-records';"],
    ['handlers/engine/invocation.ts', "import { OncePersistenceLayer } from '../powertools/index';"],
    ['handlers/entry/flights.ts', "import { handler } from './orders';"],
    ['handlers/entry/flights.ts', "import { Stack } from 'aws-cdk-lib';"],
    ['handlers/entry/flights.ts', "import { Kafka } from 'kafkajs';"],
    ['handlers/entry/producer.ts', "import { json } from '../index';"],
    ['bin/reference/demo-cluster.ts', "import { handler } from '../../handlers/entry/producer';"],
    ['bin/iam/main.ts', "import { ReferenceStack } from '../reference-stack';"],
    ['bin/iam/report.ts', "import { DemoCluster } from '../reference/demo-cluster';"],
    ['handlers/index.ts', "export { DynamoDbClaimStore } from './claims/dynamodb-claim-store';"],
    ['handlers/index.ts', "export { OncePersistenceLayer } from './powertools';"],
    ['handlers/index.ts', "export { createProcessor } from './create-processor';"],
    ['lib/kafka-source.ts', "import { processRecords } from '../handlers';"],
    ['lib/kafka-source.ts', "import type { Handler } from '../handlers';"],
    ['lib/kafka-source.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['lib/kafka-source.ts', "const entry = require('../handlers/entry/flights');"],
    ['local/broker/broker.ts', "import { parseEvent } from '../../handlers/record/parse-event';"],
    ['local/broker/broker.ts', "import type { Handler } from '../../handlers';"],
    ['local/broker/broker.ts', "import { KafkaProcessor } from '../../lib';"],
    ['local/broker/broker.ts', "await import('@aws-sdk/client-dynamodb');"],
    ['local/broker/broker.ts', "import { App } from 'aws-cdk-lib';"],
    ['local/template/parse-template.ts', "import { parse } from 'yaml';"],
    ['local/destinations/sqs-delivery.ts', "await import('@aws-sdk/client-s3');"],
    ['local/destinations/delivery-for.ts', "await import('@aws-sdk/client-sqs');"],
    ['local/broker/broker.ts', "import { usage } from '../../bin/usage';"],
    ['local/broker/broker.ts', 'await import(file);'],
    ['testing/kafka-event.ts', "import { parseEvent } from '../handlers/record/parse-event';"],
    ['testing/kafka-event.ts', "import { eventOf } from '../local/event-source/event';"],
    ['testing/deliver-until-done.ts', "import type { Handler } from '../handlers/create-processor';"],
    ['testing/test-processor.ts', "import { processRecords } from '../handlers';"],
    ['testing/test-processor.ts', "import { DynamoDbStore } from '../handlers/store/dynamodb-store';"],
    ['testing/test-processor.ts', "import { VirtualTime } from '../test/support/virtual-world';"],
    ['testing/test-processor.ts', "import { DynamoDbEngine } from '../local/dynamodb/engine/engine';"],
    ['testing/took-effect-once.ts', "import { expect } from '@jest/globals';"],
    ['handlers/process-records.ts', "import { TestClock } from '../testing/test-clock';"],
    ['local/broker/broker.ts', "import { kafkaEvent } from '../../testing';"],
    ['bin/cli.ts', "import { kafkaEvent } from '../testing';"],
    ['bin/app.ts', "import { processRecords } from '../handlers';"],
    ['bin/app.ts', "import { serve } from '../local/servers/servers';"],
    ['bin/reference-stack.ts', "import { handler } from '../handlers/entry/flights';"],
    ['bin/cli.ts', "import { app } from './app';"],
    ['bin/simulator/world.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['bin/simulator/simulated-client.ts', "import { processRecords } from '../../handlers';"],
    ['bin/cli.ts', "import { App } from 'aws-cdk-lib';"],
    ['bin/check/subject.ts', "import { KafkaProcessor } from '../../lib';"],
    ['bin/check/letters-place.ts', "import { parseDeadLetters } from '../../handlers/dead-letters/place';"],
    ['bin/check/check-template.ts', "import { startWorker } from '../../local/worker/worker';"],
    ['bin/redrive/sqs-messages.ts', "await import('@aws-sdk/client-s3');"],
    ['bin/redrive/redrive-run.ts', "import { LambdaClient } from '@aws-sdk/client-lambda';"],
    ['bin/local/view.ts', "import { watch } from 'chokidar';"],
    ['bin/local/watch.ts', "import { App } from 'aws-cdk-lib';"],
    ['bin/commands/servers.ts', "import { KafkaProcessor } from '../../lib';"],
    ['bin/commands/servers.ts', "import { handler } from '../../handlers/entry/flights';"],
    ['bin/commands/servers.ts', "import { world } from '../../test/support/virtual-world';"],
    ['bin/commands/servers.ts', "import '../../docs/examples/orders';"],
    ['bin/commands/servers.ts', "import '../../bench/stores';"],
    ['scripts/release.ts', ''],
  ])('%s may not: %s', (file, text) => {
    expect(violationsIn(file, text)).toHaveLength(1);
  });

  test.each<[string, string]>([
    ['handlers/core/lanes.ts', "import type { RawRecord } from '../record/parse-event';"],
    ['handlers/core/lanes.ts', "import { type RawRecord } from '../record/parse-event';"],
    ['handlers/core/lanes.ts', "// import { App } from 'aws-cdk-lib';"],
    ['handlers/core/lanes.ts', 'const text = "import x from \'aws-cdk-lib\'";'],
    ['handlers/claims/claim-item.ts', "import type { AttributeValue } from '@aws-sdk/client-dynamodb';"],
    ['handlers/ledger/advance.ts', "import type { RawRecord } from '../record/parse-event';"],
    [
      'handlers/transaction/transaction-write.ts',
      "import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';",
    ],
    ['handlers/process-records.ts', "import { DynamoDbStore } from './store/dynamodb-store';"],
    ['handlers/create-processor.ts', "import { LedgerMemory } from './remember/ledger-memory';"],
    [
      'lib/kafka-processor.ts',
      "import { Duration } from 'aws-cdk-lib';\nimport * as lambda from 'aws-cdk-lib/aws-lambda';",
    ],
    ['bin/reference-stack.ts', "import { KafkaProcessor } from '../lib';"],
    ['local/worker/runtime/load-handler.ts', 'await import(file);'],
  ])('%s may: %s', (file, text) => {
    expect(violationsIn(file, text)).toEqual([]);
  });
});

describe('every way to import is seen', () => {
  test.each<[string, string | undefined, boolean]>([
    ["import a from 'x';", 'x', false],
    ["import 'x';", 'x', false],
    ["import * as a from 'x';", 'x', false],
    ["import { a, type B } from 'x';", 'x', false],
    ["import type { B } from 'x';", 'x', true],
    ["import { type A, type B } from 'x';", 'x', true],
    ["import a, { type B } from 'x';", 'x', false],
    ["import {} from 'x';", 'x', false],
    ["export * from 'x';", 'x', false],
    ["export * as a from 'x';", 'x', false],
    ["export { a } from 'x';", 'x', false],
    ["export type { A } from 'x';", 'x', true],
    ["export { type A } from 'x';", 'x', true],
    ["import a = require('x');", 'x', false],
    ["const a = require('x');", 'x', false],
    ["const a = require.resolve('x');", 'x', false],
    ['const a = require(`x`);', 'x', false],
    ["const a = await import('x');", 'x', false],
    ["function f() { return () => import('x'); }", 'x', false],
    ["let a: import('x').A;", 'x', true],
    ["let a: typeof import('x');", 'x', true],
    ['const a = await import(name);', undefined, false],
    ['const a = require(folder + name);', undefined, false],
  ])('%s', (text, specifier, isTypeOnly) => {
    expect(importsIn(text)).toEqual([{ specifier, isTypeOnly, line: 1 }]);
  });
});
