import { type App, Aspects, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { IdempotencyTable, KafkaMapping, Pollers } from '../../lib';
import { type Json, processor, source, stack } from './fixture/stack';

const pollers = Pollers.provisioned({ minimum: 1, maximum: 4 });

/** What an aspect, a validation or a user who looks at the template in between resolves. */
function environmentOf(fn: lambda.Function): Json {
  return fn.stack.resolve((fn.node.defaultChild as lambda.CfnFunction).environment).variables;
}

describe('what was looked at before it was complete is complete afterwards', () => {
  test('the memory, where a later topic keeps records for longer (C10)', () => {
    const scope = stack();
    const orders = processor(scope);
    expect(environmentOf(orders.function).MSK_ONCE_REMEMBER_FOR_S).toBe(`${Duration.days(14).toSeconds()}`);

    const returns = source({ topic: 'returns', topicRetention: Duration.days(30) });
    new KafkaMapping(scope, 'Returns', { function: orders.function, source: returns, pollers });

    expect(environmentOf(orders.function).MSK_ONCE_REMEMBER_FOR_S).toBe(`${Duration.days(31).toSeconds()}`);
  });

  test('the reference to a mapping that leaves', () => {
    const scope = stack();
    const orders = processor(scope);
    const { EventSourceMappingUUID } = orders.metricDropped().dimensions as { EventSourceMappingUUID: string };
    expect(scope.resolve(EventSourceMappingUUID)).toHaveProperty('Ref');

    orders.node.tryRemoveChild('Mapping');

    expect(scope.resolve(EventSourceMappingUUID)).toBe('removed');
  });

  test('the protection of a table that is to be destroyed', () => {
    const scope = stack();
    const table = new IdempotencyTable(scope, 'Memory');
    const protection = () =>
      scope.resolve((table.node.defaultChild as Json)._toCloudFormation()).Resources[
        scope.getLogicalId(table.node.defaultChild as Json)
      ].Properties.Replicas[0].DeletionProtectionEnabled;
    expect(protection()).toBe(true);

    table.applyRemovalPolicy(RemovalPolicy.DESTROY);

    expect(protection()).toBe(false);
  });
});

describe('what an aspect makes of the function is judged at synth', () => {
  function synthesized(change: (fn: lambda.CfnFunction) => void): () => unknown {
    const scope = stack();
    processor(scope, { batchSize: 5_000 });
    Aspects.of(scope).add({
      visit: (construct) => {
        if (construct instanceof lambda.CfnFunction) change(construct);
      },
    });
    return () => (scope.node.root as App).synth();
  }

  test.each<[string, (fn: lambda.CfnFunction) => void, string]>([
    [
      'a time-out',
      (fn) => {
        fn.timeout = 900;
      },
      'Shop/Orders: timeout is "900", accepted is a whole number from 1 to 840.',
    ],
    [
      'a memory',
      (fn) => {
        fn.memorySize = 192;
      },
      'Shop/Orders: memorySize is 192, accepted is at least 256 MB for batches of 5000.',
    ],
  ])('%s', (_, change, expected) => {
    expect(synthesized(change)).toThrow(expected);
  });

  test('and may be what a mapping takes', () => {
    const change = (fn: lambda.CfnFunction) => {
      fn.timeout = 840;
      fn.memorySize = 256;
    };
    expect(synthesized(change)).not.toThrow();
  });
});
