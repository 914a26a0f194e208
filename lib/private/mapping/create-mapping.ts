import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { FunctionVersion } from '../../function-version';
import type { KafkaMappingProps } from '../../kafka-mapping-props';
import type { KafkaSourceConfig } from '../../kafka-source';
import { checkStacks } from '../check-stacks';
import { takesStatements, warnOfFixedRole } from '../processor/warn-of-fixed-role';
import { PropsError } from '../props-error';
import { watchedGrantee } from '../watched-grantee';
import { checkAlias } from './check-alias';
import { checkConsumers } from './check-consumers';
import { checkFunctionLater } from './check-function-later';
import { checkMappingProps } from './check-mapping-props';
import { checkProvisionedOnly } from './check-provisioned-only';
import { createEventSourceMapping, MAPPING_ID } from './create-event-source-mapping';
import { defaultConsumerGroupId } from './default-consumer-group-id';
import { functionState, tellMapping } from './function-state';
import { aliasName, mappingName } from './mapping-name';
import { grantStatement, makeSidUnique } from './mapping-statements';
import { checkRemembered } from './remember-for';
import { warnOfFunction } from './warn-of-function';
import { warnOfMissingTable } from './warn-of-missing-table';
import { warnOfSource } from './warn-of-source';

// Casts to aws-cdk-lib's interfaces: under exactOptionalPropertyTypes its own classes do not satisfy them.

/** What a mapping is made of, and what it is called by. */
export interface MappingParts {
  readonly alias: lambda.Alias;
  readonly mapping: lambda.EventSourceMapping;
  readonly mappingName: string;
  readonly source: KafkaSourceConfig;
}

/** Alias and mapping in the scope, the permissions of the pollers in the function's role, its entry in the environment. */
export function createMapping(scope: Construct, props: KafkaMappingProps): MappingParts {
  checkMappingProps(scope, props);
  checkFunctionLater(scope, props);
  const fn = props.function;
  const generation = props.generation ?? 1;
  const pollers = props.pollers.bind(scope);
  if (pollers.provisionedPollerConfig === undefined) checkProvisionedOnly(scope, props);
  // Not what the grants tell: they tell less (watchedGrantee).
  const forDiscarded: iam.PolicyStatement[] = [];
  const grantee = watchedGrantee(fn, (statement) => forDiscarded.push(statement));
  const discarded = props.onFailure?.bind(scope, { grantee });
  const source = props.source.bind(scope, {
    defaultConsumerGroupId: defaultConsumerGroupId(scope),
    destinationTopic: discarded?.topic,
  });
  checkDestinationTopic(scope, source.topic, discarded?.topic);
  const name = mappingName(scope, props.mappingName);
  tellMapping(scope, fn, name, { consumer: source.consumerGroupId, source: source.sourceName, generation });
  if (source.topicRetention !== undefined) functionState(fn).retentions.push(source.topicRetention);
  checkRemembered(scope, fn, source.topicRetention);
  warnOfSource(scope, fn, source, generation);
  warnOfMissingTable(scope, fn);
  warnOfFunction(scope, fn);

  const alias = new lambda.Alias(scope, 'Alias', {
    aliasName: aliasName(name, pollers.mode),
    version: versionOf(fn, props.version ?? FunctionVersion.LATEST),
    ...(props.provisionedConcurrentExecutions !== undefined && {
      provisionedConcurrentExecutions: props.provisionedConcurrentExecutions,
    }),
  });
  checkAlias(scope, alias);
  const mapping = createEventSourceMapping(scope, { props, alias, source, pollers, discarded });
  checkConsumers(scope, MAPPING_ID, source.consumerGroupId);
  // The service tries the role when it makes the mapping, so the role's policy has to be there (aws/aws-cdk#18571).
  for (const statement of source.statements) {
    const { policyDependable } = grantStatement(fn, name, statement);
    if (policyDependable) mapping.node.addDependency(policyDependable);
  }
  for (const statement of forDiscarded) makeSidUnique(fn, name, statement);
  for (const grant of discarded?.grants ?? []) mapping.node.addDependency(grant);
  checkStacks(scope, fn, 'source', [source.sourceName, source.consumerGroupId]);
  if (fn.role) {
    const granted = [...source.statements, ...forDiscarded];
    warnOfFixedRole(scope, fn.role, granted, 'Without them the mapping is refused, or reads nothing.');
  }
  if (fn.role && takesStatements(fn.role)) {
    const allowed = source.statements.map((statement) => statement.toStatementJson());
    checkStacks(scope, fn.role, 'source', allowed);
    checkStacks(scope, fn.role, 'onFailure', discarded?.destination);
  }
  for (const dependency of source.dependencies ?? []) mapping.node.addDependency(dependency);
  if (fn.role) mapping.node.addDependency(fn.role);
  return { alias, mapping, mappingName: name, source };
}

function versionOf(fn: lambda.Function, version: FunctionVersion): lambda.IVersion {
  return version === FunctionVersion.LATEST ? fn.latestVersion : (fn.currentVersion as lambda.IVersion);
}

function checkDestinationTopic(scope: Construct, topic: string, destination: string | undefined): void {
  const [read, written] = [topic, destination].map((one) => JSON.stringify(Stack.of(scope).resolve(one)));
  if (read !== written) return;
  throw new PropsError(scope, {
    prop: 'onFailure topic',
    received: destination,
    accepted: 'a topic other than the one that is read',
    change: 'Choose another topic: what the service discards would come back.',
  });
}
