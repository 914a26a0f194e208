import { type Item, itemBytes } from '../attribute-value';
import type { EngineState } from '../engine-state';
import { optionalText, requireKnownParameters } from '../parameters';
import type { Table } from '../table';

export function describeTable(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('DescribeTable', input, ['TableName']);
  return { Table: describe(state.tables.get(optionalText(parameters, 'TableName'))) };
}

export function describe(table: Table): object {
  const { name, hash, range } = table.schema;
  const createdAt = table.createdAtMs / 1000;
  return {
    TableName: name,
    TableArn: `arn:aws:dynamodb:local:000000000000:table/${name}`,
    TableStatus: 'ACTIVE',
    AttributeDefinitions: table.keyAttributes.map((key) => ({ AttributeName: key.name, AttributeType: key.type })),
    KeySchema: [
      { AttributeName: hash.name, KeyType: 'HASH' },
      ...(range ? [{ AttributeName: range.name, KeyType: 'RANGE' }] : []),
    ],
    CreationDateTime: createdAt,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: createdAt },
    ItemCount: table.size,
    TableSizeBytes: table.inScanOrder().reduce((bytes: number, item: Item) => bytes + itemBytes(item), 0),
    DeletionProtectionEnabled: false,
  };
}
