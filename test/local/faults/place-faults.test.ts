import fc from 'fast-check';
import { placeOf } from '../../../local/faults/fault';
import { FAULT_NAMES } from '../../../local/faults/fault-definitions';
import { formatFault, parseFault } from '../../../local/faults/fault-text';
import { placeFaults } from '../../../local/faults/place-faults';

const placement = fc.record({
  names: fc.uniqueArray(fc.constantFrom(...FAULT_NAMES), { minLength: 1 }),
  count: fc.nat(20),
  seed: fc.nat(),
  requests: fc.integer({ min: 1, max: 500 }),
  deliveries: fc.integer({ min: 1, max: 50 }),
  workers: fc.integer({ min: 1, max: 4 }),
});

test('as many faults as wanted, of the given names, each within what the run has of its place', () => {
  fc.assert(
    fc.property(placement, (given) => {
      const faults = placeFaults(given);

      expect(faults).toHaveLength(given.count);
      for (const fault of faults) {
        expect(given.names).toContain(fault.name);
        expect(parseFault(formatFault(fault))).toEqual(fault);
        const most = { request: given.requests, answer: given.requests, worker: given.workers, destination: 1 };
        const limit = { ...most, invocation: given.deliveries, commit: given.deliveries }[placeOf(fault)];
        expect(fault.at).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test('one seed places the same faults, and the seeds place them everywhere', () => {
  const places = new Set<number>();
  for (let seed = 0; seed < 200; seed += 1) {
    const given = { names: ['answer-lost'] as const, count: 3, seed, requests: 10 };
    const faults = placeFaults(given);
    expect(placeFaults(given)).toEqual(faults);
    for (const { at } of faults) places.add(at);
  }
  expect([...places].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
