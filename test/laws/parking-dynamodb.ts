import { BatchExecuteStatementCommand, type DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbStore } from '../../handlers/store/dynamodb-store';
import { copied } from '../support/copied';
import { storedClaim } from '../support/stored-claim';
import { storedParked } from '../support/stored-parked';
import type { OpenParking } from './parking-store-laws';

/** The stores on a table for the laws. Late copies are copies of requests, later than their tokens are known. */
export function openDynamoDbParking(database: () => { client: DynamoDBClient; table: string }): OpenParking {
  return (options) => {
    const { client, table } = database();
    const sent: (BatchExecuteStatementCommand | TransactWriteItemsCommand)[] = [];
    const recording = {
      send: (command: never) => {
        const given: unknown = command;
        const isWrite = given instanceof BatchExecuteStatementCommand || given instanceof TransactWriteItemsCommand;
        if (isWrite) sent.push(given);
        return client.send(command);
      },
    } as unknown as DynamoDBClient;
    const stores = new DynamoDbStore({ ...options, client: recording, table });
    return {
      store: stores.parking,
      claims: stores.claims,
      ledger: stores.ledger,
      parked: (id) => storedParked(client, table, id),
      identity: (id) => storedClaim(client, table, id),
      lateCopies: async (arrived) => {
        for (const command of [...sent]) {
          await copied(client, command);
          await arrived();
        }
      },
    };
  };
}
