import { type App, type Environment, Stack, Stage, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { app, processor, source } from './fixture/stack';

const HERE = { account: '111122223333', region: 'eu-west-1' };
const CONFLICT = 'consumerGroupId is "billing", accepted is an id that no other mapping of the account and region has.';
const consumer = { source: source({ consumerGroupId: 'billing' }) };
// In the account and region of the stack.
const cluster = ({ account, region }: Stack) =>
  `arn:aws:kafka:${region}:${account}:cluster/orders-cluster/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d-7`;

const reading = (scope: Construct, id: string, env?: Environment) => {
  const made = new Stack(scope, id, env && { env });
  processor(made, { source: source({ clusterArn: cluster(made), consumerGroupId: 'billing' }) });
  return made;
};
const together = (make: (scope: App) => void) => {
  const scope = app();
  make(scope);
  return () => scope.synth();
};

test('two processors of a stack with one consumer group id are an error that names both', () => {
  const synth = together((scope) => {
    const shop = reading(scope, 'Shop');
    processor(shop, consumer, 'Refunds');
  });

  expect(synth).toThrow(`Shop/Refunds: ${CONFLICT} Shop/Orders has it too: leave it out`);
});

describe('two stacks', () => {
  test.each<[string, Environment | undefined, Environment | undefined]>([
    ['without an account and a region', undefined, undefined],
    ['of which one says where it goes', undefined, HERE],
    ['for one account and region', HERE, HERE],
    ['for one account, and who knows which region', { account: HERE.account }, HERE],
  ])('%s collide', (_, one, other) => {
    const synth = together((scope) => {
      reading(scope, 'Shop', one);
      reading(scope, 'Mall', other);
    });

    expect(synth).toThrow(`Mall/Orders: ${CONFLICT} Shop/Orders has it too`);
  });

  test.each<[string, Environment]>([
    ['another region', { ...HERE, region: 'eu-central-1' }],
    ['another account', { ...HERE, account: '444455556666' }],
  ])('for %s do not', (_, other) => {
    together((scope) => {
      reading(scope, 'Shop', HERE);
      reading(scope, 'Mall', other);
    })();
  });
});

describe('two stages', () => {
  const staged = (one?: Environment, other?: Environment) =>
    together((scope) => {
      reading(new Stage(scope, 'Blue', one && { env: one }), 'Shop');
      reading(new Stage(scope, 'Green', other && { env: other }), 'Shop');
    });

  test('for one account and region collide', () => {
    expect(staged(HERE, HERE)).toThrow(`Green/Shop/Orders: ${CONFLICT} Blue/Shop/Orders has it too`);
  });

  test('that may go to two accounts do not', () => {
    staged()();
    staged(HERE)();
  });
});

test('ids that are known at deployment only collide where they are the same', () => {
  const id = (name: string) => ({ source: source({ consumerGroupId: Token.asString({ Ref: name }) }) });
  const two = (other: string) =>
    together((scope) => {
      const shop = new Stack(scope, 'Shop');
      processor(shop, id('Group'));
      processor(shop, id(other), 'Refunds');
    });

  expect(two('Group')).toThrow('Shop/Orders has it too');
  two('Other')();
});

test('a mapping that left the app does not count: its id can move to another', () => {
  const synth = together((scope) => {
    const shop = reading(scope, 'Shop');
    processor(shop, consumer, 'Refunds');
    shop.node.findChild('Orders').node.tryRemoveChild('Mapping');
  });

  synth();
});
