import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IConstruct } from 'constructs';
import { KEY_ATTRIBUTE, TTL_ATTRIBUTE } from '../../../contract/idempotency-table';
import { shown } from '../check-part';
import { checkAccount, checkRegion } from '../check-region';
import { PropsError, type PropsProblem } from '../props-error';

/** What aws-cdk-lib's `Table` makes a replica with. */
const REPLICA = 'Custom::DynamoDBReplica';

/** What is read of the two kinds of table. Anything may be a token, which stands for what is known at deployment. */
interface KnownTable {
  readonly keySchema?: unknown;
  readonly attributeDefinitions?: unknown;
  readonly timeToLiveSpecification?: { readonly attributeName?: unknown; readonly enabled?: unknown };
  readonly replicas?: unknown;
}

/** A table of the user's, as far as it is made in this app. Of an imported one nothing is known. */
export function checkTable(scope: IConstruct, table: dynamodb.ITable): void {
  // The compiler asks for it too; JavaScript does not.
  if (typeof table?.tableArn !== 'string') {
    throw new PropsError(scope, {
      prop: 'table',
      received: shown(table),
      accepted: 'a dynamodb.Table or TableV2, or an imported one',
      change: 'Import a table that exists with dynamodb.TableV2.fromTableName(scope, id, name).',
    });
  }
  checkRegion(scope, 'table', { env: { ...table.env, region: regionOf(table) } });
  const remedy = 'Give one of the account of the function: the runtime knows it by its name.';
  checkAccount(scope, 'table', accountOf(table), remedy);
  const problem = problemOf(table);
  if (problem !== undefined) throw new PropsError(scope, problem);
  // Replicas may be added later.
  const problemsLater = () => {
    const later = problemOf(table);
    return later === undefined ? [] : [new PropsError(scope, later).message];
  };
  scope.node.addValidation({ validate: problemsLater });
}

/** aws-cdk-lib's imported Table takes the region of the stack, whatever its ARN says. */
function regionOf({ env, tableArn }: dynamodb.ITable): string {
  return Token.isUnresolved(tableArn) ? env.region : (tableArn.split(':')[3] ?? env.region);
}

function accountOf({ env, tableArn }: dynamodb.ITable): string {
  return Token.isUnresolved(tableArn) ? env.account : (tableArn.split(':')[4] ?? env.account);
}

function problemOf(table: dynamodb.ITable): PropsProblem | undefined {
  const resource = table.node.defaultChild;
  if (!(resource instanceof dynamodb.CfnTable || resource instanceof dynamodb.CfnGlobalTable)) return undefined;
  const known: KnownTable = Stack.of(resource).resolve({
    keySchema: resource.keySchema,
    attributeDefinitions: resource.attributeDefinitions,
    timeToLiveSpecification: resource.timeToLiveSpecification,
    ...(resource instanceof dynamodb.CfnGlobalTable && { replicas: resource.replicas }),
  });
  return keyProblem(known) ?? ttlProblem(known) ?? replicaProblem(table, known);
}

function keyProblem({ keySchema, attributeDefinitions }: KnownTable): PropsProblem | undefined {
  const attributes = textsOf(attributeDefinitions, ({ attributeName, attributeType }) => [
    attributeName,
    attributeType,
  ]);
  const keys = textsOf(keySchema, ({ attributeName, keyType }) => [attributeName, keyType]);
  if (attributes === undefined || keys === undefined) return undefined;
  const types = new Map(attributes);
  const received = keys.map(([name, kind]) => `${kind} ${name} (${types.get(name)})`).join(', ');
  if (received === `HASH ${KEY_ATTRIBUTE} (S)`) return undefined;
  return {
    prop: 'key of table',
    received,
    accepted: `HASH ${KEY_ATTRIBUTE} (S), and no sort key`,
    change: 'Leave table out for one of the processor, or make an IdempotencyTable: a key cannot change afterwards.',
  };
}

/** undefined where any of it is a token. */
function textsOf(
  list: unknown,
  pair: (item: { [name: string]: unknown }) => [unknown, unknown],
): [string, string][] | undefined {
  if (!Array.isArray(list)) return undefined;
  const pairs = list.map(pair);
  return pairs.flat().every((value) => typeof value === 'string') ? (pairs as [string, string][]) : undefined;
}

function ttlProblem({ timeToLiveSpecification: ttl }: KnownTable): PropsProblem | undefined {
  const isOff = ttl?.enabled === false;
  // Absent, it is known: there is none.
  const isToken = ttl !== undefined && !isOff && typeof ttl.attributeName !== 'string';
  if (isToken || (ttl?.attributeName === TTL_ATTRIBUTE && !isOff)) return undefined;
  return {
    prop: 'timeToLiveAttribute of table',
    received: isOff ? 'disabled' : ttl?.attributeName,
    accepted: `"${TTL_ATTRIBUTE}"`,
    change: `Set it to "${TTL_ATTRIBUTE}": without it no record ever leaves the memory, which grows with the topic.`,
  };
}

function replicaProblem(table: dynamodb.ITable, { replicas }: KnownTable): PropsProblem | undefined {
  const customResources = table.node.findAll().filter((child) => {
    return CfnResource.isCfnResource(child) && child.cfnResourceType === REPLICA;
  });
  const count = (Array.isArray(replicas) ? replicas.length : 1) + customResources.length;
  if (count <= 1) return undefined;
  return {
    prop: 'replicas of table',
    received: `${count} regions`,
    accepted: 'one region',
    change: 'Give each region a table of its own: over a replicated one two regions would both claim a record.',
  };
}
