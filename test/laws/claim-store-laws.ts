/**
 * The laws of ClaimStore (protocol section 5), written once and run on every implementation. A law is a value, so that
 * broken stores can be shown to break it (`mutants.test.ts`).
 */
import type { Claim, ClaimAnswer } from '../../handlers/claims/claim-store';
import { DEATH_LAWS } from './claim-death-laws';
import {
  another,
  ask,
  asks,
  claimed,
  END_MS,
  failing,
  fresh,
  type Law,
  LEASE_MS,
  look,
  mixed,
  type OpenStore,
  openWorld,
  park,
  REMEMBER_FOR_SECONDS,
  range,
  SKEW_MS,
  START_MS,
  STATES,
  WRITES,
  write,
} from './claim-law-world';

export { type OpenStore, openWorld } from './claim-law-world';

export const LAWS: readonly Law[] = [
  {
    name: 'C3: of two workers that ask at once exactly one gets the claim, and the other is told how long it lasts',
    async holds(world) {
      const first = asks(world);
      const second = another(world, first);

      const answers = (await Promise.all([ask(world, first), ask(world, second)])) as readonly ClaimAnswer[];

      expect(answers.map(({ kind }) => kind).sort()).toEqual(['busy', 'claimed']);
      expect(answers.find(({ kind }) => kind === 'busy')).toEqual({ kind: 'busy', leaseUntilMs: END_MS });
    },
  },
  {
    name: 'C3: of two workers that take over at once exactly one gets the claim',
    async holds(world) {
      const first = asks(world);
      await claimed(world, first);
      world.clock.nowMs = END_MS + 60_000;
      const rivals = [another(world, first), another(world, first), another(world, first)];

      const answers = await Promise.all(rivals.map((rival) => ask(world, rival)));

      expect(answers.map(({ kind }) => kind).sort()).toEqual(['busy', 'busy', 'claimed']);
      const winner = rivals[answers.findIndex(({ kind }) => kind === 'claimed')];
      expect((await world.stored(first.id))?.owner).toBe(winner?.token);
    },
  },
  {
    name: 'C3: a first claim has no attempts, is no takeover, and is stored with what it brought',
    async holds(world) {
      const request = asks(world, { partition: 3, offset: 9_007_199_254_740_991 });

      const answer = await ask(world, request);

      expect(answer).toEqual({ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false });
      expect(await world.stored(request.id)).toMatchObject({
        status: 'INPROGRESS',
        owner: request.token,
        partition: 3,
        offset: 9_007_199_254_740_991,
        payloadDigest: 'digest',
        leaseUntilMs: END_MS,
      });
    },
  },
  ...WRITES.map(
    (operation): Law => ({
      name: `C5: only the owner may ${operation}`,
      async holds(world) {
        const claim = await claimed(world);
        const before = await world.stored(claim.id);

        const kind = await write(world, operation, { ...claim, token: fresh('stranger') });

        expect(kind).toBe('lost');
        expect(await world.stored(claim.id)).toEqual(before);
      },
    }),
  ),
  {
    name: 'C3: a lease is not taken over until it has run out by more than 2 skews',
    async holds(world) {
      const first = asks(world);
      await claimed(world, first);
      for (const nowMs of [END_MS - 1, END_MS, END_MS + SKEW_MS + 1, END_MS + 2 * SKEW_MS]) {
        world.clock.nowMs = nowMs;

        const answer = await ask(world, another(world, first));

        expect(answer).toEqual({ kind: 'busy', leaseUntilMs: END_MS });
      }
    },
  },
  {
    name: 'C3: a lease that has run out by more than 2 skews is taken over, with its attempts',
    async holds(world) {
      const first = asks(world);
      await claimed(world, first);
      world.clock.nowMs = END_MS + 2 * SKEW_MS + 1;
      const second = another(world, first, { partition: 1, offset: 8 });

      const answer = await ask(world, second);

      expect(answer).toMatchObject({ kind: 'claimed', claim: { ...second, attempts: 0 }, takeover: true });
      expect(await world.stored(first.id)).toMatchObject({ owner: second.token, partition: 1, offset: 8 });
    },
  },
  {
    name: 'C3: a takeover of a lease that ran out keeps the attempts that failed before it',
    async holds(world) {
      const first = asks(world);
      await write(world, 'fail', await claimed(world, first));
      await claimed(world, another(world, first));
      world.clock.nowMs = END_MS + 60_000;

      const claim = await claimed(world, another(world, first));

      expect(claim.attempts).toBe(1);
      expect((await world.stored(first.id))?.attempts).toBe(1);
    },
  },
  {
    name: 'C5: what was released is taken over at once, with no attempt counted',
    async holds(world) {
      const first = asks(world);
      await write(world, 'release', await claimed(world, first));

      const answer = await ask(world, another(world, first));

      expect(answer).toMatchObject({ kind: 'claimed', claim: { attempts: 0 }, takeover: true });
    },
  },
  {
    name: 'C5: what failed is taken over at once, and its attempts are kept over every takeover',
    async holds(world) {
      const first = asks(world);
      let claim = await claimed(world, first);
      for (const attempts of [1, 2, 3]) {
        expect(await write(world, 'fail', claim)).toBe('written');

        claim = await claimed(world, another(world, first));

        expect(claim.attempts).toBe(attempts);
      }
    },
  },
  {
    name: 'C5: a release between failures keeps the attempts as they are',
    async holds(world) {
      const first = asks(world);
      await write(world, 'fail', await claimed(world, first));
      await write(world, 'release', await claimed(world, another(world, first)));

      const claim = await claimed(world, another(world, first));

      expect(claim.attempts).toBe(1);
    },
  },
  {
    name: 'C3: after a takeover the old owner is refused everywhere, and the new one notices nothing',
    async holds(world) {
      const old = await claimed(world);
      world.clock.nowMs = END_MS + 60_000;
      await claimed(world, another(world, old, { offset: 8 }));
      const before = await world.stored(old.id);
      for (const operation of WRITES) {
        expect([operation, await write(world, operation, old, END_MS + 10 * LEASE_MS)]).toEqual([operation, 'lost']);
      }

      expect(await world.stored(old.id)).toEqual(before);
    },
  },
  {
    name: 'C5: an owner whose lease ran out completes, as long as nobody took over',
    async holds(world) {
      const claim = await claimed(world);
      world.clock.nowMs = END_MS + 60_000;

      expect(await write(world, 'complete', claim)).toBe('written');

      expect((await world.stored(claim.id))?.status).toBe('COMPLETED');
    },
  },
  {
    name: 'C4: an owner whose lease ran out renews it, as long as nobody took over',
    async holds(world) {
      const claim = await claimed(world);
      world.clock.nowMs = END_MS + 60_000;

      expect(await write(world, 'renew', claim)).toBe('written');

      expect((await ask(world, another(world, claim))).kind).toBe('busy');
    },
  },
  {
    name: 'C8: a claim whose answer was lost recognises itself, with the lease and attempts that are stored',
    async holds(world) {
      const first = asks(world);
      await write(world, 'fail', await claimed(world, first));
      const request = another(world, first);
      await claimed(world, request);
      world.clock.nowMs += 500;

      const again = await ask(world, { ...request, leaseUntilMs: world.clock.nowMs + LEASE_MS });

      expect(again).toMatchObject({
        kind: 'claimed',
        claim: { leaseUntilMs: END_MS, attempts: 1, firstFailureMs: START_MS },
      });
    },
  },
  {
    name: 'C3: an equal token is not ours when another record asks with it',
    async holds(world) {
      const request = asks(world);
      await claimed(world, request);
      for (const other of [{ offset: 8 }, { partition: 1 }, { payloadDigest: undefined }]) {
        const answer = await ask(world, { ...request, ...other });

        expect(answer.kind).toBe('busy');
      }
    },
  },
  {
    name: 'C8: a completion whose answer was lost recognises itself',
    async holds(world) {
      const claim = await claimed(world);

      const kinds = [await write(world, 'complete', claim), await write(world, 'complete', claim)];

      expect(kinds).toEqual(['written', 'written']);
    },
  },
  {
    name: 'C8: a failure whose answer was lost recognises itself and is counted once',
    async holds(world) {
      const claim = await claimed(world);

      const kinds = [await write(world, 'fail', claim), await write(world, 'fail', claim)];

      expect(kinds).toEqual(['written', 'written']);
      expect((await world.stored(claim.id))?.attempts).toBe(1);
    },
  },
  {
    name: 'C8: a release whose answer was lost recognises itself',
    async holds(world) {
      const claim = await claimed(world);

      const kinds = [await write(world, 'release', claim), await write(world, 'release', claim)];

      expect(kinds).toEqual(['written', 'written']);
    },
  },
  {
    name: 'C8: a renewal whose answer was lost recognises itself',
    async holds(world) {
      const claim = await claimed(world);

      const kinds = [
        await write(world, 'renew', claim, END_MS + 5_000),
        await write(world, 'renew', claim, END_MS + 5_000),
      ];

      expect(kinds).toEqual(['written', 'written']);
    },
  },
  {
    name: 'C4: a renewal moves the lease forward, never back',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'renew', claim, END_MS + 5_000);

      await write(world, 'renew', claim, END_MS + 1_000);

      expect((await world.stored(claim.id))?.leaseUntilMs).toBe(END_MS + 5_000);
    },
  },
  {
    name: 'C4: a renewed claim is not taken over when its first lease is over',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'renew', claim, END_MS + 5_000);
      world.clock.nowMs = END_MS + 5_000;

      const answer = await ask(world, another(world, claim));

      expect(answer).toEqual({ kind: 'busy', leaseUntilMs: END_MS + 5_000 });
    },
  },
  {
    name: 'C4: a claim is not forgotten while its lease lives, however short the memory is',
    rememberForSeconds: 60,
    async holds(world) {
      const claim = await claimed(world);
      for (let endMs = END_MS + 20_000; endMs <= END_MS + 120_000; endMs += 20_000) {
        world.clock.nowMs = endMs - LEASE_MS;
        await write(world, 'renew', claim, endMs);
      }

      const answer = await ask(world, another(world, claim));

      expect(answer.kind).toBe('busy');
    },
  },
  ...WRITES.map(
    (operation): Law => ({
      name: `C5: to ${operation} never creates an item`,
      async holds(world) {
        const claim: Claim = { ...asks(world), attempts: 0 };

        const kind = await write(world, operation, claim);

        expect(kind).toBe('lost');
        expect(await world.stored(claim.id)).toBeUndefined();
      },
    }),
  ),
  {
    name: 'C5: done is remembered from its completion on, for its time, and answers every other record',
    async holds(world) {
      const claim = await claimed(world);
      world.clock.nowMs += 20_000;
      await write(world, 'complete', claim);

      const answer = await ask(world, another(world, claim, { offset: 99 }));

      expect(answer).toEqual({ kind: 'closed', outcome: 'done' });
      expect(await world.stored(claim.id)).toMatchObject({
        status: 'COMPLETED',
        outcome: 'done',
        leaseUntilMs: undefined,
        expiration: START_MS / 1_000 + 20 + REMEMBER_FOR_SECONDS,
      });
    },
  },
  {
    name: 'C5: done is never undone, not even by its own worker',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'complete', claim);
      const before = await world.stored(claim.id);
      for (const operation of ['fail', 'release', 'renew', 'suspect', 'cutOff'] as const) {
        expect([operation, await write(world, operation, claim, END_MS + 60_000)]).toEqual([operation, 'lost']);
      }

      expect(await world.stored(claim.id)).toEqual(before);
    },
  },
  {
    name: 'C5: what is done is closed for its own token too',
    async holds(world) {
      const request = asks(world);
      await write(world, 'complete', await claimed(world, request));
      const before = await world.stored(request.id);

      expect(await ask(world, request)).toEqual({ kind: 'closed', outcome: 'done' });

      expect(await world.stored(request.id)).toEqual(before);
    },
  },
  {
    name: 'C3: a late copy of a claim that was given back changes nothing',
    async holds(world) {
      for (const operation of ['release', 'fail'] as const) {
        const request = asks(world);
        await write(world, operation, await claimed(world, request));
        const before = await world.stored(request.id);

        const answer = await ask(world, request);

        expect([operation, answer.kind]).toEqual([operation, 'busy']);
        expect(await world.stored(request.id)).toEqual(before);
      }
    },
  },
  {
    name: 'C3: a claim that is asked again after its lease and another worker’s turn changes nothing',
    async holds(world) {
      const request = asks(world);
      await claimed(world, request);
      world.clock.nowMs = END_MS + 60_000;
      await write(world, 'release', await claimed(world, another(world, request)));
      const before = await world.stored(request.id);

      expect((await ask(world, request)).kind).toBe('busy');

      expect(await world.stored(request.id)).toEqual(before);
      await claimed(world, another(world, request));
    },
  },
  {
    name: 'C5: what was given back is not completed, failed or renewed by a late copy of its owner',
    async holds(world) {
      const released = await claimed(world);
      await write(world, 'release', released);
      const before = await world.stored(released.id);
      for (const operation of ['complete', 'fail', 'renew', 'suspect', 'cutOff'] as const) {
        expect([operation, await write(world, operation, released, END_MS + 60_000)]).toEqual([operation, 'lost']);
      }

      expect(await world.stored(released.id)).toEqual(before);
    },
  },
  {
    name: 'C7: another payload is a conflict on claim, and the live claim is untouched',
    async holds(world) {
      const claim = await claimed(world);
      const before = await world.stored(claim.id);

      const answer = await ask(world, another(world, claim, { payloadDigest: 'other' }));

      expect(answer).toEqual({ kind: 'conflict' });
      expect(await world.stored(claim.id)).toEqual(before);
    },
  },
  {
    name: 'C7: another payload is a conflict with what is done, which is untouched',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'complete', claim);
      const before = await world.stored(claim.id);

      const answer = await ask(world, another(world, claim, { payloadDigest: 'other' }));

      expect(answer).toEqual({ kind: 'conflict' });
      expect(await world.stored(claim.id)).toEqual(before);
    },
  },
  {
    name: 'C7: another payload is a conflict on takeover of a released claim, which is untouched',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'release', claim);
      const before = await world.stored(claim.id);

      const answer = await ask(world, another(world, claim, { payloadDigest: 'other' }));

      expect(answer).toEqual({ kind: 'conflict' });
      expect(await world.stored(claim.id)).toEqual(before);
    },
  },
  {
    name: 'C7: another payload is a conflict on takeover of a lease that ran out, which is untouched',
    async holds(world) {
      const claim = await claimed(world);
      const before = await world.stored(claim.id);
      world.clock.nowMs = END_MS + 60_000;

      const answer = await ask(world, another(world, claim, { payloadDigest: 'other' }));

      expect(answer).toEqual({ kind: 'conflict' });
      expect(await world.stored(claim.id)).toEqual(before);
    },
  },
  {
    name: 'C7: payloads are not compared where one of both is not known',
    async holds(world) {
      const known = await claimed(world);
      const unknown = await claimed(world, asks(world, { payloadDigest: undefined }));
      await write(world, 'fail', known);
      await write(world, 'fail', unknown);

      const answers = [
        await ask(world, another(world, known, { payloadDigest: undefined })),
        await ask(world, another(world, unknown, { payloadDigest: 'digest' })),
      ];

      expect(answers.map(({ kind }) => kind)).toEqual(['claimed', 'claimed']);
      expect((await world.stored(known.id))?.payloadDigest).toBeUndefined();
      expect((await world.stored(unknown.id))?.payloadDigest).toBe('digest');
    },
  },
  {
    name: 'C2: a done record that has expired counts as absent',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'complete', claim);
      world.clock.nowMs = END_MS + REMEMBER_FOR_SECONDS * 1_000;

      const answer = await ask(world, another(world, claim, { payloadDigest: 'other' }));

      expect(answer).toMatchObject({ kind: 'claimed', claim: { attempts: 0 } });
      expect(await world.stored(claim.id)).toMatchObject({ status: 'INPROGRESS', outcome: undefined });
    },
  },
  {
    name: 'C2: a done record counts until it expires',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'complete', claim);
      world.clock.nowMs = START_MS + REMEMBER_FOR_SECONDS * 1_000 - 1;

      const answer = await ask(world, another(world, claim));

      expect(answer).toEqual({ kind: 'closed', outcome: 'done' });
    },
  },
  {
    name: 'C2: a failed record that has expired begins anew',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'fail', claim);
      world.clock.nowMs = END_MS + REMEMBER_FOR_SECONDS * 1_000;

      const answer = await ask(world, another(world, claim, { payloadDigest: 'other' }));

      expect(answer).toMatchObject({ kind: 'claimed', claim: { attempts: 0 } });
      expect((await world.stored(claim.id))?.attempts).toBe(0);
    },
  },
  {
    name: 'C2: a look-up finds nothing closed in what is absent, claimed, failed or given back',
    async holds(world) {
      const [live, failed, released] = [await claimed(world), await claimed(world), await claimed(world)];
      await write(world, 'fail', failed);
      await write(world, 'release', released);

      const answers = await world.store.lookUp([asks(world), live, failed, released]);

      expect(answers.map(({ kind }) => kind)).toEqual(['open', 'open', 'open', 'open']);
    },
  },
  {
    name: 'C2: a look-up finds what is done until it expires, and changes nothing',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'complete', claim);
      const before = await world.stored(claim.id);
      world.clock.nowMs = START_MS + REMEMBER_FOR_SECONDS * 1_000 - 1;

      expect(await look(world, claim)).toEqual({ kind: 'closed', outcome: 'done' });

      world.clock.nowMs = END_MS + REMEMBER_FOR_SECONDS * 1_000;
      expect(await look(world, claim)).toEqual({ kind: 'open' });
      expect(await world.stored(claim.id)).toEqual(before);
    },
  },
  {
    name: 'C7: a look-up of what is done with another payload is a conflict',
    async holds(world) {
      const claim = await claimed(world);
      await write(world, 'complete', claim);

      const answers = [
        await look(world, { ...claim, payloadDigest: 'other' }),
        await look(world, { ...claim, payloadDigest: undefined }),
      ];

      expect(answers.map((answer) => answer?.kind)).toEqual(['conflict', 'closed']);
    },
  },
  {
    name: 'C2: many look-ups at once are answered each for itself, in their order',
    async holds(world) {
      const requests = await mixed(world, 212);

      const answers = await world.store.lookUp(requests);

      expect(answers.map(({ kind }) => kind)).toEqual(
        requests.map((_, index) => (STATES[index % STATES.length] === 'done' ? 'closed' : 'open')),
      );
    },
  },
  {
    name: 'P5: to park closes the identity, and the parked item stands with it',
    async holds(world) {
      const claim = await claimed(world);
      const parked = failing();

      expect(await park(world, claim, parked)).toBe('written');

      expect(await world.stored(claim.id)).toMatchObject({
        status: 'COMPLETED',
        outcome: 'parked',
        leaseUntilMs: undefined,
        owner: claim.token,
      });
      const { attempts, firstFailureMs, lastFailureMs } = parked;
      expect(await world.parked(parked.id)).toMatchObject({
        outcome: 'parked',
        attempts,
        firstFailureMs,
        lastFailureMs,
      });
    },
  },
  {
    name: 'P5: what is parked is closed as parked for every other record, on claim and on look-up',
    async holds(world) {
      const claim = await claimed(world);
      await park(world, claim);

      const answers = [await ask(world, another(world, claim, { offset: 99 })), await look(world, claim)];

      expect(answers).toEqual([
        { kind: 'closed', outcome: 'parked' },
        { kind: 'closed', outcome: 'parked' },
      ]);
    },
  },
  {
    name: 'C10: parked is remembered from its mark on, for its time',
    async holds(world) {
      const claim = await claimed(world);
      world.clock.nowMs += 20_000;

      await park(world, claim);

      expect((await world.stored(claim.id))?.expiration).toBe(START_MS / 1_000 + 20 + REMEMBER_FOR_SECONDS);
    },
  },
  {
    name: 'P5: to park what is not ours any more leaves no parked item',
    async holds(world) {
      const [released, taken] = [await claimed(world), await claimed(world)];
      await write(world, 'release', released);
      world.clock.nowMs = END_MS + 60_000;
      await claimed(world, another(world, taken, { offset: 8 }));
      const before = [await world.stored(released.id), await world.stored(taken.id)];
      const records = [failing(), failing()] as const;

      const kinds = [await park(world, released, records[0]), await park(world, taken, records[1])];

      expect(kinds).toEqual(['lost', 'lost']);
      expect([await world.stored(released.id), await world.stored(taken.id)]).toEqual(before);
      expect(await Promise.all(records.map(({ id }) => world.parked(id)))).toEqual([undefined, undefined]);
    },
  },
  {
    name: 'P5: a parked item that exists is left alone, and the identity is parked all the same',
    async holds(world) {
      const [first, second] = [await claimed(world), await claimed(world)];
      const parked = failing();
      await park(world, first, parked);
      const before = await world.parked(parked.id);

      expect(await park(world, second, { ...parked, attempts: 9 })).toBe('written');

      expect(await world.parked(parked.id)).toEqual(before);
      expect((await world.stored(second.id))?.outcome).toBe('parked');
    },
  },
  {
    name: 'C8: a park whose answer was lost recognises itself, and changes nothing',
    async holds(world) {
      const claim = await claimed(world);
      const parked = failing();
      await park(world, claim, parked);
      const before = [await world.stored(claim.id), await world.parked(parked.id)];
      world.clock.nowMs += 5_000;

      expect(await park(world, claim, parked)).toBe('written');

      expect([await world.stored(claim.id), await world.parked(parked.id)]).toEqual(before);
    },
  },
  {
    name: 'P5: what is done is not parked by its owner, and what is parked is not done by it',
    async holds(world) {
      const [done, parked] = [await claimed(world), await claimed(world)];
      const record = failing();
      await write(world, 'complete', done);
      await park(world, parked);

      const kinds = [await park(world, done, record), await write(world, 'complete', parked)];

      expect(kinds).toEqual(['lost', 'lost']);
      expect(await world.parked(record.id)).toBeUndefined();
      expect((await world.stored(done.id))?.outcome).toBe('done');
      expect((await world.stored(parked.id))?.outcome).toBe('parked');
    },
  },
  {
    name: 'P5: many are parked at once, each for itself, in their order, and one refusal stops no other',
    async holds(world) {
      const requests = range(30).map((offset) => asks(world, { offset }));
      await world.store.claim(requests);
      const isOwner = (index: number) => index % 4 !== 1;
      const batch = requests.map((request, index) => ({
        claim: { ...request, attempts: 0, ...(isOwner(index) ? {} : { token: fresh('stranger'), offset: 1_000 }) },
        parked: failing(),
      }));

      const answers = await world.store.park(batch);

      expect(answers.map(({ kind }) => kind)).toEqual(batch.map((_, index) => (isOwner(index) ? 'written' : 'lost')));
      const stored = await Promise.all(batch.map(({ parked }) => world.parked(parked.id)));
      expect(stored.map((item) => item !== undefined)).toEqual(batch.map((_, index) => isOwner(index)));
    },
  },
  {
    name: 'P5: a claim says when its record failed first, over every takeover',
    async holds(world) {
      const first = await claimed(world);
      await write(world, 'fail', first);
      world.clock.nowMs += 5_000;
      const second = await claimed(world, another(world, first));
      await write(world, 'fail', second);

      const third = await claimed(world, another(world, first));

      expect([first, second, third].map(({ firstFailureMs }) => firstFailureMs)).toEqual([
        undefined,
        START_MS,
        START_MS,
      ]);
    },
  },
  {
    name: 'C9: many claims at once are answered each for itself, in their order',
    async holds(world) {
      const requests = (await mixed(world, 212)).map((first) => another(world, first));
      const expected = { absent: 'claimed', done: 'closed', live: 'busy', failed: 'claimed' } as const;

      const answers = await world.store.claim(requests);

      answers.forEach((answer, index) => {
        const state = STATES[index % STATES.length] as (typeof STATES)[number];
        expect([index, answer.kind]).toEqual([index, expected[state]]);
        if (answer.kind !== 'claimed') return;
        const failedOnce = { attempts: 1, firstFailureMs: START_MS, lastError: 'E' };
        const history = state === 'failed' ? failedOnce : { attempts: 0 };
        expect(answer.claim).toEqual({ ...requests[index], ...history });
      });
    },
  },
  {
    name: 'C9: many writes at once are answered each for itself, in their order',
    async holds(world) {
      const requests = range(112).map((offset) => asks(world, { offset }));
      await world.store.claim(requests);
      const isOwner = (index: number) => index % 3 !== 1;
      const claims = requests.map((request, index) => ({
        claim: {
          ...request,
          attempts: 0,
          ...(isOwner(index) ? {} : { token: fresh('stranger'), offset: 1_000 + index }),
        },
      }));

      const renewed = await world.store.renew(claims.map((member) => ({ ...member, leaseUntilMs: END_MS + 1 })));
      const completed = await world.store.complete(claims);

      const expected = requests.map((_, index) => (isOwner(index) ? 'written' : 'lost'));
      expect(renewed.map(({ kind }) => kind)).toEqual(expected);
      expect(completed.map(({ kind }) => kind)).toEqual(expected);
    },
  },
  {
    name: 'C9: a batch of claims in which a key stands twice changes nothing and has no answer',
    async holds(world) {
      const [first, other] = [asks(world), asks(world)];

      const answers = await world.store.claim([first, other, another(world, first, { offset: 8 })]);

      expect(answers.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
      expect(await world.stored(first.id)).toBeUndefined();
      expect(await world.stored(other.id)).toBeUndefined();
    },
  },
  {
    name: 'C9: a batch of writes in which a key stands twice changes nothing and has no answer',
    async holds(world) {
      const [first, other] = [await claimed(world), await claimed(world)];
      const before = await world.stored(other.id);

      const answers = await world.store.complete([{ claim: first }, { claim: other }, { claim: first }]);

      expect(answers.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
      expect(await world.stored(other.id)).toEqual(before);
    },
  },
  {
    name: 'C9: a batch is answered member by member, in its order',
    async holds(world) {
      const done = await claimed(world);
      await write(world, 'complete', done);
      const live = await claimed(world);
      const failed = await claimed(world);
      await write(world, 'fail', failed);
      const [a, b, c, d] = [asks(world), another(world, done), another(world, live), another(world, failed)] as const;

      const answers = await world.store.claim([c, a, b, d]);

      expect(answers.map(({ kind }) => kind)).toEqual(['busy', 'claimed', 'closed', 'claimed']);
      expect(answers[1]).toMatchObject({ claim: { id: a.id, attempts: 0 } });
      expect(answers[3]).toMatchObject({ claim: { id: d.id, attempts: 1 } });
    },
  },
  {
    name: 'C9: a batch of writes is answered member by member, in its order, and one refusal stops no other',
    async holds(world) {
      const [a, b, c] = [await claimed(world), await claimed(world), await claimed(world)];
      const stranger = (claim: Claim): Claim => ({ ...claim, token: fresh('stranger'), offset: 8 });
      const claims = [{ claim: stranger(a) }, { claim: b }, { claim: stranger(c) }];
      const atMs = world.clock.nowMs;

      const renewed = await world.store.renew(claims.map(({ claim }) => ({ claim, leaseUntilMs: END_MS + 1 })));
      const failed = await world.store.fail(claims.map(({ claim }) => ({ claim, error: 'E', atMs })));
      const again = { claim: await claimed(world, another(world, b)) };
      const completed = await world.store.complete([{ claim: stranger(a) }, again, { claim: stranger(c) }]);
      const released = await world.store.release([{ claim: stranger(a) }, { claim: c }]);

      expect(renewed.map(({ kind }) => kind)).toEqual(['lost', 'written', 'lost']);
      expect(failed.map(({ kind }) => kind)).toEqual(['lost', 'written', 'lost']);
      expect(completed.map(({ kind }) => kind)).toEqual(['lost', 'written', 'lost']);
      expect(released.map(({ kind }) => kind)).toEqual(['lost', 'written']);
    },
  },
  {
    name: 'an empty batch has an empty answer',
    async holds({ store }) {
      const answers = await Promise.all([
        store.lookUp([]),
        store.claim([]),
        store.renew([]),
        store.complete([]),
        store.park([]),
        store.fail([]),
        store.release([]),
        store.suspect([]),
        store.cutOff([]),
      ]);

      expect(answers).toEqual([[], [], [], [], [], [], [], [], []]);
    },
  },
  ...DEATH_LAWS,
];

/** Declares one test per law. */
export function testLaws(open: OpenStore): void {
  test.each(LAWS.map((law) => [law.name, law] as const))('%s', async (_, law) => {
    await law.holds(openWorld(open, law.rememberForSeconds));
  });
}
