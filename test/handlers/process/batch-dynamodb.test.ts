import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createProcessor } from '../../../handlers/create-processor';
import { type BatchResult, type ProcessedRecord, settingsOf } from '../../../handlers/options';
import { DynamoDbStore } from '../../../handlers/store/dynamodb-store';
import { Letters } from '../../support/letters';
import { TABLE, TableWorld } from '../../support/table-world';
import { ARN, batches, event, failures, ids, MAPPINGS, type Order } from '../../support/virtual-world';

type Call = (records: readonly ProcessedRecord<Order>[], signal: AbortSignal) => BatchResult | Promise<BatchResult>;

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `o${index}`);

/** Workers over the adapter for DynamoDB and the in-process engine, each delivery a new one. */
async function open(way: 'ledger' | 'identity', given: Parameters<typeof batches>[1] = {}) {
  const table = await TableWorld.start(way);
  const deadLetters = new Letters();
  const sent: string[] = [];
  let tokens = 0;
  const deliver = async (call: Call, names: readonly string[], remainingMs = 60_000) => {
    const options = batches((records, { signal }) => call(records, signal), {
      ...(way === 'identity' ? { identity: ({ value }: { readonly value: Order }) => value.id } : {}),
      ...given,
    });
    const client = {
      send: (command: { readonly constructor: { readonly name: string } }) => {
        sent.push(command.constructor.name);
        return table.client.send(command as never);
      },
    };
    const rules = { clock: table.time.clock, clockSkewMs: 1_000, rememberForSeconds: 3_600 };
    const handler = createProcessor(settingsOf(options), MAPPINGS, {
      clock: table.time.clock,
      sleep: table.time.sleep,
      random: {
        fraction: () => 0.5,
        token: () => {
          tokens += 1;
          return `token-${tokens}`;
        },
      },
      store: new DynamoDbStore({ client: client as never, table: TABLE, ...rules }),
      deadLetters,
      log: { info: () => undefined, error: () => undefined },
      exit: () => {
        throw new Error('the process was ended');
      },
    });
    const endsAtMs = table.time.nowMs + remainingMs;
    const answer = await handler(event({ 0: ids(...names) }), {
      invokedFunctionArn: `${ARN}:Orders-partial`,
      getRemainingTimeInMillis: () => endsAtMs - table.time.nowMs,
    });
    return failures(answer);
  };
  const items = async (): Promise<Record<string, AttributeValue>[]> => {
    const all = await table.items();
    return all.filter(({ id }) => !id?.S?.startsWith('parked#'));
  };
  return { table, deadLetters, sent, deliver, items };
}

/** Items of open records with an attempt: whatever a ledger writes there holds some. */
const counted = (items: readonly Record<string, AttributeValue>[]) =>
  items.filter(({ attempts }) => Number(attempts?.N ?? 0) > 0 || (attempts?.B?.length ?? 0) > 0);

describe.each(['ledger', 'identity'] as const)('processBatch on DynamoDB, remembering by %s', (way) => {
  test('P1, P5: a poison record among 200: one item counts, for it alone, and at the end it is parked', async () => {
    const { deliver, items, deadLetters } = await open(way, { maxAttempts: 2, order: 'none' });
    const attempts = new Map<string, number>();
    const call: Call = (records) => {
      for (const { value, attempt } of records) {
        attempts.set(value.id, Math.max(attempt, attempts.get(value.id) ?? 0));
      }
      if (records.some(({ value }) => value.id === 'o137')) throw new Error('no');
    };

    expect(await deliver(call, numbered(200))).toEqual(['orders-0@137']);
    expect(counted(await items())).toHaveLength(1);
    expect(await deliver(call, numbered(200))).toEqual([]);

    expect(counted(await items()).filter(({ outcome }) => outcome?.S !== 'parked')).toEqual([]);
    expect(deadLetters.all.map(({ record, attempts: all }) => [record.offset, all])).toEqual([[137, 2]]);
    expect([...attempts].filter(([, most]) => most > 1)).toEqual([['o137', 2]]);
  });

  test('P2: that a call was cut off is durable: its records run singly, and then no more', async () => {
    const { deliver, items, table } = await open(way);
    const sizes: number[] = [];
    const call: Call = async (records, signal) => {
      sizes.push(records.length);
      await table.time.sleep(records.length > 1 ? 60_000 : 1, signal);
      signal.throwIfAborted();
    };

    expect(await deliver(call, numbered(30), 20_000)).toHaveLength(30);
    expect(counted(await items())).toEqual([]);
    expect(await deliver(call, numbered(30), 20_000)).toEqual([]);
    expect(await deliver(async (records) => void sizes.push(records.length), numbered(40), 20_000)).toEqual([]);

    expect(sizes).toEqual([30, ...Array(30).fill(1), 10]);
  });
});

test('identity: the claims and the marks of a call travel in whole requests', async () => {
  const { deliver, sent } = await open('identity');

  expect(await deliver(() => undefined, numbered(100))).toEqual([]);

  // One probe, four requests of 25 claims, four of 25 marks.
  expect(sent.filter((name) => name === 'BatchExecuteStatementCommand')).toHaveLength(8);
  expect(sent).toHaveLength(9);
});

test('ledger: a call costs a claim and a mark', async () => {
  const { deliver, sent } = await open('ledger');
  expect(await deliver(() => undefined, numbered(1))).toEqual([]);
  const before = sent.length;

  expect(await deliver(() => undefined, numbered(100))).toEqual([]);

  expect(sent.slice(before)).toHaveLength(2);
});

test('ledger: what is to run singly is one range, and nothing of it is left when all is closed', async () => {
  const { deliver, items } = await open('ledger');
  const bad =
    (names: readonly string[]): Call =>
    (records) => {
      if (records.some(({ value }) => names.includes(value.id)))
        throw Object.assign(new Error('no'), { retryAfterMs: 60_000 });
    };
  const singly = async () => (await items())[0]?.singly?.L?.map(({ L }) => L?.map(({ N }) => N));

  // The pause that the error asks for does not fit in.
  expect(await deliver(bad(['o3']), numbered(8), 30_000)).toHaveLength(8);
  expect(await singly()).toEqual([['0', '7']]);
  expect(await deliver(bad(['o3']), numbered(8), 30_000)).toHaveLength(5);
  expect(await singly()).toEqual([['3', '7']]);
  expect(await deliver(bad([]), numbered(8), 30_000)).toEqual([]);
  expect(await singly()).toEqual([]);
});
