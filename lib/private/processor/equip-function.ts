import { type Duration, Lazy } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { ENVIRONMENT } from '../../../contract/environment';
import type { DeadLettersConfig } from '../../dead-letters';
import { checkStacks } from '../check-stacks';
import { grantLetters } from '../letters/grant-letters';
import { lettersPlace } from '../letters/letters-place';
import { functionState } from '../mapping/function-state';
import { chooseMemory, rememberFor } from '../mapping/remember-for';
import { grantClaimsByName } from './grant-claims';
import { namedBy } from './name-statements';
import { takesStatements, warnOfFixedRole } from './warn-of-fixed-role';

/** Functions that have a processor. */
const EQUIPPED = new WeakSet<lambda.Function>();

export function isEquipped(fn: lambda.Function): boolean {
  return EQUIPPED.has(fn);
}

export interface Equipment {
  readonly table: dynamodb.ITable;
  readonly deadLetters: DeadLettersConfig;
  readonly rememberFor: Duration | undefined;
}

/** Tells the function where its memory and its dead letters are, and lets it use them. */
export function equipFunction(scope: IConstruct, fn: lambda.Function, equipment: Equipment): void {
  const { table, deadLetters } = equipment;
  EQUIPPED.add(fn);
  // Only a function that was made elsewhere and imported has none, and that is no lambda.Function.
  const role = fn.role as iam.IRole;
  const statements = namedBy(role, () => {
    grantClaimsByName(table, role);
    grantLetters(deadLetters, role);
  });
  warnOfFixedRole(scope, role, statements, 'Without them every record stays open.');
  const { queue, bucket } = deadLetters;
  checkStacks(scope, fn, 'table', table.tableName);
  checkStacks(scope, fn, 'deadLetters', [queue?.queueUrl, bucket?.bucketName]);
  if (takesStatements(role)) {
    checkStacks(scope, role, 'table', [table.tableArn, table.encryptionKey?.keyArn]);
    const stores = [
      queue?.queueArn,
      queue?.encryptionMasterKey?.keyArn,
      bucket?.bucketArn,
      bucket?.encryptionKey?.keyArn,
    ];
    checkStacks(scope, role, 'deadLetters', stores);
  }
  fn.addEnvironment(ENVIRONMENT.table, table.tableName);
  fn.addEnvironment(ENVIRONMENT.deadLetters, lettersPlace(scope, deadLetters));
  const { retentions } = functionState(fn);
  chooseMemory(scope, fn, equipment.rememberFor, retentions);
  // Lazy: more mappings may come.
  const seconds = Lazy.uncachedString({
    produce: () => `${rememberFor(equipment.rememberFor, retentions).toSeconds()}`,
  });
  fn.addEnvironment(ENVIRONMENT.rememberForSeconds, seconds);
}
