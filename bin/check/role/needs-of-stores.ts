import { isObject } from '../../../local/template/template';
import { arnOf, type FoundResource, findBucket, findQueue, findTable, ofReplica } from '../stores';
import type { Subject } from '../subject';
import { type Need, onKey } from './need';

/** As aws-cdk-lib grants reading and writing on a table with a key of the customer. */
const TABLE_KEY_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:ReEncryptFrom', 'kms:GenerateDataKey'];
const TABLE_ACTIONS = ['BatchGetItem', 'PartiQLInsert', 'PartiQLUpdate', 'PutItem', 'UpdateItem'];
/** S3 uses the second where the bucket has a key of its own below the customer's; SQS always asks for both. */
const WRITE_WITH_KEY = ['kms:GenerateDataKey', 'kms:Decrypt'];
const OPEN_FOR_EVER = 'Without it a record that fails for good stays open.';

/** What the runtime does on its table. */
export function ofTable(subject: Subject): Need[] {
  const table = findTable(subject);
  if (table === undefined) return [];
  const text = arnOf(table);
  return [
    {
      what: `the idempotency table, ${text}`,
      actions: TABLE_ACTIONS.map((action) => `dynamodb:${action}`),
      resources: [{ text }],
      why: 'The runtime reads by key, and inserts and updates under conditions, in PartiQL batches and in transactions.',
    },
    ...onKey(
      'the key of the idempotency table',
      subject,
      ofReplica(table, 'SSESpecification', 'KMSMasterKeyId'),
      TABLE_KEY_ACTIONS,
    ),
  ];
}

/** The runtime writes letters, and reads none. */
export function ofLetters(subject: Subject): Need[] {
  return [...ofQueue(subject), ...ofBucket(subject)];
}

function ofQueue(subject: Subject): Need[] {
  const url = subject.letters?.queueUrl;
  if (url === undefined) return [];
  const text = queueArn(url);
  return [
    {
      what: `the queue of the dead letters, ${text}`,
      actions: ['sqs:SendMessage'],
      resources: [{ text }],
      why: OPEN_FOR_EVER,
    },
    ...onKey('the key of the queue', subject, findQueue(subject)?.properties.value('KmsMasterKeyId'), WRITE_WITH_KEY),
  ];
}

/** A queue's URL ends with its account and its name, and its host names the region. */
function queueArn(url: string): string {
  const { hostname, pathname } = new URL(url);
  const [name = '', account = ''] = pathname.split('/').reverse();
  return `arn:aws:sqs:${hostname.split('.')[1] ?? ''}:${account}:${name}`;
}

function ofBucket(subject: Subject): Need[] {
  const bucket = subject.letters?.bucket;
  if (bucket === undefined) return [];
  const folder = bucket.prefix === '' ? '' : `${bucket.prefix}/`;
  const letters = `arn:aws:s3:::${bucket.name}/${folder}parked/`;
  return [
    {
      what: `the dead letters in the bucket, ${letters}*`,
      actions: ['s3:PutObject'],
      // One letter for all.
      resources: [{ text: `${letters}group/letter` }],
      why: OPEN_FOR_EVER,
    },
    ...onKey('the key of the bucket', subject, bucketKey(findBucket(subject)), WRITE_WITH_KEY),
  ];
}

function bucketKey(bucket: FoundResource | undefined): unknown {
  const [rule] = bucket?.properties.list('BucketEncryption', 'ServerSideEncryptionConfiguration') ?? [];
  const byDefault = isObject(rule) ? rule.ServerSideEncryptionByDefault : undefined;
  return isObject(byDefault) ? byDefault.KMSMasterKeyID : undefined;
}
