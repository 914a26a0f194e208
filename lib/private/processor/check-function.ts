import { CfnResource, Duration, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct, type IConstruct } from 'constructs';
import { ENVIRONMENT } from '../../../contract/environment';
import type { KafkaProcessorProps } from '../../kafka-processor-props';
import { shown } from '../check-part';
import { checkAccount, checkRegion } from '../check-region';
import { hasState } from '../mapping/function-state';
import { PropsError } from '../props-error';
import { checkEnvironment } from './check-environment';
import { isEquipped } from './equip-function';
import { FUNCTION_PROPS } from './function-props';

const FUNCTION = 'AWS::Lambda::Function';

/** Either a file or a function, and beside a function nothing that is its own. */
export function checkFunctionChosen(scope: IConstruct, props: KafkaProcessorProps): void {
  const { entry, function: fn } = props;
  if ((entry === undefined) === (fn === undefined) || (fn === undefined && !isText(entry))) {
    throw new PropsError(scope, {
      prop: 'entry',
      received: fn === undefined ? entry : `${entry}, beside function`,
      accepted: 'entry or function',
      change: 'Give the file of a handler, which becomes a function, or a function of yours.',
    });
  }
  if (fn === undefined) return;
  for (const prop of [...FUNCTION_PROPS, 'logRetention'] as const) {
    const received = props[prop];
    if (received === undefined) continue;
    throw new PropsError(scope, {
      prop,
      received: shownBeside(received),
      accepted: 'nothing beside a function of yours',
      change: 'Give it to the function: it belongs to whoever makes it.',
    });
  }
  checkOwnFunction(scope, props, fn);
}

/** Of which the environment can be changed. The compiler says it too; JavaScript does not. */
export function checkMadeHere(scope: IConstruct, fn: lambda.Function): void {
  const resource = Construct.isConstruct(fn) ? fn.node.defaultChild : undefined;
  if (resource && CfnResource.isCfnResource(resource) && resource.cfnResourceType === FUNCTION) {
    checkRegion(scope, 'function', fn);
    checkAccount(scope, 'function', fn.env.account, 'Make the mapping where the function is.');
    return;
  }
  throw new PropsError(scope, {
    prop: 'function',
    received: shown(fn),
    accepted: 'a function that is made in this app',
    change: 'Make the processor where the function is made: the environment of an imported one cannot be changed.',
  });
}

const isText = (value: unknown) => typeof value === 'string' && value !== '';

/** Of constructs it is enough that they are there. */
function shownBeside(value: unknown): unknown {
  if (value instanceof Duration) return value.toHumanString();
  return typeof value === 'object' ? 'given' : value;
}

function checkOwnFunction(scope: IConstruct, { table, deadLetters }: KafkaProcessorProps, fn: lambda.Function): void {
  checkMadeHere(scope, fn);
  if (isEquipped(fn)) {
    throw new PropsError(scope, {
      prop: 'function',
      received: fn.node.path,
      accepted: 'a function without a processor',
      change: 'A further source of one function is a KafkaMapping: its memory and dead letters are there already.',
    });
  }
  checkEnvironment(scope, variablesOf(fn));
  if (Stack.of(fn) === Stack.of(scope) || (table !== undefined && deadLetters !== undefined)) return;
  // The function would name the table, and the alias the function.
  throw new PropsError(scope, {
    prop: 'function',
    received: fn.node.path,
    accepted: `a function of ${Stack.of(scope).node.path}, where table and deadLetters would be made`,
    change:
      "Make the processor in the function's stack, or give it a table, and a queue or bucket, that are made with the " +
      'function: two stacks cannot need each other.',
  });
}

/** Those that the function has so far. */
function variablesOf(fn: lambda.Function): { [name: string]: string } {
  const resource = fn.node.defaultChild;
  if (!resource || !CfnResource.isCfnResource(resource)) return {};
  const { environment } = resource as lambda.CfnFunction;
  const { variables = {} } = Stack.of(resource).resolve(environment) ?? {};
  // A KafkaMapping that was made before has told the function of itself.
  const { [ENVIRONMENT.mappings]: told, ...others } = variables;
  return told === undefined || hasState(fn) ? others : variables;
}
