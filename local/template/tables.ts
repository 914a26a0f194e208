import { type PropertyReader, readProperties } from './property-reader';
import { type Found, findResources, idOf, type Stack } from './stack';
import { templateInvalid } from './template-error';

/** Schemas and indexes are in DynamoDB's own form: they go into CreateTable as they are. */
export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

export interface AttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: 'S' | 'N' | 'B';
}

export interface SecondaryIndex {
  readonly IndexName: string;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: Readonly<Record<string, unknown>>;
}

export interface TableDefinition {
  /** Unique in the deployment: of a table in a nested stack it is a path, `Orders/Table`. */
  readonly logicalId: string;
  readonly tableName: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  /** The attribute that holds a record's time to live; `undefined` where it is off. */
  readonly ttlAttribute: string | undefined;
  readonly globalSecondaryIndexes: readonly SecondaryIndex[];
  readonly localSecondaryIndexes: readonly SecondaryIndex[];
}

/** The tables of the stack and of those nested in it. */
export function readTables(stack: Stack): TableDefinition[] {
  return findResources(stack, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map(readTable);
}

function readTable(found: Found): TableDefinition {
  const { stack, logicalId } = found;
  const properties = readProperties(stack, logicalId);
  const keySchema = properties.list('KeySchema') as readonly KeySchemaElement[];
  const attributeDefinitions = properties.list('AttributeDefinitions') as readonly AttributeDefinition[];
  if (keySchema.length === 0) throw templateInvalid(properties.path('KeySchema'), 'is missing.');
  return {
    logicalId: idOf(found),
    tableName: String(stack.resolve({ Ref: logicalId }, stack.place(logicalId))),
    keySchema,
    attributeDefinitions,
    ttlAttribute: ttlAttribute(properties),
    globalSecondaryIndexes: indexes(properties, 'GlobalSecondaryIndexes'),
    localSecondaryIndexes: indexes(properties, 'LocalSecondaryIndexes'),
  };
}

function ttlAttribute(properties: PropertyReader): string | undefined {
  return properties.boolean('TimeToLiveSpecification', 'Enabled') === true
    ? properties.requiredText('TimeToLiveSpecification', 'AttributeName')
    : undefined;
}

/** Without throughput and other settings that mean nothing on one machine. */
function indexes(properties: PropertyReader, property: string): SecondaryIndex[] {
  return (properties.list(property) as readonly SecondaryIndex[]).map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }));
}
