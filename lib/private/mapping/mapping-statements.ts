import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';

/** The statements of the mappings by role and sid: a sid has to be unique in a policy, and functions may share a role. */
const STATEMENTS = new WeakMap<object, Map<string, string>>();

/** Adds a statement to the function's role. Its sid stays, unless another mapping has it for something else. */
export function grantStatement(
  fn: lambda.Function,
  mappingName: string,
  statement: iam.PolicyStatement,
): iam.AddToPrincipalPolicyResult {
  makeSidUnique(fn, mappingName, statement);
  return fn.grantPrincipal.addToPrincipalPolicy(statement);
}

/** For a statement that is in the role already. */
export function makeSidUnique(fn: lambda.Function, mappingName: string, statement: iam.PolicyStatement): void {
  const { sid } = statement;
  if (sid === undefined) return;
  const holder = fn.role ?? fn;
  const taken = STATEMENTS.get(holder) ?? new Map<string, string>();
  STATEMENTS.set(holder, taken);
  // A sid has no `-` and no `_`, so two names may look the same in it.
  const behind = `${sid}${mappingName.replace(/[^A-Za-z0-9]/g, '')}`;
  const text = textOf(fn, statement);
  for (let candidate = sid, count = 1; ; count += 1) {
    if ((taken.get(candidate) ?? text) === text) {
      statement.sid = candidate;
      taken.set(candidate, text);
      return;
    }
    candidate = count === 1 ? behind : `${behind}${count}`;
  }
}

/** What it allows, by whatever name. */
function textOf(fn: lambda.Function, statement: iam.PolicyStatement): string {
  const { Sid: _, ...allowed } = Stack.of(fn).resolve(statement.toStatementJson());
  return JSON.stringify(allowed);
}
