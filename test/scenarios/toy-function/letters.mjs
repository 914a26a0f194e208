/** Dead letters, written plainly: first the letter, then the parked item. */
import { call } from './database.mjs';
import { flaw } from './flaw.mjs';

const { AWS_ENDPOINT_URL_SQS, MSK_ONCE_DEAD_LETTERS, MSK_ONCE_TABLE } = process.env;
const QueueUrl = MSK_ONCE_DEAD_LETTERS.slice('sqs:'.length).split(',')[0];

/** By what is wrong with the record, what is wrong with its letter. */
function partOf({ value, headers }) {
  if (flaw !== 'bungles its letters') return undefined;
  if (value === undefined) return 'no letter';
  if (Buffer.from(value, 'base64')[0] === 0) return 'altered';
  return headers.length > 0 ? 'not closed' : 'once more';
}

export async function park(record, { mapping, attempts, error }) {
  const { consumer, source = '', generation } = mapping;
  const { topic, partition, offset } = record;
  const id = ['parked', consumer, source, generation, topic, partition, offset].join('#');
  const { Item } = await call('GetItem', { TableName: MSK_ONCE_TABLE, Key: { id: { S: id } }, ConsistentRead: true });
  if (Item) return true;
  const part = attempts === 1 ? partOf(record) : undefined;
  const now = new Date().toISOString();
  const letter = {
    mskOnce: 'letter/1',
    id,
    consumer,
    source,
    record: part === 'altered' ? { ...record, value: 'e30=' } : record,
    error: { name: error.name, message: error.message },
    attempts,
    firstFailure: now,
    lastFailure: now,
    functionVersion: '1',
  };
  if (part !== 'no letter') await send(letter);
  if (part === 'once more') {
    await send(letter);
    await send({ ...letter, id: id.replace(/\d+$/, '0'), record: { ...record, offset: 0 } });
  }
  if (part === 'not closed') return true;
  await call('PutItem', { TableName: MSK_ONCE_TABLE, Item: { id: { S: id }, outcome: { S: 'parked' } } });
  return true;
}

async function send(letter) {
  const response = await fetch(AWS_ENDPOINT_URL_SQS, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.SendMessageBatch' },
    body: JSON.stringify({ QueueUrl, Entries: [{ Id: '0', MessageBody: JSON.stringify(letter) }] }),
  });
  const { Successful = [] } = await response.json();
  if (Successful.length !== 1) throw new Error('The letter was not taken');
}
