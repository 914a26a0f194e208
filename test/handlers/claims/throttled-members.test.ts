import type { ClaimAnswer, ClaimRequest } from '../../../handlers/claims/claim-store';
import { DynamoDbClaimStore } from '../../../handlers/claims/dynamodb-claim-store';
import { settle } from '../../../handlers/store/settle';
import { DynamoDbEngine } from '../../../local/dynamodb/engine/engine';
import { FaultyClient } from '../../support/faulty-client';
import { startTestDynamoDb } from '../../support/test-dynamodb';

const NOW = 1_790_000_000_000;

const asks = (index: number): ClaimRequest => ({
  id: `id-${index}`,
  token: `token-${index}`,
  partition: 0,
  offset: index,
  payloadDigest: undefined,
  leaseUntilMs: NOW + 30_000,
});

/** Claims 60 records over an engine with a fault for each of some members, and tells what each request asked for. */
async function claimed(faults: ConstructorParameters<typeof DynamoDbEngine>[0]) {
  const database = await startTestDynamoDb(new DynamoDbEngine(faults));
  const client = new FaultyClient(database.client);
  const clock = { now: () => NOW };
  const store = new DynamoDbClaimStore({
    client,
    table: database.table,
    clock,
    clockSkewMs: 1_000,
    rememberForSeconds: 3_600,
  });
  const batch = Array.from({ length: 60 }, (_, index) => asks(index));
  const { answers } = settle<ClaimRequest, ClaimAnswer>(
    batch,
    (members) => store.claim(members),
    () => NOW + 60_000,
    { clock, sleep: () => Promise.resolve(), random: { fraction: () => 0, token: () => '' } },
  );
  const settled = await Promise.all(answers);
  const sent = client.sent.map(({ input }) =>
    ((input as { Statements?: { Parameters: { S?: string }[] }[] }).Statements ?? []).map(
      ({ Parameters }) => Parameters.find(({ S }) => S?.startsWith('id-'))?.S,
    ),
  );
  await database.stop();
  return { batch, settled, sent };
}

test('C8: throttled members are asked again alone, and each record keeps its own answer', async () => {
  const throttled = new Map([
    ['id-3', 1],
    ['id-30', 2],
  ]);
  const { batch, settled, sent } = await claimed({
    faults: {
      throttledStatement: (_, key) => {
        const id = (key.id as { S: string }).S;
        const left = throttled.get(id) ?? 0;
        throttled.set(id, left - 1);
        return left > 0;
      },
    },
  });

  expect(settled).toEqual(
    batch.map((request) => ({ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false })),
  );
  expect(sent.map((ids) => ids.length)).toEqual([25, 25, 10, 2, 1]);
  expect(sent.slice(3)).toEqual([['id-3', 'id-30'], ['id-30']]);
});

test('C8: a member whose answer was lost is asked again alone and recognises its own claim', async () => {
  let isLost = true;
  const { settled, sent } = await claimed({
    faults: {
      unansweredStatement: (_, key) => {
        const lose = isLost && (key.id as { S: string }).S === 'id-7';
        if (lose) isLost = false;
        return lose;
      },
    },
  });

  expect(settled.map(({ kind }) => kind)).toEqual(settled.map(() => 'claimed'));
  // The claim again, and the read that finds it; a read has no statements.
  expect(sent.slice(3)).toEqual([['id-7'], []]);
});
