import { FILTER_NAMES, FilterProblem, parseFilter } from '../../bin/redrive/filter';
import { letter, RECORD } from '../handlers/dead-letters/letters';

/** orders-2@4711 of shop-orders, generation 1, 5 attempts, last failure 2026-11-02T09:10:00Z. */
const LETTER = letter({ error: { code: 'MSK_ONCE_VALUE_INVALID', name: 'OnceError', message: 'x' } });

function fits(...texts: string[]): boolean {
  const filter = parseFilter(texts);
  if (filter instanceof FilterProblem) throw new Error(filter.text);
  return filter(LETTER);
}

test.each<[string, boolean]>([
  ['topic=orders', true],
  ['topic=order', false],
  ['topic=payments|orders', true],
  ['code=MSK_ONCE_VALUE_INVALID', true],
  ['code=OnceError', false],
  ['name=OnceError', true],
  ['id=parked#shop-orders#u-1#1#orders#2#4711', true],
  ['consumer=shop-orders', true],
  ['source=u-1', true],
  ['source=u-2', false],
  ['partition=2', true],
  ['partition=0|2', true],
  ['partition=3', false],
  ['offset=4711', true],
  ['offset=4711..4711', true],
  ['offset=4000..4710', false],
  ['offset=4712..', false],
  ['offset=..4711', true],
  ['offset=0..10|4700..', true],
  ['attempts=5', true],
  ['generation=1', true],
  ['generation=2', false],
  ['after=2026-11-02T09:10:00Z', true],
  ['after=2026-11-02T09:10:01Z', false],
  ['before=2026-11-02T09:10:00Z', false],
  ['before=2026-11-03', true],
  ['after=2026-11-02T10:10:00+01:00', true],
  ['topic=orders,partition=2', true],
  ['topic=orders,partition=3', false],
  [' topic = orders , partition = 2 ', true],
])('%s: %p', (text, expected) => {
  expect(fits(text)).toBe(expected);
});

test('several texts must all hold, and none lets everything pass', () => {
  expect([fits('topic=orders', 'partition=2'), fits('topic=orders', 'partition=1'), fits()]).toEqual([
    true,
    false,
    true,
  ]);
});

test('an error without a code has none, and a letter without a source an empty one', () => {
  const { source: _, ...plain } = letter({ record: RECORD });
  const of = (text: string) => (parseFilter([text]) as (one: typeof plain) => boolean)(plain);

  expect([of('code=MSK_ONCE_VALUE_INVALID'), of('source=u-1'), of('name=Error')]).toEqual([false, false, true]);
});

test.each([
  '',
  'topic',
  '=orders',
  'topic=',
  'topic=a||b',
  'colour=red',
  'constructor=x',
  'partition=two',
  'partition=-1',
  'offset=20..10',
  'offset=..',
  'offset=1...2',
  'after=yesterday',
  'after=2026-13-01',
  'after=2026-11-01|2026-11-02',
  'before=1793610903120',
])('%j is refused, with what is accepted', (text) => {
  const { text: told } = parseFilter([text]) as FilterProblem;

  expect(told).toContain(`--filter has ${JSON.stringify(text)}; accepted is `);
});

test('what is accepted names every condition', () => {
  expect(FILTER_NAMES.toSorted()).toEqual([
    'after',
    'attempts',
    'before',
    'code',
    'consumer',
    'generation',
    'id',
    'name',
    'offset',
    'partition',
    'source',
    'topic',
  ]);
  expect((parseFilter(['colour=red']) as FilterProblem).text).toContain(FILTER_NAMES.join(', '));
});
