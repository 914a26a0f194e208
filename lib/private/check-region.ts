import { type IEnvironmentAware, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropsError } from './props-error';

/** The runtime asks for everything in its own region. What is known at deployment only passes. */
export function checkRegion(scope: IConstruct, prop: string, { env }: IEnvironmentAware): void {
  const { region } = Stack.of(scope);
  if (Token.compareStrings(env.region, region) !== TokenComparison.DIFFERENT) return;
  throw new PropsError(scope, {
    prop: `region of ${prop}`,
    received: env.region,
    accepted: `the region of the stack, ${region}`,
    change: 'Give one that is beside the function.',
  });
}

/** What is known at deployment only passes. */
export function checkAccount(scope: IConstruct, prop: string, account: string, change: string): void {
  const { account: own } = Stack.of(scope);
  if (Token.compareStrings(account, own) !== TokenComparison.DIFFERENT) return;
  throw new PropsError(scope, {
    prop: `account of ${prop}`,
    received: account,
    accepted: `the account of the stack, ${own}`,
    change,
  });
}
