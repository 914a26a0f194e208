import { BatchExecuteStatementCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbLedgerStore } from '../../handlers/ledger/dynamodb-ledger-store';
import { rawItem } from '../support/stored-claim';
import type { OpenLedgerStore } from './ledger-store-laws';

/** The store on a table for the laws. Late copies are copies of requests, as a network would keep them. */
export function openDynamoDbLedger(database: () => { client: DynamoDBClient; table: string }): OpenLedgerStore {
  return (options) => {
    const { client, table } = database();
    const sent: BatchExecuteStatementCommand[] = [];
    const recording = {
      send: (command: BatchExecuteStatementCommand) => {
        if (command instanceof BatchExecuteStatementCommand) sent.push(command);
        return client.send(command);
      },
    } as Pick<DynamoDBClient, 'send'>;
    return {
      store: new DynamoDbLedgerStore({ ...options, client: recording, table }),
      stored: async (id) => {
        const item = await rawItem(client, table, id);
        const number = (name: string) => (item?.[name]?.N === undefined ? undefined : Number(item[name].N));
        return (
          item && {
            owner: item.owner?.S,
            leaseUntilMs: number('lease_until_ms'),
            seq: number('seq'),
            everything: item,
          }
        );
      },
      lateCopies: async () => {
        for (const { input } of [...sent]) await client.send(new BatchExecuteStatementCommand(input));
      },
    };
  };
}
