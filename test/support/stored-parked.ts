import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import { rawItem } from './stored-claim';

/** Reads an item by its attributes' settled names, written down here and not taken from the code under test. */
export async function storedParked(
  client: DynamoDBClient,
  table: string,
  id: string,
): Promise<StoredParked | undefined> {
  const item = await rawItem(client, table, id);
  const number = (name: string) => (item?.[name]?.N === undefined ? undefined : Number(item[name].N));
  return (
    item && {
      outcome: item.outcome?.S as StoredParked['outcome'],
      attempts: number('attempts') as number,
      firstFailureMs: number('first_failure_ms') as number,
      lastFailureMs: number('last_failure_ms') as number,
      owner: item.owner?.S,
      leaseUntilMs: number('lease_until_ms'),
      expiration: number('expiration'),
    }
  );
}
