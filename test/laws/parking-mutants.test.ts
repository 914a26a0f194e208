/** Tests the laws of parking: each is broken by a small, plausible mistake, which no other law notices. */
import type { WriteAnswer } from '../../handlers/claims/claim-store';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import { parkInMemory } from '../../handlers/parking/park-in-memory';
import type { Parked } from '../../handlers/parking/parked';
import type {
  ParkingStore,
  RedriveClaimAnswer,
  RedriveCompletion,
  RedriveRequest,
} from '../../handlers/parking/parking-store';
import type { MemoryStore } from '../../handlers/store/memory-store';
import { type Doors, openMemoryParking } from './parking-memory';
import { LEASE_MS, openWorld, PARKING_LAWS, SKEW_MS, START_MS } from './parking-store-laws';

interface Parts {
  readonly right: MemoryStore;
  readonly now: () => number;
}

interface Mutant {
  readonly breaks: string;
  readonly mistake: string;
  readonly change: (parts: Parts) => Doors;
}

type Write = 'complete' | 'fail' | 'release' | 'renew';
type AnyMember = RedriveCompletion &
  Parameters<ParkingStore['renew']>[0][number] &
  Parameters<ParkingStore['fail']>[0][number];

const END_MS = START_MS + LEASE_MS;
const LOST: WriteAnswer = { kind: 'lost' };
const WRITTEN: WriteAnswer = { kind: 'written' };

/** Replaces one write, for batches of one; `otherwise` is what the right store does. */
function onWrite(
  operation: Write,
  { right }: Parts,
  change: (
    member: AnyMember,
    stored: StoredParked | undefined,
    otherwise: () => Promise<WriteAnswer>,
  ) => Promise<WriteAnswer> | WriteAnswer,
): Doors {
  const original = right.parking[operation].bind(right.parking) as (
    batch: readonly AnyMember[],
  ) => Promise<WriteAnswer[]>;
  const mutated = async (batch: readonly AnyMember[]) => {
    const [member] = batch;
    if (member === undefined || batch.length > 1) return original(batch);
    const otherwise = async () => (await original([member]))[0] as WriteAnswer;
    return [await change(member, right.parking.items.get(member.claim.parked.id), otherwise)];
  };
  return { store: { [operation]: mutated } as Partial<ParkingStore> };
}

/** Replaces the claim, for batches of one. */
function onClaim(
  { right }: Parts,
  change: (
    request: RedriveRequest,
    stored: StoredParked | undefined,
    otherwise: () => Promise<RedriveClaimAnswer>,
  ) => Promise<RedriveClaimAnswer>,
): Doors {
  return {
    store: {
      claim: async (batch) => {
        const [request] = batch;
        if (request === undefined || batch.length > 1) return right.parking.claim(batch);
        const otherwise = async () => (await right.parking.claim([request]))[0] as RedriveClaimAnswer;
        return [await change(request, right.parking.items.get(request.id), otherwise)];
      },
    },
  };
}

/** Lets the right store see another item than the one that stands. */
const seeing =
  (other: (request: RedriveRequest, stored: StoredParked, parts: Parts) => Partial<StoredParked> | undefined) =>
  (parts: Parts) =>
    onClaim(parts, async (request, stored, otherwise) => {
      const { items } = parts.right.parking;
      const changes = stored && other(request, stored, parts);
      if (stored && changes) items.set(request.id, { ...stored, ...changes });
      const answer = await otherwise();
      if (stored && changes && answer.kind !== 'claimed') items.set(request.id, stored);
      return answer;
    });

/** Changes what stands after a write that was carried out. */
const after =
  (operation: Write, change: (stored: StoredParked, member: AnyMember) => Partial<StoredParked>) => (parts: Parts) =>
    onWrite(operation, parts, async (member, stored, otherwise) => {
      const answer = await otherwise();
      const { items } = parts.right.parking;
      const item = items.get(member.claim.parked.id);
      if (stored?.outcome === 'redriving' && item && answer.kind === 'written') {
        items.set(member.claim.parked.id, { ...item, ...change(stored, member) });
      }
      return answer;
    });

/** Replaces parking of one record alone. */
function onPark(parts: Parts, change: (record: Parked, stored: StoredParked | undefined) => void): Doors {
  return {
    store: {
      park: async (batch) => {
        const [record] = batch;
        const stored = record && parts.right.parking.items.get(record.id);
        const answers = await parts.right.parking.park(batch);
        if (record && batch.length === 1) change(record, stored);
        return answers;
      },
    },
  };
}

/** Lets a mutant change the identity, beside what the right store does, while the redrive owns its record. */
const onIdentity =
  (change: (parts: Parts, identityId: string) => void): Mutant['change'] =>
  (parts) =>
    onWrite('complete', parts, ({ claim, identityId }, stored, otherwise) => {
      const isOwned = stored?.outcome === 'redriving' && stored.owner === claim.token;
      if (identityId !== undefined && isOwned) change(parts, identityId);
      return otherwise();
    });

const isBack = ({ outcome, owner }: StoredParked) => outcome === 'parked' && owner !== undefined;

/** What a claim with this token said when it came first. */
class Tokens {
  readonly #first = new Map<string, number>();

  isCopy({ token, leaseUntilMs }: RedriveRequest): boolean {
    const first = this.#first.get(token) ?? leaseUntilMs;
    this.#first.set(token, first);
    return first === leaseUntilMs;
  }

  knows(token: string): boolean {
    return this.#first.has(token);
  }
}

const MUTANTS: readonly Mutant[] = [
  {
    breaks: 'P5: what is parked stands with its attempts',
    mistake: 'an item begins with a lease',
    change: (parts) =>
      onPark(parts, ({ id }, stored) => {
        const item = parts.right.parking.items.get(id);
        if (item && !stored) parts.right.parking.items.set(id, { ...item, leaseUntilMs: 0 });
      }),
  },
  {
    breaks: 'P5: a look-up tells what is absent',
    mistake: 'a redrive is not told from what is parked',
    change: ({ right }) => ({
      store: {
        lookUp: async (ids) =>
          (await right.parking.lookUp(ids)).map((answer) =>
            answer.kind === 'redriving' ? { kind: 'parked', parked: answer.parked } : answer,
          ),
      },
    }),
  },
  {
    breaks: 'P5: what is done is known for as long as it stands',
    mistake: 'what has expired is absent, though parking it again does not make it',
    change: ({ right, now }) => ({
      store: {
        lookUp: async (ids) =>
          (await right.parking.lookUp(ids)).map((answer, index) => {
            const { expiration = Number.POSITIVE_INFINITY } = right.parking.items.get(ids[index] ?? '') ?? {};
            return expiration * 1_000 <= now() ? { kind: 'absent' } : answer;
          }),
      },
    }),
  },
  {
    breaks: 'P5: what is parked is left alone',
    mistake: 'the attempts of what is parked are overwritten',
    change: (parts) =>
      onPark(parts, ({ id, attempts }, stored) => {
        const isFresh = stored?.outcome === 'parked' && stored.owner === undefined;
        if (isFresh) parts.right.parking.items.set(id, { ...stored, attempts });
      }),
  },
  {
    breaks: 'P5: what is being redriven is left alone',
    mistake: 'the attempts of what is being redriven are overwritten',
    change: (parts) =>
      onPark(parts, ({ id, attempts }, stored) => {
        if (stored?.outcome === 'redriving') parts.right.parking.items.set(id, { ...stored, attempts });
      }),
  },
  {
    breaks: 'P5: what is done is left alone',
    mistake: 'the attempts of what is done are overwritten by a claim',
    change: ({ right }) => ({
      claims: {
        park: async (batch) => {
          const answers = await right.claims.park(batch);
          for (const { parked } of batch) {
            const item = right.parking.items.get(parked.id);
            if (item?.outcome === 'done') {
              right.parking.items.set(parked.id, { ...item, attempts: parked.attempts });
            }
          }
          return answers;
        },
      },
    }),
  },
  {
    breaks: 'P5: late copies of what parked a record',
    mistake: 'a copy of a mark parks again what is done',
    change: ({ right }) => ({
      ledger: {
        mark: async (batch) => {
          for (const { id, attempts } of batch.flatMap(({ parked = [] }) => parked)) {
            const item = right.parking.items.get(id);
            if (item?.outcome === 'done' && item.attempts === attempts) right.parking.items.delete(id);
          }
          const answers = await right.ledger.mark(batch);
          for (const { parked = [] } of batch) parkInMemory(right.parking.items, parked);
          return answers;
        },
      },
    }),
  },
  {
    breaks: 'P5: many records are parked at once',
    mistake: 'a record that exists ends the batch',
    change: ({ right }) => ({
      store: {
        park: async (batch) => {
          const end = batch.findIndex(({ id }) => right.parking.items.has(id));
          if (end < 0 || batch.length === 1) return right.parking.park(batch);
          await right.parking.park(batch.slice(0, end));
          return batch.map(() => WRITTEN);
        },
      },
    }),
  },
  {
    breaks: 'P6: a redrive gets the record with its attempts',
    mistake: 'a first redrive counts as a takeover',
    change: (parts) =>
      onClaim(parts, async (_, stored, otherwise) => {
        const answer = await otherwise();
        return answer.kind === 'claimed' && stored?.owner === undefined ? { ...answer, takeover: true } : answer;
      }),
  },
  {
    breaks: 'P6: of two redrives that ask at once',
    mistake: 'a claim that was taken in the same millisecond is not seen',
    change: seeing(({ token, leaseUntilMs }, stored, { now }) =>
      now() === START_MS &&
      stored.outcome === 'redriving' &&
      stored.owner !== token &&
      stored.leaseUntilMs === leaseUntilMs
        ? { outcome: 'parked' }
        : undefined,
    ),
  },
  {
    breaks: 'P6: of three redrives that take over at once',
    mistake: 'a takeover is not conditional on what was read',
    change: (parts) =>
      onClaim(parts, async ({ id }, stored, otherwise) => {
        const isStale = stored?.outcome === 'redriving' && parts.now() > (stored.leaseUntilMs ?? 0) + LEASE_MS;
        await Promise.resolve();
        if (stored && isStale) parts.right.parking.items.set(id, stored);
        return otherwise();
      }),
  },
  {
    breaks: 'P6: a redrive is not taken over until its lease',
    mistake: 'one skew is waited for instead of two',
    change: seeing((_, { outcome, leaseUntilMs = 0 }, { now }) =>
      outcome === 'redriving' && now() > leaseUntilMs + SKEW_MS ? { leaseUntilMs: 1 } : undefined,
    ),
  },
  {
    breaks: 'P6: a redrive whose lease has run out by more than 2 skews',
    mistake: 'a takeover begins the attempts anew',
    change: (parts) =>
      onClaim(parts, async (_, __, otherwise) => {
        const answer = await otherwise();
        if (answer.kind !== 'claimed' || !answer.takeover) return answer;
        const parked = { ...answer.claim.parked, attempts: 0 };
        return { ...answer, claim: { ...answer.claim, parked } };
      }),
  },
  {
    breaks: 'P6: a redrive whose lease has run out by more than 2 skews',
    mistake: 'the redrive that died is not counted in the item',
    change: (parts) =>
      onClaim(parts, async (request, stored, otherwise) => {
        const answer = await otherwise();
        const item = parts.right.parking.items.get(request.id);
        const isFirst =
          answer.kind === 'claimed' && answer.takeover && parts.now() === START_MS + LEASE_MS + 2 * SKEW_MS + 1;
        if (isFirst && item && stored)
          parts.right.parking.items.set(request.id, { ...item, attempts: stored.attempts });
        return answer;
      }),
  },
  {
    breaks: 'P2: a takeover whose answer was lost counts its attempt once',
    mistake: 'a copy of a claim that took over counts once more',
    change: (parts) => {
      const takers = new Set<string>();
      return onClaim(parts, async (request, stored, otherwise) => {
        const answer = await otherwise();
        const { items } = parts.right.parking;
        if (answer.kind !== 'claimed') return answer;
        if (stored && takers.has(request.token)) items.set(request.id, { ...stored, attempts: stored.attempts + 1 });
        if (answer.takeover) takers.add(request.token);
        return answer;
      });
    },
  },
  {
    breaks: 'P6: a claim that comes behind the lease that it asks for',
    mistake: 'a claim is as good as ever, however late it comes',
    change: (parts) =>
      onClaim(parts, async (request, stored, otherwise) => {
        const answer = await otherwise();
        if (answer.kind !== 'busy' || stored?.outcome !== 'parked' || stored.owner === request.token) return answer;
        const { id, token, leaseUntilMs } = request;
        parts.right.parking.items.set(id, { ...stored, outcome: 'redriving', owner: token, leaseUntilMs });
        const { attempts, firstFailureMs, lastFailureMs } = stored;
        const claim = { parked: { id, attempts, firstFailureMs, lastFailureMs }, token, leaseUntilMs };
        return { kind: 'claimed', claim, takeover: false };
      }),
  },
  {
    breaks: 'P6: after a takeover the old redrive',
    mistake: 'a failure of a redrive that was taken over is believed',
    change: (parts) =>
      onWrite('fail', parts, ({ claim }, stored, otherwise) =>
        stored && stored.owner !== claim.token && (stored.leaseUntilMs ?? 0) > claim.leaseUntilMs
          ? WRITTEN
          : otherwise(),
      ),
  },
  {
    breaks: 'P6: what was never parked is absent',
    mistake: 'a claim makes the item',
    change: (parts) =>
      onClaim(parts, async ({ id }, stored, otherwise) => {
        const answer = await otherwise();
        if (!stored)
          parkInMemory(parts.right.parking.items, [{ id, attempts: 0, firstFailureMs: 0, lastFailureMs: 0 }]);
        return answer;
      }),
  },
  ...(['complete', 'fail', 'release', 'renew'] as const).map(
    (operation): Mutant => ({
      breaks: `P6: only the owner may ${operation}`,
      mistake: `${operation} compares the lease instead of the token`,
      change: (parts) =>
        onWrite(operation, parts, async (member, stored, otherwise) => {
          const { claim } = member;
          const isSame = stored?.outcome === 'redriving' && stored.leaseUntilMs === claim.leaseUntilMs;
          if (!isSame || stored.owner === claim.token || member.identityId !== undefined) return otherwise();
          const asOwner = { ...member, claim: { ...claim, token: stored.owner ?? '' } };
          const write = parts.right.parking[operation].bind(parts.right.parking);
          return ((await write([asOwner])) as WriteAnswer[])[0] as WriteAnswer;
        }),
    }),
  ),
  ...(['complete', 'fail', 'release', 'renew'] as const).map(
    (operation): Mutant => ({
      breaks: `P6: to ${operation} never creates an item`,
      mistake: `${operation} is an upsert`,
      change: (parts) =>
        onWrite(operation, parts, ({ claim }, stored, otherwise) => {
          if (!stored) parkInMemory(parts.right.parking.items, [claim.parked]);
          return otherwise();
        }),
    }),
  ),
  {
    breaks: 'P6: a failure puts the record back',
    mistake: 'the moment of the last failure stays',
    change: after('fail', ({ lastFailureMs }) => ({ lastFailureMs })),
  },
  {
    breaks: 'P6: what failed is taken at once',
    mistake: 'attempts are counted up to seven',
    change: after('fail', ({ attempts }) => ({ attempts: Math.min(7, attempts + 1) })),
  },
  {
    breaks: 'P6: what was released is taken at once',
    mistake: 'what was released counts as taken over',
    change: (parts) =>
      onClaim(parts, async (_, stored, otherwise) => {
        const answer = await otherwise();
        return answer.kind === 'claimed' && stored && isBack(stored) ? { ...answer, takeover: true } : answer;
      }),
  },
  {
    breaks: 'P2: a failure whose answer was lost',
    mistake: 'a failure that landed already is refused',
    change: (parts) =>
      onWrite('fail', parts, ({ claim }, stored, otherwise) =>
        stored && isBack(stored) && stored.attempts > claim.parked.attempts ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'C8: a complete whose answer was lost',
    mistake: 'a completion that landed already is refused',
    change: (parts) =>
      onWrite('complete', parts, ({ identityId }, stored, otherwise) =>
        stored?.outcome === 'done' && identityId === undefined ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'C8: a release whose answer was lost',
    mistake: 'a release that landed already is refused',
    change: (parts) =>
      onWrite('release', parts, (_, stored, otherwise) => (stored && isBack(stored) ? LOST : otherwise())),
  },
  {
    breaks: 'C8: a renew whose answer was lost',
    mistake: 'a renewal that landed already is refused',
    change: (parts) =>
      onWrite('renew', parts, ({ leaseUntilMs }, stored, otherwise) =>
        stored?.leaseUntilMs === leaseUntilMs ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'C8: a claim whose answer was lost',
    mistake: 'a claim that is ours already is answered with the lease of the request',
    change: (parts) =>
      onClaim(parts, async ({ leaseUntilMs }, _, otherwise) => {
        const answer = await otherwise();
        return answer.kind === 'claimed' ? { ...answer, claim: { ...answer.claim, leaseUntilMs } } : answer;
      }),
  },
  {
    breaks: 'P6: who gave a record back does not get it again',
    mistake: 'a claim that asks for another lease is taken for a new one',
    change: (parts) => {
      const tokens = new Tokens();
      return seeing((request, stored) => {
        const isCopy = tokens.isCopy(request);
        return !isCopy && stored.owner === request.token && isBack(stored) ? { owner: undefined } : undefined;
      })(parts);
    },
  },
  {
    breaks: 'P6: a release behind its own failure is refused',
    mistake: 'a failure behind a release is counted',
    change: (parts) =>
      onWrite('fail', parts, ({ claim }, stored, otherwise) => {
        const isReleased = stored && isBack(stored) && stored.attempts === claim.parked.attempts;
        if (!isReleased || stored.owner !== claim.token) return otherwise();
        parts.right.parking.items.set(claim.parked.id, { ...stored, attempts: stored.attempts + 1 });
        return WRITTEN;
      }),
  },
  {
    breaks: 'P6: what was given back is not completed or renewed',
    mistake: 'the owner may renew what it has released',
    change: (parts) =>
      onWrite('renew', parts, ({ claim, leaseUntilMs }, stored, otherwise) => {
        const isReleased = stored && isBack(stored) && stored.attempts === claim.parked.attempts;
        if (!isReleased || stored.owner !== claim.token) return otherwise();
        parts.right.parking.items.set(claim.parked.id, { ...stored, outcome: 'redriving', leaseUntilMs });
        return WRITTEN;
      }),
  },
  {
    breaks: 'P6: late copies of everything change nothing behind a release',
    mistake: 'a copy of our own claim behind a release takes the record again',
    change: (parts) => {
      const tokens = new Tokens();
      return seeing((request, stored) => {
        const isCopy = tokens.isCopy(request);
        return isCopy && stored.owner === request.token && isBack(stored) ? { owner: undefined } : undefined;
      })(parts);
    },
  },
  {
    breaks: 'P6: late copies of everything change nothing while another redrive',
    mistake: 'a copy of an earlier claim takes the record from another redrive',
    change: (parts) => {
      const tokens = new Tokens();
      return seeing((request, stored) => {
        const isKnown = tokens.knows(request.token) && tokens.isCopy(request);
        tokens.isCopy(request);
        return isKnown && stored.outcome === 'redriving' && stored.owner !== request.token
          ? { outcome: 'parked' }
          : undefined;
      })(parts);
    },
  },
  {
    breaks: 'P6: a renewal moves the lease forward, never back',
    mistake: 'a renewal sets whatever it brings',
    change: (parts) =>
      onWrite('renew', parts, ({ claim, leaseUntilMs }, stored, otherwise) => {
        const isEarlier = stored?.outcome === 'redriving' && (stored.leaseUntilMs ?? 0) > leaseUntilMs;
        if (isEarlier && stored.owner === claim.token) {
          parts.right.parking.items.set(claim.parked.id, { ...stored, leaseUntilMs });
        }
        return otherwise();
      }),
  },
  {
    breaks: 'P6: a renewed redrive is not taken over',
    mistake: 'renewed leases are believed ten seconds less',
    change: seeing(({ token }, { owner, leaseUntilMs = 0 }) =>
      leaseUntilMs > END_MS && owner !== token ? { leaseUntilMs: leaseUntilMs - 10_000 } : undefined,
    ),
  },
  {
    breaks: 'P6: an owner whose lease ran out completes',
    mistake: 'a completion after the lease is refused',
    change: (parts) =>
      onWrite('complete', parts, (_, stored, otherwise) =>
        (stored?.leaseUntilMs ?? Number.POSITIVE_INFINITY) < parts.now() ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'P6: done is remembered from its completion on',
    mistake: 'what is done keeps its lease',
    change: after('complete', ({ leaseUntilMs }) => ({ leaseUntilMs })),
  },
  {
    breaks: 'P6: behind done everything is refused',
    mistake: 'its own redrive may release what is done',
    change: (parts) =>
      onWrite('release', parts, ({ claim }, stored, otherwise) => {
        if (stored?.outcome !== 'done' || stored.owner !== claim.token) return otherwise();
        parts.right.parking.items.set(claim.parked.id, { ...stored, outcome: 'parked' });
        return WRITTEN;
      }),
  },
  {
    breaks: 'P6: success turns the outcome of a parked identity',
    mistake: 'the identity is remembered from when it was parked',
    change: (parts) =>
      onWrite('complete', parts, async ({ identityId = '' }, _, otherwise) => {
        const { items } = parts.right.claims;
        const before = items.get(identityId);
        const answer = await otherwise();
        const item = items.get(identityId);
        if (before && item) items.set(identityId, { ...item, expiration: before.expiration });
        return answer;
      }),
  },
  {
    breaks: 'P6: an identity stays parked while its record is redriven',
    mistake: 'a failure opens the identity again',
    change: (parts) => {
      const identities = new Map<string, string>();
      const doors = onWrite('fail', parts, ({ claim }, _, otherwise) => {
        const id = identities.get(claim.parked.id) ?? '';
        const item = parts.right.claims.items.get(id);
        if (item) parts.right.claims.items.set(id, { ...item, status: 'INPROGRESS', leaseUntilMs: 0 });
        return otherwise();
      });
      return {
        ...doors,
        claims: {
          park: (batch) => {
            for (const { claim, parked } of batch) identities.set(parked.id, claim.id);
            return parts.right.claims.park(batch);
          },
        },
      };
    },
  },
  {
    breaks: 'P6: a completion with identity that is refused',
    mistake: 'the identity is turned before the fence is looked at',
    change: (parts) =>
      onWrite('complete', parts, ({ claim, identityId = '' }, stored, otherwise) => {
        const item = parts.right.claims.items.get(identityId);
        if (item?.outcome === 'parked' && stored?.owner !== claim.token) {
          parts.right.claims.items.set(identityId, { ...item, outcome: 'done' });
        }
        return otherwise();
      }),
  },
  {
    breaks: 'P6: a completion with identity whose answer was lost',
    mistake: 'a completion with identity that landed already is refused',
    change: (parts) =>
      onWrite('complete', parts, ({ identityId }, stored, otherwise) =>
        stored?.outcome === 'done' && identityId !== undefined ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'P6: an identity that is done already stays',
    mistake: 'an identity that is done is remembered anew',
    change: onIdentity(({ right, now }, id) => {
      const item = right.claims.items.get(id);
      if (item?.outcome === 'done') right.claims.items.set(id, { ...item, expiration: now() });
    }),
  },
  {
    breaks: 'P6: an identity that somebody is working on stays',
    mistake: 'the claim of another worker is completed',
    change: onIdentity(({ right }, id) => {
      const item = right.claims.items.get(id);
      if (item?.status === 'INPROGRESS') right.claims.items.set(id, { ...item, status: 'COMPLETED', outcome: 'done' });
    }),
  },
  {
    breaks: 'P6: an identity that is not there is not made',
    mistake: 'a completion makes the identity',
    change: onIdentity(({ right }, id) => {
      if (right.claims.items.has(id)) return;
      const absent = { owner: undefined, partition: undefined, offset: undefined, payloadDigest: undefined };
      const never = { attempts: undefined, leaseUntilMs: undefined, expiration: undefined };
      right.claims.items.set(id, { status: 'COMPLETED', outcome: 'done', ...absent, ...never });
    }),
  },
  {
    breaks: 'C9: many claims and writes at once',
    mistake: 'answers behind the hundredth come first',
    change: ({ right }) => ({
      store: {
        claim: async (batch) => {
          const answers = await right.parking.claim(batch);
          return [...answers.slice(101), ...answers.slice(0, 101)];
        },
      },
    }),
  },
  {
    breaks: 'C9: completions with and without identity',
    mistake: 'completions with identity are answered first',
    change: ({ right }) => ({
      store: {
        complete: async (batch) => {
          const answers = await right.parking.complete(batch);
          const isFirst = (_: unknown, index: number) => batch[index]?.identityId !== undefined;
          return [...answers.filter(isFirst), ...answers.filter((answer, index) => !isFirst(answer, index))];
        },
      },
    }),
  },
  {
    breaks: 'C9: a batch in which a key stands twice',
    mistake: 'a record that stands twice in a batch is parked once',
    change: ({ right }) => ({
      store: { park: async (batch) => (await Promise.all(batch.map((record) => right.parking.park([record])))).flat() },
    }),
  },
  {
    breaks: 'an empty batch has an empty answer',
    mistake: 'an empty batch is answered once',
    change: ({ right }) => ({
      store: { lookUp: async (ids) => (ids.length === 0 ? [{ kind: 'absent' }] : right.parking.lookUp(ids)) },
    }),
  },
];

async function brokenLaws({ change }: Pick<Mutant, 'change'>): Promise<string[]> {
  const found: string[] = [];
  for (const law of PARKING_LAWS) {
    const world = openWorld((options) =>
      openMemoryParking(options, (right) => change({ right, now: () => options.clock.now() })),
    );
    await law.holds(world).catch(() => found.push(law.name));
  }
  return found;
}

describe('the laws of parking see what they are for', () => {
  test('a store without a mistake breaks none', async () => {
    expect(await brokenLaws({ change: () => ({}) })).toEqual([]);
  });

  test.each(MUTANTS.map((mutant) => [mutant.breaks, mutant.mistake, mutant] as const))(
    '"%s …" alone is broken when %s',
    async (breaks, _, mutant) => {
      expect(await brokenLaws(mutant)).toEqual([expect.stringContaining(breaks)]);
    },
  );

  test('every law is broken by a mutant', () => {
    const unseen = PARKING_LAWS.filter(({ name }) => !MUTANTS.some(({ breaks }) => name.startsWith(breaks)));

    expect(unseen.map(({ name }) => name)).toEqual([]);
  });
});
