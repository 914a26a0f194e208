import { Duration, Lazy } from 'aws-cdk-lib';
import type { KafkaProcessorProps } from '../../lib';
import { refusal } from './fixture/refusal';
import { processor, stack } from './fixture/stack';

describe('refused', () => {
  const message = (props: Partial<KafkaProcessorProps>) => refusal(() => processor(stack(), props));

  test.each([0, -1, 10_001, 20_000, 1.5, Number.NaN])('a batch size of %d', (batchSize) => {
    expect(message({ batchSize })).toContain(
      `batchSize is "${batchSize}", accepted is a whole number from 1 to 10000. Leave it out`,
    );
  });

  test.each([
    [Duration.seconds(301), '5 minutes 1 second'],
    [Duration.minutes(6), '6 minutes'],
    [Duration.millis(500), '500 millis'],
    [Duration.millis(1500), '1 second 500 millis'],
  ])('a batching window of %s', (maxBatchingWindow, shown) => {
    expect(message({ maxBatchingWindow })).toContain(
      `maxBatchingWindow is "${shown}", accepted is whole seconds, from 0 to 300. Leave it out`,
    );
  });

  test.each([
    [Duration.seconds(841), '14 minutes 1 second'],
    [Duration.minutes(15), '15 minutes'],
    [Duration.seconds(0), '0 seconds'],
    [Duration.millis(2500), '2 seconds 500 millis'],
  ])('a time-out of %s', (timeout, shown) => {
    expect(message({ timeout })).toContain(
      `timeout is "${shown}", accepted is whole seconds, from 1 to 840. A batch that needs longer`,
    );
  });

  test.each([
    [Duration.seconds(0), '0 seconds'],
    [Duration.seconds(59), '59 seconds'],
    [Duration.millis(90_500), '1 minute 30 seconds'],
  ])('a memory of %s, with which the function would not start', (rememberFor, shown) => {
    expect(message({ rememberFor })).toContain(`rememberFor is "${shown}", accepted is whole seconds, from 60.`);
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 53])('the generation %d', (generation) => {
    expect(message({ generation })).toContain(
      `generation is "${generation}", accepted is a whole number from 1 to 9007199254740991. Count up from 1`,
    );
  });

  test.each([
    'MSK_ONCE_TABLE',
    'MSK_ONCE_MAPPINGS',
    'MSK_ONCE_REMEMBER_FOR_S',
    'MSK_ONCE_DEAD_LETTERS',
    'MSK_ONCE_OTHER',
  ])('the variable %s', (name) => {
    expect(message({ environment: { FINE: 'a', [name]: 'mine' } })).toMatch(
      new RegExp(`environment\\.${name} is "mine", .* the construct sets these variables`),
    );
  });

  test.each(['POWERTOOLS_IDEMPOTENCY_DISABLED', 'AWS_LAMBDA_MAX_CONCURRENCY'])(
    'the variable %s, with which the runtime does not start',
    (name) => {
      expect(message({ environment: { [name]: '' } })).toContain(`environment.${name} is ""`);
    },
  );

  test.each(['', 'my mapping', 'a.b', 'a'.repeat(121)])('the mapping name %j', (name) => {
    expect(message({ mappingName: name })).toContain(
      `mappingName is "${name}", accepted is 1 to 120 letters, digits, "_", "-", known at synth. Choose`,
    );
  });

  test('a mapping name that is known at deployment only', () => {
    expect(message({ mappingName: Lazy.string({ produce: () => 'later' }) })).toContain('known at synth');
  });

  test('an id that is too long to name an alias', () => {
    const id = 'a'.repeat(121);

    const text = refusal(() => processor(stack(), {}, id), `Shop/${id}`);

    expect(text).toContain("It comes from the construct's id: set mappingName");
  });
});
