import { ERROR_CODES } from '../../../contract/error-codes';
import type { RedriveResponse } from '../../../contract/redrive';
import { OutageError, PermanentError } from '../../../handlers';
import type { Codec } from '../../../handlers/record/codec';
import { json } from '../../../handlers/record/json';
import { EVERYWHERE, PLACES, RedriveWorld, redriveOf, until } from '../../support/redrive-world';
import { event, failures, ids, type Order } from '../../support/virtual-world';

const outcomes = (redriven: readonly { readonly outcome: string }[]) => redriven.map(({ outcome }) => outcome);

describe.each(EVERYWHERE)('a redrive, remembering by %s in %s', (way, place) => {
  test('P6: what is parked runs once, with one attempt more, and is done for everybody', async () => {
    const given = await RedriveWorld.start(way, place);
    const records = ids('a', 'b', 'c');
    const letters = await given.parks(records, ({ id }) => id !== 'b');
    const attempts: number[] = [];

    const first = await given.redrive(letters, ({ attempt }) => void attempts.push(attempt));
    const again = await given.redrive(letters, ({ attempt }) => void attempts.push(attempt));

    expect(first).toEqual(letters.map(({ id }) => ({ id, outcome: 'done' })));
    expect(again).toEqual(letters.map(({ id }) => ({ id, outcome: 'duplicate' })));
    expect(attempts).toEqual([2, 2]);
    expect(await Promise.all(['a', 'b', 'c'].map((id) => given.effects(id)))).toEqual([1, 1, 1]);
    for (const letter of letters) expect(await given.parked(letter)).toMatchObject({ outcome: 'done', attempts: 1 });
    const answer = await given.handler(() => void attempts.push(0))(event({ 0: records }), given.w.context());
    expect(failures(answer)).toEqual([]);
    expect(given.summary()).toMatchObject({ done: 0, duplicate: 3, parked: 0, open: 0 });
    expect(attempts).toHaveLength(2);
  });

  test('P6: what fails again is parked with one more attempt, and keeps its history', async () => {
    const given = await RedriveWorld.start(way, place);
    const [letter] = await given.parks(ids('a'));
    if (!letter) throw new Error('no letter');
    const parkedAtMs = given.w.time.nowMs;
    const attempts: number[] = [];
    const fail = (error: Error) => (record: { readonly attempt: number }) => {
      attempts.push(record.attempt);
      throw error;
    };
    await given.w.time.sleep(1_000_000);

    const first = await given.redrive([letter], fail(new TypeError('still not')));
    const second = await given.redrive([letter], fail(new PermanentError('never')));
    const stands = await given.parked(letter);
    const third = await given.redrive([letter]);

    expect(first).toEqual([{ id: letter.id, outcome: 'parked', error: { name: 'TypeError', message: 'still not' } }]);
    expect(second).toEqual([{ id: letter.id, outcome: 'parked', error: { name: 'PermanentError', message: 'never' } }]);
    expect(attempts).toEqual([2, 3]);
    expect(stands).toMatchObject({ outcome: 'parked', attempts: 3 });
    expect(stands?.firstFailureMs).toBeLessThanOrEqual(parkedAtMs);
    expect(stands?.lastFailureMs).toBeGreaterThanOrEqual(parkedAtMs + 1_000_000);
    expect(outcomes(third)).toEqual(['done']);
    expect(await given.effects('a')).toBe(1);
    // The letter is in its store for as long as nobody takes it out.
    expect(given.letters.all).toHaveLength(1);
  });

  test('P1: tries within the invocation are one attempt', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b'));
    const runs: string[] = [];

    const redriven = await given.redrive(
      letters,
      ({ value, attempt }) => {
        runs.push(`${value.id}${attempt}`);
        if (value.id === 'a' || runs.length < 3) throw new Error('passes');
      },
      { retries: 2 },
    );

    expect(outcomes(redriven)).toEqual(['parked', 'done']);
    expect(runs.filter((run) => run === 'a2')).toHaveLength(3);
    expect(await given.parked(letters[0] as never)).toMatchObject({ outcome: 'parked', attempts: 2 });
  });

  test('P6: what was never parked is absent, and nothing of it runs', async () => {
    const given = await RedriveWorld.start(way, place);
    const [letter] = await given.parks(ids('a'));
    if (!letter) throw new Error('no letter');
    const id = `${letter.id.slice(0, -1)}7`;
    const never = { ...letter, id, record: { ...letter.record, offset: 7 } };

    const redriven = await given.redrive([letter, never]);

    expect(redriven).toEqual([
      { id: letter.id, outcome: 'done' },
      { id, outcome: 'absent' },
    ]);
    expect(await given.effects('a')).toBe(1);
    expect(await given.parked(never)).toBeUndefined();
    expect(given.summary()).toMatchObject({ redrive: true, records: 2, done: 1, open: 0, absent: 1 });
  });

  test('P1: an outage leaves all open, and counts nothing', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b', 'c'));

    const redriven = await given.redrive(
      letters,
      () => {
        throw new OutageError('down');
      },
      { concurrency: 1 },
    );

    expect(outcomes(redriven)).toEqual(['open', 'open', 'open']);
    expect(redriven[0]?.error).toMatchObject({ name: 'OutageError' });
    expect(redriven[1]?.error).toMatchObject({ code: ERROR_CODES.outageDeclared });
    for (const letter of letters) expect(await given.parked(letter)).toMatchObject({ outcome: 'parked', attempts: 1 });
    expect(outcomes(await given.redrive(letters))).toEqual(['done', 'done', 'done']);
  });

  test('C8: a store that is out leaves all open', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    given.store.faults = { faultOf: () => 'request lost' };

    const redriven = await given.redrive(letters);

    expect(redriven).toMatchObject([{ outcome: 'open', error: { code: ERROR_CODES.storeUnavailable } }]);
    expect(await given.effects('a')).toBe(0);
  });

  test('P6: of two redrives of one letter at the same time one runs it, and the other is told', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    const slow = () => given.w.time.sleep(5_000);

    const both = await Promise.all([given.redrive(letters, slow), given.redrive(letters, slow)]);

    expect(both.flatMap(outcomes).sort()).toEqual(['done', 'open']);
    const other = both.flat().find(({ outcome }) => outcome === 'open');
    expect(other?.error?.code).toBe(ERROR_CODES.redriveBusy);
    expect(await given.effects('a')).toBe(1);
  });

  test('C4: a long run keeps its lease, so that nobody else takes the letter', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    let isRunning = false;
    const hour = { remainingMs: 600_000 };
    const long = given.redrive(
      letters,
      () => {
        isRunning = true;
        return given.w.time.sleep(200_000);
      },
      {},
      hour,
    );
    await until(() => isRunning);
    await given.w.time.sleep(150_000);

    const other = await given.redrive(letters, undefined, {}, hour);

    expect(other).toMatchObject([{ outcome: 'open', error: { code: ERROR_CODES.redriveBusy } }]);
    expect(outcomes(await long)).toEqual(['done']);
    expect(await given.effects('a')).toBe(1);
  });

  test('P6: a poller at work on the same partition is not disturbed', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b'));
    const [poller, redriver] = [given.connection(), given.connection()];
    let isRunning = false;
    const live = event({ 0: ids('c', 'd', 'e').map((record, index) => ({ ...record, offset: 2 + index })) });
    const answer = given.handler(
      async () => {
        isRunning = true;
        await given.w.time.sleep(20_000);
      },
      { order: 'partition' },
      { store: poller },
    )(live, given.w.context(200_000));
    await until(() => isRunning);

    const redriven = await given.redrive(letters, undefined, {}, { store: redriver });

    expect(outcomes(redriven)).toEqual(['done', 'done']);
    expect(failures(await answer)).toEqual([]);
    expect(given.summary()).toMatchObject({ done: 3, open: 0, staleOwner: 0, takeovers: 0 });
    const asked = new Set(redriver.calls.map(({ operation }) => operation));
    expect([...asked].filter((operation) => ['claimPartition', 'mark', 'commit'].includes(operation))).toEqual([]);
    expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => given.effects(id)))).toEqual([1, 1, 1, 1, 1]);
  });

  test('A3: it answers also where the mapping reads no answers, whatever is open', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));

    const redriven = await given.redrive(
      letters,
      () => {
        throw new OutageError('down');
      },
      {},
      { alias: 'Orders-throw' },
    );

    expect(outcomes(redriven)).toEqual(['open']);
  });

  test('P6: the answer has the order of the marker', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b', 'c'));

    const redriven = await given.redrive([...letters].reverse());

    expect(redriven.map(({ id }) => id)).toEqual([...letters].reverse().map(({ id }) => id));
    expect(new Set(outcomes(redriven))).toEqual(new Set(['done']));
  });
});

test.each(PLACES)(
  'letters of a function with processBatch run one at a time, each with its own end (%s)',
  async (place) => {
    const given = await RedriveWorld.start('ledger', place);
    const letters = await given.parks(ids('a', 'b', 'c'));
    const calls: string[][] = [];
    const handler = given.w.handler(
      {
        value: json() as Codec<Order>,
        retries: 0,
        processBatch: (records) => {
          calls.push(records.map(({ value }) => value.id));
          if (records.some(({ value }) => value.id === 'b')) throw new Error('not this one');
        },
      },
      { store: given.store, deadLetters: given.letters },
    );

    const answer = (await handler(redriveOf(letters), given.w.context())) as unknown as RedriveResponse;

    expect(outcomes(answer.mskOnce.redriven)).toEqual(['done', 'parked', 'done']);
    expect(calls).toEqual([['a'], ['b'], ['c']]);
  },
);
