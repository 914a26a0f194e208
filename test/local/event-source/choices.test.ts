/** Reference kafka-event-source, section 8: every row has its choice, and nothing else is accepted. */
import { CHOICES } from '../../../local/event-source/choice-table';
import { chooseFrom, defaultChoices, reportedOptions } from '../../../local/event-source/choices';

const refusal = (overrides: Record<string, string>) => {
  try {
    chooseFrom(overrides);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was refused');
};

describe('the table', () => {
  test('has every row from 1 to 36, in order', () => {
    const rows = CHOICES.map(({ row }) => row);

    expect([...new Set(rows)]).toEqual(Array.from({ length: 36 }, (_, index) => index + 1));
    expect(rows).toEqual([...rows].sort((a, b) => a - b));
  });

  test('has every name once, in the letters of a command line', () => {
    const names = CHOICES.map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  test('accepts its own defaults, and says of each what it is', () => {
    for (const { name, default: value, about } of CHOICES) {
      expect(chooseFrom({ [name]: String(value) })).toEqual(defaultChoices());
      expect(about).toMatch(/\.$/);
    }
  });

  // By hand from section 8: what "recommended choice" says, and where it names an alternative.
  test.each([
    [1, 'null-key-value', ['omitted', 'null'], 'omitted'],
    [2, 'null-header-value', ['empty', 'null'], 'empty'],
    [4, 'batch-mixing', ['mixed', 'single-partition'], 'mixed'],
    [6, 'partial-response', ['listed', 'checkpoint'], 'listed'],
    [7, 'hold-during-retry', ['partition', 'batch'], 'partition'],
    [20, 'record-age', ['since-timestamp', 'since-first-poll'], 'since-timestamp'],
    [24, 'record-too-large', ['discarded', 'stuck'], 'discarded'],
    [25, 'filter-mismatch', ['delivered', 'dropped'], 'delivered'],
    [26, 'filter-tombstone', ['delivered', 'dropped'], 'delivered'],
    [29, 'disable-in-flight', ['finished', 'abandoned'], 'finished'],
    [31, 'latest-at-creation', ['at-once', 'after-gap'], 'at-once'],
  ])('row %d leaves a choice: %s', (row, name, accepted, byDefault) => {
    expect(CHOICES.find((choice) => choice.name === name)).toMatchObject({ row, accepted, default: byDefault });
  });

  test('row 19: from 1 s up to 30 s', () => {
    expect(defaultChoices()).toMatchObject({ 'retry-base-ms': 1_000, 'retry-cap-ms': 30_000 });
  });
});

describe('chooseFrom()', () => {
  test('replaces what is given, and leaves the rest', () => {
    const choices = chooseFrom({ 'partial-response': 'checkpoint', 'retry-base-ms': '50' });

    expect(choices).toEqual({ ...defaultChoices(), 'partial-response': 'checkpoint', 'retry-base-ms': 50 });
  });

  test.each([
    ['a name that is none', { 'partial-respons': 'listed' }, /"partial-respons".*partial-response.*on-demand-pollers/],
    ['a name that every object has', { constructor: 'x' }, /"constructor"/],
    ['a value that is none', { 'partial-response': 'lowest' }, /partial-response is "lowest".*listed \| checkpoint/],
    ['another value where nothing is left to choose', { 'queue-mode': 'on' }, /queue-mode is "on".*refused/],
    ['a text for a number', { 'retry-base-ms': 'soon' }, /retry-base-ms is "soon".*whole number, 1 to 3600000/],
    ['a number below its range', { 'retry-base-ms': '0' }, /retry-base-ms is "0"/],
    ['a number above its range', { 'blocked-after-retries': '1000001' }, /blocked-after-retries is "1000001"/],
    ['a broken number', { 'retry-cap-ms': '1.5' }, /retry-cap-ms is "1\.5"/],
    ['a negative number', { 'retry-cap-ms': '-1' }, /retry-cap-ms is "-1"/],
    ['an empty text', { 'retry-cap-ms': '' }, /retry-cap-ms is ""/],
  ])('refuses %s, and says what is accepted', (_, overrides, message) => {
    expect(refusal(overrides)).toMatchObject({
      code: 'MSK_ONCE_USAGE',
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });
});

test('a report lists every choice with its row and its value', () => {
  const options = reportedOptions(chooseFrom({ 'partial-response': 'checkpoint' }));

  expect(options).toContainEqual({ row: 6, name: 'partial-response', value: 'checkpoint' });
  expect(options).toContainEqual({ row: 19, name: 'retry-base-ms', value: 1_000 });
  expect(new Set(options.map(({ row }) => row)).size).toBe(36);
});
