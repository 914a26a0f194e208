import fc from 'fast-check';
import type { Fault } from '../../../local/faults/fault';
import { definitionOf, FAULT_NAMES, type KeyDefinition } from '../../../local/faults/fault-definitions';
import {
  formatFault,
  formatFaultWithoutPlace,
  parseFault,
  parseFaultWithoutPlace,
} from '../../../local/faults/fault-text';

describe('a fault is read from', () => {
  test.each<[string, Fault]>([
    ['answer-lost@17', { name: 'answer-lost', at: 17, settings: {} }],
    ['delay@3,ms=800', { name: 'delay', at: 3, settings: { ms: 800 } }],
    ['kill-after@5,operation=UpdateItem', { name: 'kill-after', at: 5, settings: { operation: 'UpdateItem' } }],
    [
      'request-lost@1,how=close,table=Counters,worker=poller-1/2',
      { name: 'request-lost', at: 1, settings: { how: 'close', table: 'Counters', worker: 'poller-1/2' } },
    ],
    ['clock-skew@2,ms=-30000', { name: 'clock-skew', at: 2, settings: { ms: -30_000 } }],
    ['database-down@4,to=9,how=503', { name: 'database-down', at: 4, settings: { to: 9, how: '503' } }],
    ['rebalance@2,poller=poller-1', { name: 'rebalance', at: 2, settings: { poller: 'poller-1' } }],
  ])('%s', (text, fault) => {
    expect(parseFault(text)).toEqual(fault);
  });

  test('its own text, whatever its settings', () => {
    fc.assert(
      fc.property(faults(), (fault) => {
        expect(parseFault(formatFault(fault))).toEqual(fault);
      }),
    );
  });

  test('a text without a place, if that is asked for', () => {
    expect(parseFaultWithoutPlace('kill-after,table=Counters')).toEqual({
      name: 'kill-after',
      settings: { table: 'Counters' },
    });
    expect(formatFaultWithoutPlace(parseFaultWithoutPlace('freeze,worker=poller-1,ms=5'))).toBe(
      'freeze,ms=5,worker=poller-1',
    );
  });
});

describe('a wrong text is refused with what is accepted', () => {
  test.each([
    ['answer-list@17', 'there is no fault "answer-list"; accepted is one of request-lost, answer-lost, late-copy,'],
    ['constructor@1', 'there is no fault "constructor"'],
    ['answer-lost', 'it needs a place, as in answer-lost@17: the number of the answer, from 1 on'],
    ['rebalance@', 'the number of the delivery'],
    ['answer-lost@0', 'from 1 on'],
    ['answer-lost@1.5', 'from 1 on'],
    ['answer-lost@-1', 'from 1 on'],
    ['answer-lost@x', 'from 1 on'],
    ['answer-lost@17,', 'answer-lost has no key ""; accepted is how, operation, table, worker'],
    ['kill-before@17,ms=4', 'kill-before has no key "ms"; accepted is operation, table, worker'],
    ['kill-before@17,constructor=4', 'kill-before has no key "constructor"'],
    ['destination-failure@1,poller=a', 'destination-failure has no key "poller"; accepted is none'],
    ['delay@3,ms', 'the key ms has no value; write ms=…'],
    ['delay@3,ms=', 'ms is ""; accepted is a whole number from 0 to 3600000'],
    ['delay@3,ms=1e3', 'ms is "1e3"; accepted is a whole number from 0 to 3600000'],
    ['delay@3,ms=3600001', 'accepted is a whole number from 0 to 3600000'],
    ['delay@3,ms=1,ms=2', 'the key ms stands there twice'],
    ['request-lost@1,how=loudly', 'how is "loudly"; accepted is hang, close'],
    ['request-lost@1,table=', 'table is ""; accepted is a name'],
    ['throttle@1,error=Busy', 'error is "Busy"; accepted is ThrottlingError, ProvisionedThroughputExceeded,'],
    ['database-down@9,to=8', '"to" must not lie before the place, 9'],
  ])('%s', (text, words) => {
    expect(() => parseFault(text)).toThrow(`The fault ${JSON.stringify(text)} cannot be read: `);
    expect(() => parseFault(text)).toThrow(words);
    expect(() => parseFault(text)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  test.each([
    ['kill-after@3', 'it is to stand without a place here: kill-after'],
    ['database-down,to=3', '"to" names a place'],
    ['nothing', 'there is no fault "nothing"'],
  ])('without a place: %s', (text, words) => {
    expect(() => parseFaultWithoutPlace(text)).toThrow(words);
  });
});

test('every fault and every key says what it is about', () => {
  for (const name of FAULT_NAMES) {
    const { about, keys } = definitionOf(name);
    for (const text of [about, ...Object.values(keys).map((key) => key.about)]) expect(text.length).toBeGreaterThan(10);
  }
});

function faults(): fc.Arbitrary<Fault> {
  return fc.constantFrom(...FAULT_NAMES).chain((name) => {
    const values = Object.fromEntries(Object.entries(definitionOf(name).keys).map(([key, one]) => [key, value(one)]));
    return fc
      .record({ at: fc.integer({ min: 1, max: 999 }), given: fc.record(values, { requiredKeys: [] }) })
      .map(({ at, given }): Fault => {
        const settings = given as Record<string, string | number>;
        return { name, at, settings: name === 'database-down' ? { ...settings, to: at + 3 } : settings };
      });
  });
}

function value(key: KeyDefinition): fc.Arbitrary<string | number> {
  if (key.kind === 'number') return fc.integer({ min: key.minimum, max: key.maximum });
  if (key.kind === 'choice') return fc.constantFrom(...key.accepted);
  return fc.stringMatching(/^[^,]+$/);
}
