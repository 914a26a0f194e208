import { Token } from 'aws-cdk-lib';
import { type KafkaProcessorProps, Pollers } from '../../lib';
import { refusal } from './fixture/refusal';
import { only, processor, stack, templateOf } from './fixture/stack';

const mapping = (pollers: Pollers) => only(templateOf({ pollers }), 'AWS::Lambda::EventSourceMapping').Properties;
const message = (minimum: number, maximum: number) =>
  refusal(() => processor(stack(), { pollers: Pollers.provisioned({ minimum, maximum }) }));

test('provisioned pollers bring partial batch responses', () => {
  expect(mapping(Pollers.provisioned({ minimum: 1, maximum: 4 }))).toMatchObject({
    ProvisionedPollerConfig: { MinimumPollers: 1, MaximumPollers: 4 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
});

test('on-demand pollers bring neither pollers nor partial batch responses', () => {
  const properties = mapping(Pollers.onDemand());

  expect(properties).not.toHaveProperty('ProvisionedPollerConfig');
  expect(properties).not.toHaveProperty('FunctionResponseTypes');
});

test.each([
  [1, 1],
  [200, 200],
  [1, 2000],
])('from %d to %d pollers are accepted', (minimum, maximum) => {
  expect(mapping(Pollers.provisioned({ minimum, maximum })).ProvisionedPollerConfig).toEqual({
    MinimumPollers: minimum,
    MaximumPollers: maximum,
  });
});

test.each([0, -1, 201, 1.5, Number.NaN])('a minimum of %d is refused', (minimum) => {
  expect(message(minimum, 2000)).toContain(
    `pollers minimum is "${minimum}", accepted is a whole number from 1 to 200.`,
  );
});

test.each([0, 2001, 4.5])('a maximum of %d is refused', (maximum) => {
  expect(message(1, maximum)).toContain(`pollers maximum is "${maximum}", accepted is a whole number from 1 to 2000.`);
});

test('a maximum below the minimum is refused', () => {
  expect(message(4, 3)).toContain('pollers maximum is 3, accepted is at least the minimum, 4.');
});

test('numbers that are known at deployment only pass', () => {
  const later = Token.asNumber({ Ref: 'Many' });

  expect(mapping(Pollers.provisioned({ minimum: later, maximum: later })).ProvisionedPollerConfig).toEqual({
    MinimumPollers: { Ref: 'Many' },
    MaximumPollers: { Ref: 'Many' },
  });
});

test('without a choice nothing is deployed, and both ways are named with what they bring', () => {
  const nothing = { pollers: undefined } as unknown as KafkaProcessorProps;

  const text = refusal(() => processor(stack(), nothing));

  expect(text).toContain('pollers is missing, accepted is Pollers.provisioned({ minimum, maximum })');
  expect(text).toContain('or Pollers.onDemand()');
  expect(text).toContain('partial batch responses, at a price');
  expect(text).toContain('`throw` mode');
});

describe('the group of the pollers', () => {
  const named = (pollerGroupName: string) => Pollers.provisioned({ minimum: 1, maximum: 1, pollerGroupName });

  test.each(['', 'shop_readers-1', 'a'.repeat(128)])('%j reaches the mapping', (name) => {
    expect(mapping(named(name)).ProvisionedPollerConfig).toEqual({
      MinimumPollers: 1,
      MaximumPollers: 1,
      PollerGroupName: name,
    });
  });

  test.each(['shop readers', 'shop.readers', 'a'.repeat(129)])('%j is refused', (name) => {
    expect(refusal(() => processor(stack(), { pollers: named(name) }))).toContain(
      `pollers pollerGroupName is "${name}", accepted is up to 128 letters, digits, "-", "_".`,
    );
  });
});
