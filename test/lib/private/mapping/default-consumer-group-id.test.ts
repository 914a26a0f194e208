import { App, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CONSUMER_GROUP_ID } from '../../../../contract/limits';
import { defaultConsumerGroupId } from '../../../../lib/private/mapping/default-consumer-group-id';

// Each expected id is written out: a change of any loses the offsets and the memory of what is deployed.

test('it is the stack and the path within it', () => {
  const stack = new Stack(new App(), 'Shop');
  const construct = new Construct(new Construct(stack, 'Service'), 'Orders');

  expect(defaultConsumerGroupId(construct)).toBe('Shop-Service/Orders');
});

test("the stack's given name counts, not its id", () => {
  const stack = new Stack(new App(), 'Shop', { stackName: 'shop-production' });

  expect(defaultConsumerGroupId(new Construct(stack, 'Orders'))).toBe('shop-production-Orders');
});

test('a stage is in the name of the stack', () => {
  const stack = new Stack(new Stage(new App(), 'Blue'), 'Shop');

  expect(defaultConsumerGroupId(new Construct(stack, 'Orders'))).toBe('Blue-Shop-Orders');
});

test('nested stacks have names at deployment only, so the topmost one counts', () => {
  const stack = new Stack(new App(), 'Shop');
  const nested = new NestedStack(new NestedStack(stack, 'Readers'), 'Eu');

  expect(defaultConsumerGroupId(new Construct(nested, 'Orders'))).toBe('Shop-Readers/Eu/Orders');
});

test('200 characters stay as they are', () => {
  const construct = new Construct(new Stack(new App(), 'Shop'), 'a'.repeat(195));

  expect(defaultConsumerGroupId(construct)).toBe(`Shop-${'a'.repeat(195)}`);
});

test('more are cut and told apart by a hash', () => {
  const stack = new Stack(new App(), 'Shop');
  const [one, two] = ['x', 'y'].map((end) => defaultConsumerGroupId(new Construct(stack, 'a'.repeat(196) + end)));

  expect(one).toBe(`Shop-${'a'.repeat(182)}-bc0d3d18c037`);
  expect(two).toBe(`Shop-${'a'.repeat(182)}-6cc0b157ff0e`);
  expect(one).toHaveLength(200);
});

test('what a group id cannot hold, and a colon or a star, become a dash and a hash', () => {
  const stack = new Stack(new App(), 'Shop');
  const [one, two] = ['my orders: *', 'my orders; #'].map((id) => defaultConsumerGroupId(new Construct(stack, id)));

  expect(one).toBe('Shop-my-orders--0f1e9d13b567');
  expect(two).toBe('Shop-my-orders--538671e8564e');
  expect(one).toMatch(CONSUMER_GROUP_ID);
});
