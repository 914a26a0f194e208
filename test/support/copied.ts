import { BatchExecuteStatementCommand, type DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';

/** A late copy of a request. A transaction comes when its token is forgotten; where it is refused, an error says so. */
export async function copied(
  client: Pick<DynamoDBClient, 'send'>,
  command: BatchExecuteStatementCommand | TransactWriteItemsCommand,
): Promise<void> {
  if (command instanceof BatchExecuteStatementCommand) {
    await client.send(new BatchExecuteStatementCommand(command.input));
    return;
  }
  const { TransactItems } = command.input;
  await client.send(new TransactWriteItemsCommand({ TransactItems })).catch((error: Error) => {
    if (error.name !== 'TransactionCanceledException') throw error;
  });
}
