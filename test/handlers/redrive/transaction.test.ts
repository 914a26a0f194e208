import { ERROR_CODES } from '../../../contract/error-codes';
import { counted, PLACES, RedriveWorld, type Way } from '../../support/redrive-world';
import { event, failures, ids } from '../../support/virtual-world';

const outcomes = (redriven: readonly { readonly outcome: string }[]) => redriven.map(({ outcome }) => outcome);
const TRANSACTIONS: readonly Way[] = ['transaction', 'transaction with identity'];
const EVERYWHERE = PLACES.flatMap((place) => TRANSACTIONS.map((way) => [way, place] as const));
/** Holds only where the record has had no effect yet. */
const once = (id: string) => counted(id, { ConditionExpression: 'attribute_not_exists(effects)' });

describe.each(EVERYWHERE)('the commit of a redrive, by %s in %s', (way, place) => {
  test('T5: an answer that was lost is asked for again, and the effect has happened once', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    const bad = given.connection();
    bad.faults = {
      faultOf: ({ operation, nth }) => (operation === 'commit parked' && nth < 2 ? 'answer lost' : undefined),
    };
    const tokens: string[] = [];
    const commit: typeof bad.redrives.commit = (request) => {
      tokens.push(request.requestToken);
      return bad.redrives.commit(request);
    };

    const redriven = await given.redrive(letters, undefined, {}, { store: { ...bad, redrives: { commit } } });

    expect(outcomes(redriven)).toEqual(['done']);
    expect(await given.effects('a')).toBe(1);
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
  });

  test('T5: where no answer comes, giving back tells whether the effect has happened', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b'));
    given.store.faults = {
      faultOf: ({ operation, offset }) => {
        if (operation !== 'commit parked') return undefined;
        return offset === 0 ? 'answer lost' : 'request lost';
      },
    };

    const first = await given.redrive(letters);
    given.store.faults = {};
    const between = await given.parked(letters[1] as never);
    const second = await given.redrive(letters);

    expect(first).toMatchObject([
      { outcome: 'done' },
      { outcome: 'open', error: { code: ERROR_CODES.storeUnavailable } },
    ]);
    expect(between).toMatchObject({ outcome: 'parked', attempts: 1 });
    expect(outcomes(second)).toEqual(['duplicate', 'done']);
    expect(await Promise.all(['a', 'b'].map((id) => given.effects(id)))).toEqual([1, 1]);
  });

  test('T5: a late copy changes nothing once another redrive has the letter, or it was given back', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    const stale = given.connection();
    stale.faults = { faultOf: ({ operation }) => (operation === 'commit parked' ? 'late copy' : undefined) };

    const first = await given.redrive(letters, undefined, {}, { store: stale });
    const second = await given.redrive(letters, () => stale.deliverLate());

    expect(outcomes(first)).toEqual(['open']);
    expect(outcomes(second)).toEqual(['done']);
    expect(await given.effects('a')).toBe(1);
  });

  test('T4: a condition that fails is the error of its record, as its write declares', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b', 'c'));
    const meaning = { a: 'permanent', b: 'transient', c: 'done' } as Record<string, string>;
    const never = (id: string) => ({
      ...counted(id, { ConditionExpression: 'attribute_exists(effects)' }),
      onConditionFailed: meaning[id],
    });

    const redriven = await given.redrive(letters, ({ value }) => never(value.id));

    expect(redriven).toMatchObject([
      { outcome: 'parked', error: { code: ERROR_CODES.conditionFailed } },
      { outcome: 'parked', error: { code: ERROR_CODES.conditionFailed } },
      { outcome: 'done' },
    ]);
    expect(await Promise.all(['a', 'b', 'c'].map((id) => given.effects(id)))).toEqual([0, 0, 0]);
    expect(await given.parked(letters[1] as never)).toMatchObject({ outcome: 'parked', attempts: 2 });
    expect(outcomes(await given.redrive(letters))).toEqual(['done', 'done', 'duplicate']);
  });

  test('T4: a condition that our own commit has broken is not believed', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    given.store.faults = {
      faultOf: ({ operation, nth }) => (operation === 'commit parked' && nth === 0 ? 'answer lost' : undefined),
    };

    expect(outcomes(await given.redrive(letters, ({ value }) => once(value.id)))).toEqual(['done']);
    expect(await given.effects('a')).toBe(1);
  });

  test('T3: two writes on one item are the permanent error of their record, and nothing of it is written', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a', 'b'));

    const redriven = await given.redrive(letters, ({ value }) =>
      value.id === 'a' ? [counted('a'), counted('a')] : counted('b'),
    );

    expect(redriven).toMatchObject([
      { outcome: 'parked', error: { code: ERROR_CODES.writesOnOneItem } },
      { outcome: 'done' },
    ]);
    expect(await Promise.all(['a', 'b'].map((id) => given.effects(id)))).toEqual([0, 1]);
  });

  test('what no write is, is the permanent error of its record', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));

    expect(await given.redrive(letters, () => ({ Upsert: {} }))).toMatchObject([
      { outcome: 'parked', error: { code: ERROR_CODES.writeInvalid } },
    ]);
  });

  test('T1: a write that its item does not bear is the error of its record', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    const wrong = { Update: { ...counted('a').Update, ExpressionAttributeValues: { ':one': 'one' } } };

    expect(await given.redrive(letters, () => wrong)).toMatchObject([
      { outcome: 'parked', error: { code: ERROR_CODES.writeRefused } },
    ]);
    expect(await given.effects('a')).toBe(0);
  });

  test('a late commit whose refusal was believed is found, and told as done', async () => {
    const given = await RedriveWorld.start(way, place);
    const letters = await given.parks(ids('a'));
    const bad = given.connection();
    // The condition fails at first; by the time that the failure is written, an earlier copy has come through.
    const store = {
      ...bad,
      redrives: {
        commit: async (request: Parameters<typeof bad.redrives.commit>[0]) => {
          await bad.redrives.commit(request);
          return { kind: 'refused', refusals: [{ kind: 'condition', write: 0 }] } as const;
        },
      },
    };

    expect(outcomes(await given.redrive(letters, undefined, {}, { store }))).toEqual(['done']);
    expect(await given.effects('a')).toBe(1);
  });
});

describe.each(PLACES)('T1: identities in the commit of a redrive, in %s', (place) => {
  test('the identity stands with the effect, and keeps a producer duplicate out', async () => {
    const given = await RedriveWorld.start('transaction with identity', place);
    await given.redrive(await given.parks(ids('a')));

    const answer = await given.handler()(event({ 0: [{ value: { id: 'a' }, offset: 7 }] }), given.w.context());

    expect(failures(answer)).toEqual([]);
    expect(await given.effects('a')).toBe(1);
  });

  test('P6: an identity that was parked by a claim is turned to done', async () => {
    const given = await RedriveWorld.start('identity', place);
    const letters = await given.parks(ids('a'));

    given.way = 'transaction with identity';

    const redriven = await given.redrive(letters);
    given.way = 'identity';
    const answer = await given.handler()(event({ 0: [{ value: { id: 'a' }, offset: 7 }] }), given.w.context());

    expect(outcomes(redriven)).toEqual(['done']);
    expect(failures(answer)).toEqual([]);
    expect(given.summary()).toMatchObject({ duplicate: 1, parked: 0 });
    expect(await given.effects('a')).toBe(1);
  });

  test('C6: a live claim of a worker that remembers by identity leaves the letter open', async () => {
    const given = await RedriveWorld.start('identity', place);
    const [letter] = await given.parks([{ bytes: Buffer.from('{"id": '), offset: 3 }]);
    if (!letter) throw new Error('no letter');
    const mended = { ...letter, record: { ...letter.record, value: Buffer.from('{"id":"a"}').toString('base64') } };
    let busy: Awaited<ReturnType<RedriveWorld['redrive']>> = [];
    const live = given.handler(async () => {
      busy = await given.redrive([mended]);
    });
    given.way = 'transaction with identity';

    await live(event({ 0: [{ value: { id: 'a' }, offset: 7 }] }), given.w.context());

    expect(busy).toMatchObject([{ outcome: 'open', error: { code: ERROR_CODES.claimBusy } }]);
    expect(await given.parked(letter)).toMatchObject({ outcome: 'parked', attempts: 1 });
    expect(outcomes(await given.redrive([mended]))).toEqual(['duplicate']);
    expect(await given.effects('a')).toBe(1);
  });
});
