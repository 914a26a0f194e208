import { ERROR_CODES } from '../../../contract/error-codes';
import { claimId } from '../../../handlers/core/identity';
import { PLACES, RedriveWorld, type Way } from '../../support/redrive-world';
import { event, failures, ids, type RecordInput } from '../../support/virtual-world';

const outcomes = (redriven: readonly { readonly outcome: string }[]) => redriven.map(({ outcome }) => outcome);
const at = (offset: number, id: string, amount?: number): RecordInput => ({
  value: amount === undefined ? { id } : { id, amount },
  offset,
});
const key = (id: string) => claimId('shop-orders', 'orders', id);
const WAYS_WITH_IDENTITY: readonly Way[] = ['identity', 'transaction with identity'];
const WITH_IDENTITY = PLACES.flatMap((place) => WAYS_WITH_IDENTITY.map((way) => [way, place] as const));
/** Undecodable when it is parked, and what it should have been when it is redriven. */
const undecodable = (offset: number): RecordInput => ({ bytes: Buffer.from('{"id": '), offset });

describe.each(PLACES)('identities that are parked, in %s', (place) => {
  test('P6: an identity stays parked while its record is redriven, and its success turns it to done', async () => {
    const given = await RedriveWorld.start('identity', place);
    const letters = await given.parks(ids('a'));
    const twin = () => event({ 0: [at(7, 'a')] });
    const meanwhile: unknown[] = [];

    const redriven = await given.redrive(letters, async () => {
      meanwhile.push(failures(await given.handler()(twin(), given.w.context())), given.summary().parked);
    });
    const after = failures(await given.handler()(twin(), given.w.context()));

    expect(outcomes(redriven)).toEqual(['done']);
    expect(meanwhile).toEqual([[], 1]);
    expect(after).toEqual([]);
    expect(given.summary()).toMatchObject({ duplicate: 1, parked: 0 });
    expect(await given.effects('a')).toBe(1);
  });

  test('P6: rememberFor starts anew with the redrive', async () => {
    const given = await RedriveWorld.start('identity', place);
    const letters = await given.parks(ids('a'));
    await given.w.time.sleep(1_000_000_000);
    await given.redrive(letters);
    // Fourteen days after it was parked, and less than that after its redrive.
    await given.w.time.sleep(1_000_000_000);

    const answer = await given.handler()(event({ 0: [at(7, 'a')] }), given.w.context());

    expect(failures(answer)).toEqual([]);
    expect(given.summary()).toMatchObject({ duplicate: 1 });
    expect(await given.effects('a')).toBe(1);
  });

  test('P6: an identity that has expired is claimed, and its worker is waited for by others', async () => {
    const given = await RedriveWorld.start('identity', place);
    const letters = await given.parks(ids('a'));
    await given.w.time.sleep(1_209_600_000 + 60_000);
    let live: readonly string[] | undefined;

    const redriven = await given.redrive(letters, async () => {
      live = failures(await given.handler()(event({ 0: [at(7, 'a')] }), given.w.context(10_000)));
    });

    expect(outcomes(redriven)).toEqual(['done']);
    expect(live).toEqual(['orders-0@7']);
    expect(await given.effects('a')).toBe(1);
    expect(failures(await given.handler()(event({ 0: [at(7, 'a')] }), given.w.context()))).toEqual([]);
    expect(given.summary()).toMatchObject({ duplicate: 1 });
  });

  test('C6: an identity that another worker is at leaves the letter open, with no attempt', async () => {
    const given = await RedriveWorld.start('identity', place);
    const [letter] = await given.parks([undecodable(3)]);
    if (!letter) throw new Error('no letter');
    const mended = { ...letter, record: { ...letter.record, value: Buffer.from('{"id":"a"}').toString('base64') } };
    let busy: Awaited<ReturnType<RedriveWorld['redrive']>> = [];

    await given.handler(async () => {
      busy = await given.redrive([mended]);
    })(event({ 0: [at(7, 'a')] }), given.w.context());
    const after = await given.redrive([mended]);

    expect(busy).toMatchObject([{ outcome: 'open', error: { code: ERROR_CODES.claimBusy } }]);
    expect(outcomes(after)).toEqual(['duplicate']);
    expect(await given.parked(letter)).toMatchObject({ outcome: 'done', attempts: 1 });
    expect(await given.effects('a')).toBe(1);
  });

  test('P6: a failed redrive that had claimed the identity gives it back, with no attempt of its own', async () => {
    const given = await RedriveWorld.start('identity', place);
    const [letter] = await given.parks([undecodable(3)]);
    if (!letter) throw new Error('no letter');
    const mended = { ...letter, record: { ...letter.record, value: Buffer.from('{"id":"a"}').toString('base64') } };
    const attempts: number[] = [];

    const redriven = await given.redrive([mended], () => {
      throw new Error('not yet');
    });
    await given.handler(({ attempt }) => void attempts.push(attempt))(event({ 0: [at(7, 'a')] }), given.w.context());

    expect(outcomes(redriven)).toEqual(['parked']);
    expect(attempts).toEqual([1]);
    expect(await given.parked(letter)).toMatchObject({ outcome: 'parked', attempts: 2 });
  });

  test('C4: an identity that another worker took over aborts the run, and the letter is open', async () => {
    const given = await RedriveWorld.start('identity', place);
    const [letter] = await given.parks([undecodable(3)]);
    if (!letter) throw new Error('no letter');
    const mended = { ...letter, record: { ...letter.record, value: Buffer.from('{"id":"a"}').toString('base64') } };
    const bad = given.connection();
    bad.faults = { faultOf: ({ operation }) => (operation === 'renew' ? 'request lost' : undefined) };
    const slow = { remainingMs: 200_000, store: bad };

    const redriven = given.redrive(
      [mended],
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      {},
      slow,
    );
    await given.w.time.sleep(40_000);
    const live = await given.handler()(event({ 0: [at(7, 'a')] }), given.w.context());

    expect(await redriven).toMatchObject([{ outcome: 'open', error: { code: ERROR_CODES.claimLost } }]);
    expect(failures(live)).toEqual([]);
    expect(await given.effects('a')).toBe(1);
    expect(await given.parked(letter)).toMatchObject({ outcome: 'parked', attempts: 1 });
    expect(outcomes(await given.redrive([mended]))).toEqual(['duplicate']);
  });

  test('C5: a crash between the marks of identity and letter leaves a letter whose record is done', async () => {
    const given = await RedriveWorld.start('identity', place);
    const [letter] = await given.parks([undecodable(3)]);
    if (!letter) throw new Error('no letter');
    const mended = { ...letter, record: { ...letter.record, value: Buffer.from('{"id":"a"}').toString('base64') } };
    const bad = given.connection();
    bad.faults = { faultOf: ({ operation }) => (operation === 'complete parked' ? 'request lost' : undefined) };

    const first = await given.redrive([mended], undefined, {}, { store: bad });
    await given.w.time.sleep(60_000);
    const second = await given.redrive([mended]);

    expect(outcomes(first)).toEqual(['open']);
    expect(outcomes(second)).toEqual(['duplicate']);
    expect(await given.effects('a')).toBe(1);
  });
});

describe.each(WITH_IDENTITY)('letters of one identity, remembering by %s in %s', (way, place) => {
  test('C7: one in conflict is parked again, and the identity stays as it is', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks([at(0, 'a'), at(1, 'a', 7)], () => false);

    const redriven = await given.redrive(letters);

    expect(letters.map(({ record }) => record.offset)).toEqual([1]);
    expect(redriven).toMatchObject([{ outcome: 'parked', error: { code: ERROR_CODES.identityConflict } }]);
    expect(await given.parked(letters[0] as never)).toMatchObject({ outcome: 'parked', attempts: 2 });
    expect(await given.effects('a')).toBe(1);
  });

  test('C7: one in conflict that payloads no longer tell apart is a duplicate, and done', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks([at(0, 'a'), at(1, 'a', 7)], () => false);

    const redriven = await given.redrive(letters, undefined, { payload: false });

    expect(outcomes(redriven)).toEqual(['duplicate']);
    expect(await given.parked(letters[0] as never)).toMatchObject({ outcome: 'done' });
    expect(await given.effects('a')).toBe(1);
  });

  test('O3: two in one event run one after the other, and one of them takes effect', async () => {
    const given = await RedriveWorld.start(way, place);
    // Parked one after the other: the second one while nothing remembered the first.
    const first = await given.parks([undecodable(0)]);
    const second = await given.parks([undecodable(1)]);
    const value = Buffer.from('{"id":"a"}').toString('base64');
    const letters = [...first, ...second].map((letter) => ({ ...letter, record: { ...letter.record, value } }));

    const redriven = await given.redrive(letters, () => given.w.time.sleep(1_000));

    expect(outcomes(redriven)).toEqual(['done', 'duplicate']);
    expect(await given.effects('a')).toBe(1);
    const item = given.w.memory.items.get(key('a'));
    expect(item?.outcome ?? 'done').toBe('done');
  });

  test('O3: where the first of two fails, the second has its own run', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks([undecodable(0), undecodable(1)]);
    const value = Buffer.from('{"id":"a"}').toString('base64');
    const mended = letters.map((letter) => ({ ...letter, record: { ...letter.record, value } }));

    const redriven = await given.redrive(mended, ({ offset }) => {
      if (offset === 0) throw new Error('not this one');
    });

    expect(outcomes(redriven)).toEqual(['parked', 'done']);
    expect(await given.effects('a')).toBe(1);
  });

  test('P1: what still cannot be decoded is parked again', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks([undecodable(0)]);

    expect(await given.redrive(letters)).toMatchObject([
      { outcome: 'parked', error: { code: ERROR_CODES.valueUndecodable } },
    ]);
    expect(await given.parked(letters[0] as never)).toMatchObject({ attempts: 2 });
  });

  test('tombstones that are skipped now are done, and nothing runs', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks([{ offset: 0 }]);
    const ran: number[] = [];

    const redriven = await given.redrive(letters, ({ offset }) => void ran.push(offset), {
      tombstones: 'skip',
    } as never);

    expect(outcomes(redriven)).toEqual(['done']);
    expect(ran).toEqual([]);
    expect(await given.parked(letters[0] as never)).toMatchObject({ outcome: 'done' });
  });
});
