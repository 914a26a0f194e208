import { Annotations, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { functionState } from './function-state';
import { logGroupOf } from './log-group-of';
import { othersOf } from './other-mappings';

/** What a function has that says nothing. Source: Lambda API Reference, CreateFunction. */
const DEFAULT_TIMEOUT_SECONDS = 3;
/** What goes wrong once waits and comes again within it: a retry after up to 5 seconds, a request that hangs. */
const ENOUGH_SECONDS = 10;

/** Of these no metrics are extracted. Source: CloudWatch Logs User Guide, "Log classes". */
const WITHOUT_METRICS = ['INFREQUENT_ACCESS', 'DELIVERY'];

/** Functions that are looked at: it is enough that the first of its mappings warns. */
const SEEN = new WeakSet<lambda.Function>();

/** At synth and not by an aspect: those of the app come first, and may change the time-out or the class. */
export function warnOfFunction(scope: Construct, fn: lambda.Function): void {
  if (SEEN.has(fn)) return;
  SEEN.add(fn);
  scope.node.addValidation({
    validate: () => {
      for (const { id, text } of warnings(fn)) Annotations.of(scope).addWarningV2(`msk-once:${id}`, text);
      return [];
    },
  });
}

interface Warning {
  readonly id: string;
  readonly text: string;
}

function warnings(fn: lambda.Function): Warning[] {
  return [...calledWithoutAlias(fn), ...timeoutShort(fn), ...logGroupClass(fn)];
}

/** Protocol A2: the runtime tells mappings apart by the alias. Without one it can only mean the one that there is. */
function calledWithoutAlias(fn: lambda.Function): Warning[] {
  const [only, ...more] = Object.keys(functionState(fn).mappings);
  const consequence =
    more.length === 0
      ? `the runtime takes its records for those of the mapping ${only}, and remembers them as such`
      : 'the runtime cannot tell whose records they are, and refuses them again and again';
  return othersOf(fn).map(({ node }) => ({
    id: 'calledWithoutAlias',
    text:
      `${node.path} calls ${fn.node.path} with records of Kafka too, through no alias of a KafkaProcessor or a ` +
      `KafkaMapping: ${consequence}. Take it away in a deployment of its own first ` +
      '(docs/constructs.md#into-an-existing-stack), or make a KafkaMapping of it.',
  }));
}

function timeoutShort(fn: lambda.Function): Warning[] {
  const { timeout } = fn.node.defaultChild as lambda.CfnFunction;
  const seconds: unknown = Stack.of(fn).resolve(timeout) ?? DEFAULT_TIMEOUT_SECONDS;
  if (typeof seconds !== 'number' || seconds >= ENOUGH_SECONDS) return [];
  const found = timeout === undefined ? `no timeout, so it has ${seconds} seconds` : `${seconds} seconds`;
  return [
    {
      id: 'timeoutShort',
      text:
        `${fn.node.path} has ${found}: hardly a batch comes to its end in them. Set its timeout to a minute, or to the ` +
        'time of a whole batch and some more.',
    },
  ];
}

function logGroupClass(fn: lambda.Function): Warning[] {
  const group = logGroupOf(fn);
  const name: unknown = group && Stack.of(group).resolve(group.logGroupClass);
  if (group === undefined || typeof name !== 'string' || !WITHOUT_METRICS.includes(name)) return [];
  return [
    {
      id: 'logGroupClass',
      text:
        `${group.node.scope?.node.path} is of the class ${name}, from which CloudWatch takes no metrics: those of the ` +
        'records stay empty, and their alarms silent. Give the function a log group of the class STANDARD; the class of ' +
        'one that exists cannot be changed.',
    },
  ];
}
