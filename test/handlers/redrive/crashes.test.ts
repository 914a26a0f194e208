import { ERROR_CODES } from '../../../contract/error-codes';
import { EVERYWHERE, type Hook, RedriveWorld, redriveOf, until } from '../../support/redrive-world';
import { ids, ProcessEnded } from '../../support/virtual-world';

const outcomes = (redriven: readonly { readonly outcome: string }[]) => redriven.map(({ outcome }) => outcome);

describe.each(EVERYWHERE)('a redrive that is interrupted, remembering by %s in %s', (way, place) => {
  test('P6: what died before its effect runs again once the lease is over, and not before', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b'));
    const mortal = given.mortal();
    void given.redrive(
      letters,
      () => {
        mortal.store.dead = true;
        return new Promise(() => undefined);
      },
      { concurrency: 1 },
      mortal,
    );
    await until(() => mortal.store.dead);

    const early = await given.redrive(letters);
    await given.w.time.sleep(60_000);
    const attempts: number[] = [];
    const late = await given.redrive(letters, ({ attempt }) => void attempts.push(attempt));

    expect(early).toMatchObject([{ outcome: 'open', error: { code: ERROR_CODES.redriveBusy } }, { outcome: 'done' }]);
    expect(outcomes(late)).toEqual(['done', 'duplicate']);
    expect(await Promise.all(['a', 'b'].map((id) => given.effects(id)))).toEqual([1, 1]);
    // Parked once; and the redrive that died is an attempt as any other (P2).
    expect(attempts).toEqual([3]);
    expect(given.summary()).toMatchObject({ takeovers: 1 });
  });

  test('P6: between effect and mark: it may run again, but for a transaction, which never does', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    const mortal = given.mortal();
    given.store.faults = {
      faultOf: ({ operation }) => {
        // Its answer, or the mark behind the effect, meets nobody who could go on.
        if (['complete parked', 'commit parked'].includes(operation)) mortal.store.dead = true;
        return operation === 'complete parked' ? 'request lost' : undefined;
      },
    };
    void given.redrive(letters, undefined, {}, mortal);
    await until(() => mortal.store.dead);
    given.store.faults = {};
    await given.w.time.sleep(60_000);

    const again = await given.redrive(letters);

    expect(outcomes(again)).toEqual([given.isTransaction ? 'duplicate' : 'done']);
    expect(await given.effects('a')).toBe(given.isTransaction ? 1 : 2);
    expect(await given.parked(letters[0] as never)).toMatchObject({ outcome: 'done' });
    expect(outcomes(await given.redrive(letters))).toEqual(['duplicate']);
  });

  test('D1: past the deadline nothing starts, and what has not started is open, with no attempt', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b', 'c'));

    // The first ends behind the deadline and inside its grace.
    const remaining = { remainingMs: 3_900 };

    const first = await given.redrive(letters, () => given.w.time.sleep(3_000), { concurrency: 1 }, remaining);
    const second = await given.redrive(letters);

    expect(first).toMatchObject([
      { outcome: 'done' },
      { outcome: 'open', error: { code: ERROR_CODES.deadline } },
      { outcome: 'open', error: { code: ERROR_CODES.deadline } },
    ]);
    expect(outcomes(second)).toEqual(['duplicate', 'done', 'done']);
    expect(await Promise.all(['a', 'b', 'c'].map((id) => given.effects(id)))).toEqual([1, 1, 1]);
    for (const letter of letters) expect(await given.parked(letter)).toMatchObject({ outcome: 'done', attempts: 1 });
  });

  test('P2: a run that is cut off at the edge counts if it had half of the time, and else it is open', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('slow', 'late'));
    const late = letters.slice(1);
    const hook: Hook = ({ value, signal }) => {
      if (value.id === 'slow') return given.w.time.sleep(7_000);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut off'))));
    };

    const first = await given.redrive(letters, hook, { concurrency: 1 }, { remainingMs: 10_000 });
    const between = await given.parked(late[0] as never);
    const second = await given.redrive(late, hook, {}, { remainingMs: 10_000 });

    expect(outcomes(first)).toEqual(['done', 'open']);
    expect(between).toMatchObject({ outcome: 'parked', attempts: 1 });
    expect(second).toMatchObject([{ outcome: 'parked', error: { message: 'cut off' } }]);
    expect(await given.parked(late[0] as never)).toMatchObject({ outcome: 'parked', attempts: 2 });
  });

  test('A5: what never settles ends the process instead of answering, and its letter is free after the lease', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('deaf', 'b'));
    const hook = ({ value }: { readonly value: { readonly id: string } }) =>
      value.id === 'deaf' ? new Promise(() => undefined) : undefined;

    const answer = given.handler(hook)(redriveOf(letters), given.w.context(10_000));

    await expect(answer).rejects.toThrow(ProcessEnded);
    expect(await given.effects('b')).toBe(1);
    await given.w.time.sleep(60_000);
    expect(outcomes(await given.redrive(letters))).toEqual(['done', 'duplicate']);
    expect(await given.parked(letters[0] as never)).toMatchObject({ outcome: 'done', attempts: 2 });
  });

  test('C4: a letter that was taken over is not marked by the redrive that had it', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    const stale = given.connection();
    stale.faults = { faultOf: ({ operation }) => (operation === 'renew parked' ? 'request lost' : undefined) };
    const aborted: unknown[] = [];
    const first = given.redrive(
      letters,
      async ({ signal }) => {
        signal.addEventListener('abort', () => aborted.push(signal.reason));
        await given.w.time.sleep(100_000);
      },
      {},
      { store: stale, remainingMs: 200_000 },
    );
    await given.w.time.sleep(50_000);

    const second = await given.redrive(letters);

    expect(outcomes(second)).toEqual(['done']);
    expect(outcomes(await first)).toEqual(['open']);
    expect(aborted).toHaveLength(1);
    expect(await given.effects('a')).toBe(given.isTransaction ? 1 : 2);
  });
});
