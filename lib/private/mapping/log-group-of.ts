import { CfnResource, Reference, Tokenization } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';

const LOG_GROUP = 'AWS::Logs::LogGroup';

/** Where it is of this app, in whichever stack. Not `fn.logGroup`, which makes a custom resource where there is none. */
export function logGroupOf(fn: lambda.Function): logs.CfnLogGroup | undefined {
  const { loggingConfig } = fn.node.defaultChild as lambda.CfnFunction;
  const name = loggingConfig && 'logGroup' in loggingConfig ? loggingConfig.logGroup : undefined;
  const token = Tokenization.reverse(name, { failConcat: false });
  const target = Reference.isReference(token) ? token.target : undefined;
  return isLogGroup(target) ? target : undefined;
}

const isLogGroup = (target: unknown): target is logs.CfnLogGroup =>
  CfnResource.isCfnResource(target) && target.cfnResourceType === LOG_GROUP;
