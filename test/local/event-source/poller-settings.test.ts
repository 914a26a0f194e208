import { defaultChoices } from '../../../local/event-source/choices';
import { pollerSettings, retryLimit } from '../../../local/event-source/poller-settings';
import { mappingOf } from './mapping';

const ENDLESS = Number.POSITIVE_INFINITY;
const QUEUE = { kind: 'sqs', queueArn: 'arn:aws:sqs:eu-west-1:111122223333:late', queueName: 'late' } as const;

describe('row 16: the retries of a mapping', () => {
  test.each([
    ['endless', -1, undefined, ENDLESS],
    ['endless with a destination: 10, which is 11 invocations', -1, QUEUE, 10],
    ['as many as are set', 3, undefined, 3],
    ['as many as are set, with a destination', 3, QUEUE, 3],
    ['none', 0, QUEUE, 0],
    ['more than 10, with a destination', 500, QUEUE, 500],
  ])('%s', (_, maximumRetryAttempts, onFailure, expected) => {
    expect(retryLimit(mappingOf({ maximumRetryAttempts, onFailure }))).toBe(expected);
  });

  test('on demand they are endless, and a destination ends them too', () => {
    expect(retryLimit(mappingOf({ pollers: undefined }))).toBe(ENDLESS);
    expect(retryLimit(mappingOf({ pollers: undefined, onFailure: QUEUE }))).toBe(10);
  });
});

test('seconds become milliseconds, and a payload has 6 MB', () => {
  const settings = pollerSettings(mappingOf({ maximumRecordAgeSeconds: 60 }), 'b-1:9098', defaultChoices());

  expect(settings).toMatchObject({ maximumRecordAgeMs: 60_000, maximumPayloadBytes: 6_291_456 });
});

test('no age limit is none', () => {
  expect(pollerSettings(mappingOf(), 'b-1:9098', defaultChoices()).maximumRecordAgeMs).toBe(ENDLESS);
});
