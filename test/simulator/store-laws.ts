import type { BatchExecuteStatementCommand, DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import * as claims from '../laws/claim-store-laws';
import { openDynamoDbLedger } from '../laws/ledger-dynamodb';
import * as ledger from '../laws/ledger-store-laws';
import * as transactions from '../laws/transaction-store-laws';
import { brokenStores, type Change } from '../support/broken-runtimes';
import { copied } from '../support/copied';
import { storedClaim } from '../support/stored-claim';
import { storedParked } from '../support/stored-parked';
import { startTestDynamoDb, type TestDynamoDb } from '../support/test-dynamodb';
import { createEffects, dynamoDbWorld, EFFECTS } from '../support/transaction-worlds';

/** The names of the laws of all stores that the DynamoDB adapter breaks with a change in it, of those asked for. */
export async function brokenLaws(change: Change, asked: RegExp = /^/): Promise<readonly string[]> {
  const database = await startTestDynamoDb();
  await createEffects(database.client, EFFECTS);
  const broken: string[] = [];
  const note = (name: string) => () => broken.push(name);
  const isAsked = ({ name }: { readonly name: string }) => asked.test(name);
  const { openClaims, openLedger, openTransactions } = opened(change, database);
  for (const { name, holds, rememberForSeconds } of claims.LAWS.filter(isAsked)) {
    await holds(claims.openWorld(openClaims, rememberForSeconds)).catch(note(name));
  }
  for (const { name, holds } of ledger.LEDGER_LAWS.filter(isAsked)) {
    await holds(ledger.openWorld(openLedger)).catch(note(name));
  }
  for (const { name, holds } of transactions.LAWS.filter(isAsked)) {
    await holds(transactions.openWorld(openTransactions)).catch(note(name));
  }
  await database.stop();
  return broken;
}

function opened(change: Change, { client, table }: TestDynamoDb) {
  const Stores = brokenStores(change);
  const rememberForSeconds = transactions.REMEMBER_FOR_SECONDS;
  const openClaims: claims.OpenStore = (options) => ({
    store: new Stores({ ...options, client, table }).claims,
    stored: (id) => storedClaim(client, table, id),
    parked: (id) => storedParked(client, table, id),
  });
  const openLedger: ledger.OpenLedgerStore = (options) => {
    const sent: (BatchExecuteStatementCommand | TransactWriteItemsCommand)[] = [];
    const send = (command: BatchExecuteStatementCommand | TransactWriteItemsCommand) => {
      if ('Statements' in command.input || 'TransactItems' in command.input) sent.push(command);
      return client.send(command as BatchExecuteStatementCommand);
    };
    const recording = { send } as unknown as DynamoDBClient;
    return {
      ...openDynamoDbLedger(() => ({ client, table }))(options),
      store: new Stores({ ...options, rememberForSeconds, client: recording, table }).ledger,
      lateCopies: async () => {
        for (const command of [...sent]) await copied(client, command);
      },
    };
  };
  const openTransactions: transactions.OpenStores = (options) => {
    let forgotten = '';
    const send = (command: { input: { ClientRequestToken?: string } }) => {
      const { ClientRequestToken: token } = command.input;
      if (token !== undefined) command.input.ClientRequestToken = `${forgotten}${token}`.slice(0, 36);
      return client.send(command as never);
    };
    const stores = new Stores({ ...options, client: { send } as unknown as DynamoDBClient, table });
    return {
      ...dynamoDbWorld(client, table, EFFECTS, options),
      store: stores.transactions,
      ledger: stores.ledger,
      claims: stores.claims,
      forgetTokens: () => {
        forgotten += 'f';
      },
    };
  };
  return { openClaims, openLedger, openTransactions };
}
