import type { EngineState } from '../engine-state';
import type { IndexSchema } from '../index-schema';
import type { KeySchema } from '../key-schema';
import { optionalText, requireKnownParameters } from '../parameters';
import type { Table } from '../table';
import { itemBytes } from '../value-size';
import { View } from '../view';

export function describeTable(state: EngineState, input: object): object {
  const parameters = requireKnownParameters('DescribeTable', input, ['TableName']);
  return { Table: describe(state.tables.get(optionalText(parameters, 'TableName'))) };
}

/** Counts are those of the moment; the service brings them up to date every six hours. */
export function describe(table: Table): object {
  const { name, definitions, indexes } = table.schema;
  const createdAt = table.createdAtMs / 1000;
  const arn = `arn:aws:dynamodb:local:000000000000:table/${name}`;
  const described = (kind: IndexSchema['kind']) =>
    indexes.filter((index) => index.kind === kind).map((index) => describeIndex(table, index, arn));
  const [global, local] = [described('global'), described('local')];
  const items = table.items();
  return {
    TableName: name,
    TableArn: arn,
    TableStatus: 'ACTIVE',
    AttributeDefinitions: [...definitions].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType })),
    KeySchema: describeKey(table.schema),
    CreationDateTime: createdAt,
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: createdAt },
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ItemCount: items.length,
    TableSizeBytes: items.reduce((bytes, item) => bytes + itemBytes(item), 0),
    DeletionProtectionEnabled: false,
  };
}

function describeIndex(table: Table, index: IndexSchema, tableArn: string): object {
  const view = new View(table, index);
  const items = view.items();
  return {
    IndexName: index.name,
    IndexArn: `${tableArn}/index/${index.name}`,
    KeySchema: describeKey(index),
    Projection: index.projection,
    ...(index.kind === 'global' && { IndexStatus: 'ACTIVE' }),
    ItemCount: items.length,
    IndexSizeBytes: items.reduce((bytes, item) => bytes + itemBytes(view.projected(item)), 0),
  };
}

function describeKey({ hash, range }: KeySchema): object[] {
  return [
    { AttributeName: hash.name, KeyType: 'HASH' },
    ...(range ? [{ AttributeName: range.name, KeyType: 'RANGE' }] : []),
  ];
}
