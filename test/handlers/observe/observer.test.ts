import fc from 'fast-check';
import { METRIC_UNITS, METRICS } from '../../../contract/metrics';
import { Observer } from '../../../handlers/observe/observer';
import type { Counted } from '../../../handlers/observe/topic-notes';

const COUNTED: Record<Counted, string> = {
  attempts: 'Attempts',
  takeovers: 'Takeovers',
  staleOwner: 'StaleOwner',
  unsavedSuccess: 'UnsavedSuccess',
  abandoned: 'Abandoned',
  orderGap: 'OrderGap',
  massErrors: 'MassErrors',
};
const OUTCOMES = { done: 'RecordsDone', duplicate: 'Duplicates', parked: 'Parked', open: 'Open' } as const;

const values = (observer: Observer) =>
  Object.fromEntries(observer.metrics('shop-orders').map(({ topic, values }) => [topic, Object.fromEntries(values)]));

describe('what an invocation notices', () => {
  test('every name of the agreed list has a unit, and no other', () => {
    // names.md, row "metrics".
    const agreed =
      'RecordsDone, Duplicates, Parked, Open, Takeovers, StaleOwner, UnsavedSuccess, RecordAgeMs, Attempts, Abandoned, OrderGap, LaneWaitMs, MassErrors';

    expect(Object.values(METRICS).sort()).toEqual(agreed.split(', ').sort());
    expect(Object.keys(METRIC_UNITS).sort()).toEqual(agreed.split(', ').sort());
    expect(METRIC_UNITS).toMatchObject({ RecordAgeMs: 'Milliseconds', LaneWaitMs: 'Milliseconds', Open: 'Count' });
  });

  test('is counted by topic, whatever the order in which it happens', () => {
    const topic = fc.constantFrom('orders', 'payments', 'constructor', '__proto__');
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('noticed' as const),
        topic,
        what: fc.constantFrom(...(Object.keys(COUNTED) as Counted[])),
        times: fc.nat(5),
      }),
      fc.record({
        kind: fc.constant('ended' as const),
        topic,
        outcome: fc.constantFrom(...(Object.keys(OUTCOMES) as (keyof typeof OUTCOMES)[])),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const observer = new Observer();
        const expected = new Map<string, Map<string, number>>();
        for (const each of steps) {
          const name = each.kind === 'noticed' ? COUNTED[each.what] : OUTCOMES[each.outcome];
          const times = each.kind === 'noticed' ? each.times : 1;
          if (each.kind === 'noticed') observer.noticed(each.what, each.topic, times);
          else observer.ended(each.topic, each.outcome);
          const ofTopic =
            expected.get(each.topic) ??
            new Map([
              ['RecordsDone', 0],
              ['Duplicates', 0],
              ['Open', 0],
            ]);
          expected.set(each.topic, ofTopic.set(name, (ofTopic.get(name) ?? 0) + times));
        }

        const told = observer.metrics('c').map(({ topic, values }) => [topic, [...values].sort()]);

        expect(told).toEqual(
          [...expected].map(([topic, counts]) => [
            topic,
            [...counts]
              // What is 0 is told only where rates are formed with it.
              .filter(([name, count]) => count > 0 || ['RecordsDone', 'Duplicates', 'Open'].includes(name))
              .map(([name, count]) => [name, [count]])
              .sort(),
          ]),
        );
      }),
    );
  });

  test('the age of a record is from its timestamp to its start, and never below 0', () => {
    const observer = new Observer();

    observer.started({ topic: 'orders', timestamp: 1_000 }, 4_000);
    observer.started({ topic: 'orders', timestamp: 5_000 }, 4_000);

    expect(values(observer)).toMatchObject({ orders: { RecordAgeMs: [3_000, 0] } });
    expect(observer.summary.oldestMs).toBe(3_000);
  });

  test.each([-1, 0])('a record without a timestamp (%i) has no age', (timestamp) => {
    const observer = new Observer();

    observer.started({ topic: 'orders', timestamp }, 4_000);
    observer.ended('orders', 'done');

    expect(values(observer).orders).not.toHaveProperty('RecordAgeMs');
    expect(observer.summary).not.toHaveProperty('oldestMs');
  });

  test('waits are told as they were, over all topics in the summary', () => {
    const observer = new Observer();

    observer.laneWaited('orders', 120);
    observer.laneWaited('payments', 900);
    observer.laneWaited('orders', 30);

    expect(values(observer)).toMatchObject({ orders: { LaneWaitMs: [120, 30] }, payments: { LaneWaitMs: [900] } });
    expect(observer.summary.longestWaitMs).toBe(900);
  });

  test('the summary has every number, 0 included, over all topics', () => {
    const observer = new Observer();
    observer.noticed('takeovers', 'orders');
    observer.noticed('takeovers', 'payments', 2);
    observer.holesClosed(3);
    observer.ended('orders', 'done');
    observer.ended('payments', 'open');
    observer.ended('payments', 'done');

    expect(observer.outcomes).toEqual({ done: 2, duplicate: 0, parked: 0, open: 1 });
    expect(observer.summary).toEqual({
      attempts: 0,
      takeovers: 3,
      staleOwner: 0,
      unsavedSuccess: 0,
      abandoned: 0,
      orderGap: 0,
      massErrors: 0,
      holesClosed: 3,
    });
    // Noise that no alarm is to look at.
    expect(values(observer).orders).not.toHaveProperty('HolesClosed');
  });
});
