import { leaseOver } from '../../../handlers/errors';
import { reasonsOf } from '../../../handlers/observe/reasons';

describe('how often each kind of error stands among them', () => {
  test('by code or by name, never by text', () => {
    const ours = leaseOver({ partition: 'p', leaseUntilMs: 0 });

    expect(reasonsOf([ours, new TypeError('a'), new TypeError('b'), 'thrown text', ours, ours])).toEqual({
      MSK_ONCE_LEASE_OVER: 3,
      TypeError: 2,
      string: 1,
    });
  });

  test('a name that is no name counts as Error', () => {
    expect(reasonsOf([Object.assign(new Error(), { name: 'card 4111 1111' })])).toEqual({ Error: 1 });
  });

  test('at most ten kinds have a name of their own', () => {
    const errors = Array.from({ length: 15 }, (_, n) => Object.assign(new Error(), { name: `E${n}` }));

    const reasons = reasonsOf([...errors, ...errors]);

    expect(Object.keys(reasons)).toHaveLength(11);
    expect(reasons).toMatchObject({ E0: 2, E9: 2, others: 10 });
  });

  test('whatever was thrown is counted', () => {
    const hostile = new Proxy({}, { has: () => { throw new Error('no'); } }); // biome-ignore format: one line

    expect(reasonsOf([undefined, null, hostile])).toEqual({ undefined: 1, object: 1, unknown: 1 });
  });
});
