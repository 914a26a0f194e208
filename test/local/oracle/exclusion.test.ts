/** "Two workers: the second waits; only a worker that stalls past its lease can overlap." */
import type { Promised } from '../../../local/oracle/promise';
import { broken, fact, History, IDENTITY, LEASE_MS, LEDGER } from './history';

const TOPIC = [fact(0, 0, 'a'), fact(0, 1, 'b'), fact(1, 0, 'a')];
const OPEN = ['0@0', '0@1', '1@0'];

const overlaps = (history: History, promised: Promised = IDENTITY) =>
  broken(promised, TOPIC, history, ...OPEN).filter((violation) => violation.startsWith('overlap'));

describe('claims', () => {
  test('a claim on what another worker holds', () => {
    const history = new History()
      .claim('w1', 'a')
      .pass(LEASE_MS - 1)
      .claim('w2', 'a');

    expect(overlaps(history)).toEqual(['overlap a']);
  });

  test('not when the lease has run out, was given back, or ended with the mark', () => {
    expect(overlaps(new History().claim('w1', 'a').pass(LEASE_MS).claim('w2', 'a'))).toEqual([]);
    expect(overlaps(new History().claim('w1', 'a').release('w1', 'a').claim('w2', 'a'))).toEqual([]);
    expect(overlaps(new History().claim('w1', 'a').mark('w1', 'a').claim('w2', 'a'))).toEqual([]);
  });

  test('a renewed lease, and one that a renewal has moved back', () => {
    const renewed = new History()
      .claim('w1', 'a')
      .pass(LEASE_MS - 1)
      .renew('w1', 'a')
      .pass(2)
      .claim('w2', 'a');
    const back = new History().claim('w1', 'a').renew('w1', 'a', 10).pass(20).claim('w2', 'a');

    expect(overlaps(renewed)).toEqual(['overlap a']);
    expect(overlaps(back)).toEqual(['overlap a']);
  });

  test('not from a dead worker, nor by the holder itself, nor on something else', () => {
    expect(overlaps(new History().claim('w1', 'a').kill('w1').claim('w2', 'a'))).toEqual([]);
    expect(overlaps(new History().claim('w1', 'a').claim('w1', 'a'))).toEqual([]);
    expect(overlaps(new History().claim('w1', 'a').claim('w2', 'b'))).toEqual([]);
  });

  test('a lease is as long as the clock of its worker has it', () => {
    const history = () =>
      new History()
        .claim('w1', 'a')
        .pass(LEASE_MS - 300)
        .claim('w2', 'a');

    expect(overlaps(history(), { ...IDENTITY, clockAheadMs: { w1: 300 } })).toEqual([]);
    expect(overlaps(history(), { ...IDENTITY, clockAheadMs: { w1: 299 } })).toEqual(['overlap a']);
    expect(overlaps(history().pass(300), { ...IDENTITY, clockAheadMs: { w2: 300 } })).toEqual(['overlap a']);
  });

  test('a mark of offsets ends no claim on their partition', () => {
    const history = () => new History().claim('w1', 0).close('w1', 0, [0, 0]);

    expect(overlaps(history().claim('w2', 0), LEDGER)).toEqual(['overlap partition 0']);
    expect(overlaps(history().release('w1', 0).claim('w2', 0), LEDGER)).toEqual([]);
  });
});

describe('runs', () => {
  test('of one unit in two workers, while the lease of the first is live', () => {
    const history = new History()
      .claim('w1', 'a')
      .start('w1', '0@0')
      .pass(LEASE_MS - 1)
      .start('w2', '1@0');

    expect(overlaps(history)).toEqual(['overlap a']);
  });

  test('not when the first one has stood still past its lease', () => {
    const history = new History()
      .claim('w1', 'a')
      .start('w1', '0@0')
      .pass(LEASE_MS)
      .claim('w2', 'a')
      .start('w2', '0@0');

    expect(overlaps(history)).toEqual([]);
  });

  test('a claim that was given back while its run goes on excludes others as before', () => {
    const history = new History()
      .claim('w1', 'a')
      .start('w1', '0@0')
      .release('w1', 'a')
      .claim('w2', 'a')
      .start('w2', '0@0');

    expect(overlaps(history)).toEqual(['overlap a']);
  });

  test('not when the first one has ended or is dead', () => {
    const started = () => new History().claim('w1', 'a').start('w1', '0@0');

    expect(overlaps(started().end('w1', '0@0', 'rejected').start('w2', '0@0'))).toEqual([]);
    expect(overlaps(started().kill('w1').start('w2', '0@0'))).toEqual([]);
  });

  test('of one unit twice at once in one worker', () => {
    const history = new History().claim('w1', 'a').start('w1', '0@0').start('w1', '1@0');

    expect(overlaps(history)).toEqual(['overlap a']);
  });

  test('of different identities in two workers: no', () => {
    const history = new History().claim('w1', 'a').start('w1', '0@0').claim('w2', 'b').start('w2', '0@1');

    expect(overlaps(history)).toEqual([]);
  });

  test('of different records of one partition: in two workers yes, in one no, where the partition is held', () => {
    const history = (second: string) => new History().claim('w1', 0).start('w1', '0@0').start(second, '0@1');

    expect(overlaps(history('w2'), LEDGER)).toEqual(['overlap 0@1']);
    expect(overlaps(history('w1'), LEDGER)).toEqual([]);
    expect(overlaps(new History().claim('w1', 0).start('w1', '0@0').start('w2', '1@0'), LEDGER)).toEqual([]);
  });
});
