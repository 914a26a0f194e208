import { ERROR_CODES } from '../../../contract/error-codes';
import type { MetricName } from '../../../contract/metrics';
import type { RedriveEvent } from '../../../contract/redrive';
import type { TopicMetrics } from '../../../handlers/observe/metrics';
import { RedriveWorld, redriveOf } from '../../support/redrive-world';
import { ids } from '../../support/virtual-world';

const withMarker = (right: RedriveEvent, mskOnce: unknown) => ({ ...right, mskOnce });
const withLetters = (right: RedriveEvent, letters: unknown) => withMarker(right, { redrive: { letters } });
const changed = (id: string, member: number, value: string) =>
  id
    .split('#')
    .map((part, index) => (index === member ? value : part))
    .join('#');

const MALFORMED: readonly (readonly [string, string, (right: RedriveEvent) => unknown])[] = [
  ['a marker that is no object', 'mskOnce', (right) => withMarker(right, 'redrive')],
  ['a marker of nothing', 'mskOnce', (right) => withMarker(right, null)],
  ['a marker that does not say what it is for', 'mskOnce.redrive', (right) => withMarker(right, {})],
  ['a list in place of the redrive', 'mskOnce.redrive', (right) => withMarker(right, { redrive: [] })],
  ['no letters', 'mskOnce.redrive.letters', (right) => withMarker(right, { redrive: {} })],
  ['one letter alone', 'mskOnce.redrive.letters', (right) => withLetters(right, right.mskOnce.redrive.letters[0])],
  [
    'a letter too few',
    'mskOnce.redrive.letters[1]',
    (right) => withLetters(right, right.mskOnce.redrive.letters.slice(0, 1)),
  ],
  [
    'a letter too many',
    'mskOnce.redrive.letters',
    (right) => withLetters(right, [...right.mskOnce.redrive.letters, 'parked#x']),
  ],
  [
    'letters in another order than the records',
    'mskOnce.redrive.letters[0]',
    (right) => withLetters(right, [...right.mskOnce.redrive.letters].reverse()),
  ],
  ['a letter that is a number', 'mskOnce.redrive.letters[0]', (right) => withLetters(right, [7, 8])],
  ...(
    [
      ['another consumer', 1, 'other'],
      ['another source', 2, 'u-2'],
      ['another generation', 3, '2'],
      ['another topic', 4, 'payments'],
      ['another partition', 5, '1'],
      ['another offset', 6, '9'],
    ] as const
  ).map(
    ([name, member, value]) =>
      [
        `a letter of ${name}`,
        'mskOnce.redrive.letters[1]',
        (right: RedriveEvent) => {
          const [first = '', second = ''] = right.mskOnce.redrive.letters;
          return withLetters(right, [first, changed(second, member, value)]);
        },
      ] as const,
  ),
];

describe('A4: a redrive that is malformed is refused as a whole, with an error that names the field', () => {
  test.each(MALFORMED)('%s (%s)', async (_, field, malformed) => {
    const given = await RedriveWorld.start('ledger', 'memory');
    const letters = await given.parks(ids('a', 'b'));

    const answer = given.handler()(malformed(redriveOf(letters)), given.w.context());

    await expect(answer).rejects.toMatchObject({ code: ERROR_CODES.redriveInvalid });
    await expect(answer).rejects.toThrow(`The event's ${field} is `);
    expect(await Promise.all(['a', 'b'].map((id) => given.effects(id)))).toEqual([0, 0]);
    for (const letter of letters) expect(await given.parked(letter)).toMatchObject({ outcome: 'parked', attempts: 1 });
  });

  test('a record that is malformed', async () => {
    const given = await RedriveWorld.start('ledger', 'memory');
    const right = redriveOf(await given.parks(ids('a')));
    const [record] = right.records['orders-0'] ?? [];
    const answer = given.handler()(
      { ...right, records: { 'orders-0': [{ ...record, offset: -1 }] } },
      given.w.context(),
    );

    await expect(answer).rejects.toMatchObject({ code: ERROR_CODES.eventInvalid });
  });

  test('a mapping that the function does not know', async () => {
    const given = await RedriveWorld.start('ledger', 'memory');
    const right = redriveOf(await given.parks(ids('a')));

    const answer = given.handler()(right, given.w.context(60_000, 'Payments-partial'));

    await expect(answer).rejects.toMatchObject({ code: ERROR_CODES.mappingUnknown });
  });
});

test('no letters are no work, and an answer', async () => {
  const given = await RedriveWorld.start('ledger', 'memory');

  expect(await given.redrive([])).toEqual([]);
});

test('P6: letters of several partitions, and of records that the event holds in no order', async () => {
  const given = await RedriveWorld.start('ledger', 'memory');
  const letters = await given.parks(ids('a', 'b', 'c'));
  const [a, b, c] = letters as [never, never, never];

  const redriven = await given.redrive([c, a, b]);

  expect(redriven.map(({ id, outcome }) => `${id.slice(-1)} ${outcome}`)).toEqual(['2 done', '0 done', '1 done']);
});

test('no payload: neither the lines nor the answer quote more of a record than its error says', async () => {
  const given = await RedriveWorld.start('ledger', 'memory');
  const letters = await given.parks([{ value: { id: 'secret-4711' } }]);
  given.w.logged.length = 0;

  const [redriven] = await given.redrive(letters, ({ value }) => {
    throw new Error(`no ${value.id} ${'x'.repeat(10_000)}`);
  });

  expect(JSON.stringify(given.w.logged)).not.toContain('secret-4711');
  expect(given.summary()).toMatchObject({ redrive: true, parked: 1, absent: 0, attempts: 1, reasons: { Error: 1 } });
  expect(redriven?.error?.message).toMatch(/^no secret-4711 x+…$/);
  expect(JSON.stringify(redriven).length).toBeLessThan(1_000);
});

test('the metrics of a redrive count its outcomes, and not what was absent', async () => {
  const given = await RedriveWorld.start('ledger', 'memory');
  const letters = await given.parks(ids('a', 'b', 'c'));
  const [, , last] = letters;
  if (!last) throw new Error('no letter');
  const never = { ...last, id: `${last.id.slice(0, -1)}7`, record: { ...last.record, offset: 7 } };
  await given.redrive([last]);
  const published: TopicMetrics[] = [];

  await given.redrive(
    [...letters, never],
    ({ value }) => {
      if (value.id === 'b') throw new Error('again');
    },
    {},
    { metrics: { publish: (metrics) => void published.push(...metrics) } },
  );

  expect(published).toHaveLength(1);
  const { consumer, topic, values } = published[0] as TopicMetrics;
  expect([consumer, topic]).toEqual(['shop-orders', 'orders']);
  const names = ['RecordsDone', 'Duplicates', 'Parked', 'Open', 'Attempts'];
  expect(names.map((name) => values.get(name as MetricName))).toEqual([[1], [1], [1], [0], [1]]);
});
