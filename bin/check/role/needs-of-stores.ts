import { isObject } from '../../../local/template/template';
import { arnOf, type FoundResource, findBucket, findQueue, findTable, ofReplica } from '../stores';
import type { Subject } from '../subject';
import { type Asked, onKey } from './need';
import { ofStore, policiesBeside, policyWithin } from './store-policies';

/** As aws-cdk-lib grants reading and writing on a table with a key of the customer. */
const TABLE_KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncryptFrom', 'kms:GenerateDataKey'];
const TABLE_ACTIONS = ['BatchGetItem', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem', 'UpdateItem'];
/** S3 uses the second where the bucket has a key of its own below the customer's; SQS always asks for both. */
const WRITE_WITH_KEY = ['kms:GenerateDataKey', 'kms:Decrypt'];
const OPEN_FOR_EVER = 'Without it a record that fails for good stays open.';

/** What the runtime does on its table. */
export function* ofTable(subject: Subject): Asked {
  const table = findTable(subject);
  if (table === undefined) return;
  const text = arnOf(table);
  yield {
    what: `the idempotency table, ${text}`,
    actions: TABLE_ACTIONS.map((action) => `dynamodb:${action}`),
    resources: [{ text }],
    ofStore: ofStore(subject, [policyWithin(table, 'ResourcePolicy', 'PolicyDocument')]),
    why: 'The runtime reads by key, and inserts and updates under conditions, in PartiQL batches and in transactions.',
  };
  const key = () => ofReplica(table, 'SSESpecification', 'KMSMasterKeyId');
  yield* onKey('the key of the idempotency table', subject, key, TABLE_KEY_ACTIONS);
}

/** The runtime writes letters, and reads none. */
export function* ofLetters(subject: Subject): Asked {
  yield* ofQueue(subject);
  yield* ofBucket(subject);
}

function* ofQueue(subject: Subject): Asked {
  const url = subject.letters?.queueUrl;
  if (url === undefined) return;
  const text = queueArn(url);
  const queue = findQueue(subject);
  yield {
    what: `the queue of the dead letters, ${text}`,
    actions: ['sqs:SendMessage'],
    resources: [{ text }],
    ofStore:
      queue === undefined ? [] : ofStore(subject, policiesBeside(subject, queue, 'AWS::SQS::QueuePolicy', 'Queues')),
    why: OPEN_FOR_EVER,
  };
  const key = () => queue?.properties.value('KmsMasterKeyId');
  yield* onKey('the key of the queue', subject, key, WRITE_WITH_KEY);
}

/** A queue's URL ends with its account and its name, and its host names the region. */
function queueArn(url: string): string {
  const { hostname, pathname } = new URL(url);
  const [name = '', account = ''] = pathname.split('/').reverse();
  return `arn:aws:sqs:${hostname.split('.')[1] ?? ''}:${account}:${name}`;
}

function* ofBucket(subject: Subject): Asked {
  const bucket = subject.letters?.bucket;
  if (bucket === undefined) return;
  const folder = bucket.prefix === '' ? '' : `${bucket.prefix}/`;
  const found = findBucket(subject);
  const letters = `arn:aws:s3:::${bucket.name}/${folder}parked/`;
  yield {
    what: `the dead letters in the bucket, ${letters}*`,
    actions: ['s3:PutObject'],
    // One letter for all.
    resources: [{ text: `${letters}group/letter` }],
    ofStore:
      found === undefined ? [] : ofStore(subject, policiesBeside(subject, found, 'AWS::S3::BucketPolicy', 'Bucket')),
    why: OPEN_FOR_EVER,
  };
  yield* onKey('the key of the bucket', subject, () => bucketKey(found), WRITE_WITH_KEY);
}

function bucketKey(bucket: FoundResource | undefined): unknown {
  const [rule] = bucket?.properties.list('BucketEncryption', 'ServerSideEncryptionConfiguration') ?? [];
  const byDefault = isObject(rule) ? rule.ServerSideEncryptionByDefault : undefined;
  return isObject(byDefault) ? byDefault.KMSMasterKeyID : undefined;
}
