import { BatchExecuteStatementCommand, type DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbLedgerStore } from '../../handlers/ledger/dynamodb-ledger-store';
import { copied } from '../support/copied';
import { rawItem } from '../support/stored-claim';
import { storedParked } from '../support/stored-parked';
import type { OpenLedgerStore } from './ledger-store-laws';

/** The store on a table for the laws. Late copies are copies of requests, as a network would keep them. */
export function openDynamoDbLedger(database: () => { client: DynamoDBClient; table: string }): OpenLedgerStore {
  return (options) => {
    const { client, table } = database();
    const sent: (BatchExecuteStatementCommand | TransactWriteItemsCommand)[] = [];
    const recording = {
      send: (command: BatchExecuteStatementCommand) => {
        const given: object = command;
        const isWrite = given instanceof BatchExecuteStatementCommand || given instanceof TransactWriteItemsCommand;
        if (isWrite) sent.push(given);
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
      parked: (id) => storedParked(client, table, id),
      lateCopies: async () => {
        for (const command of [...sent]) await copied(client, command);
      },
    };
  };
}
