/**
 * The reference function once more, by claims, written plainly and on its own. `flaw.mjs` says which rule it breaks:
 * with `none` the verdict has to hold, and with any other it has to fail.
 */
import { createHash, randomUUID } from 'node:crypto';
import { call } from './database.mjs';
import { flaw } from './flaw.mjs';
import { park } from './letters.mjs';

const MAXIMUM_ATTEMPTS = 5;
/** Nobody waits for a lease that can be stolen, so it may be long: then it has not run out when it is. */
const LEASE_MS = flaw === 'steals leases' ? 60_000 : 2_000;
const { COUNTERS_TABLE, MSK_ONCE_TABLE } = process.env;
const [mapping] = Object.values(JSON.parse(process.env.MSK_ONCE_MAPPINGS));

export const handler = async ({ records }, context) => {
  const open = await Promise.all(
    Object.values(records).map((array) => runLane(flaw === 'reverses the order' ? array.toReversed() : array, context)),
  );
  const failures = open.flat().map(({ topic, partition, offset }) => ({
    itemIdentifier: { partition: `${topic}-${partition}`, offset },
  }));
  return { batchItemFailures: flaw === 'drops failures from its report' ? [] : failures };
};

/** Gives the records that are open. */
async function runLane(array, context) {
  for (const [index, record] of array.entries()) {
    if (await runOnce(record, context).catch(() => false)) continue;
    if (flaw !== 'drops failures from its report') return array.slice(index);
  }
  return [];
}

async function runOnce(record, context) {
  const flight = flightIn(record);
  if (flight === undefined) return park(record, { mapping, attempts: 1, error: new Error('It cannot be read') });
  const isToCome = Date.parse(flight.date) > Date.now();
  if (flaw === 'remembers nothing') return isToCome || takeEffect(record, flight);
  const { date, origin, destination, distance, delay } = flight;
  const identity = JSON.stringify([date, origin, destination, distance, delay].join('|'));
  const id = `${mapping.consumer}#${record.topic}#${createHash('sha256').update(identity).digest('base64')}`;
  const token = randomUUID();
  const { claim, attempts } = await claimed(id, token, context);
  if (claim !== 'ours') return claim === 'closed';
  if (isToCome) return fail(record, id, token, attempts + 1);
  try {
    await takeEffect(record, flight);
    if (flaw === 'repeats an effect' && record.offset % 40 === 7) await takeEffect(record, flight);
  } catch (error) {
    await set(id, token, { in_progress_expiration: { N: '0' } });
    throw error;
  }
  return (await set(id, token, { status: { S: 'COMPLETED' } })) !== undefined;
}

function flightIn({ value }) {
  try {
    const flight = JSON.parse(Buffer.from(value, 'base64'));
    return Number.isInteger(flight.delay) ? flight : undefined;
  } catch {
    return undefined;
  }
}

async function fail(record, id, token, attempts) {
  if (attempts < MAXIMUM_ATTEMPTS) {
    await set(id, token, { in_progress_expiration: { N: '0' }, attempts: { N: String(attempts) } });
    return false;
  }
  await park(record, { mapping, attempts, error: new Error('It is still to come') });
  return (await set(id, token, { status: { S: 'COMPLETED' } })) !== undefined;
}

async function takeEffect({ topic, partition, offset }, { origin, delay }) {
  await call('UpdateItem', {
    TableName: COUNTERS_TABLE,
    Key: { airport: { S: origin } },
    UpdateExpression: 'ADD flights :one, delayMinutes :delay SET lastRecord = :record',
    ExpressionAttributeValues: {
      ':one': { N: '1' },
      ':delay': { N: String(delay) },
      ':record': { S: `${topic}-${partition}@${offset}` },
    },
  });
  return true;
}

/** One request asks and takes: a partition that moves has then been stolen from by the time that its rival has asked. */
async function claimed(id, token, context) {
  const runOut = flaw === 'steals leases' ? '' : ' AND in_progress_expiration < :now';
  while (context.getRemainingTimeInMillis() > 500) {
    const nowMs = Date.now();
    const taken = await call('UpdateItem', {
      TableName: MSK_ONCE_TABLE,
      Key: { id: { S: id } },
      UpdateExpression: 'SET #status = :inProgress, #owner = :token, in_progress_expiration = :leaseUntil',
      ConditionExpression: `attribute_not_exists(id) OR (#status = :inProgress${runOut})`,
      ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner' },
      ExpressionAttributeValues: {
        ':inProgress': { S: 'INPROGRESS' },
        ':token': { S: token },
        ':leaseUntil': { N: String(nowMs + LEASE_MS) },
        ...(runOut && { ':now': { N: String(nowMs) } }),
      },
      ReturnValues: 'ALL_NEW',
    });
    if (taken) return { claim: 'ours', attempts: Number(taken.Attributes.attempts?.N ?? 0) };
    const { Item } = await call('GetItem', { TableName: MSK_ONCE_TABLE, Key: { id: { S: id } }, ConsistentRead: true });
    if (Item?.status.S === 'COMPLETED') return { claim: 'closed' };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { claim: 'busy' };
}

function set(id, token, attributes) {
  const names = Object.keys(attributes);
  return call('UpdateItem', {
    TableName: MSK_ONCE_TABLE,
    Key: { id: { S: id } },
    UpdateExpression: `SET ${names.map((_, n) => `#a${n} = :v${n}`).join(', ')}`,
    ConditionExpression: '#owner = :owner AND #status = :inProgress',
    ExpressionAttributeNames: {
      '#owner': 'owner',
      '#status': 'status',
      ...Object.fromEntries(names.map((name, n) => [`#a${n}`, name])),
    },
    ExpressionAttributeValues: {
      ':owner': { S: token },
      ':inProgress': { S: 'INPROGRESS' },
      ...Object.fromEntries(names.map((name, n) => [`:v${n}`, attributes[name]])),
    },
  });
}
