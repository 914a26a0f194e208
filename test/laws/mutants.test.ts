/** Tests the laws: each is broken by a small, plausible mistake, which no other law notices. */
import type { Claim, ClaimAnswer, ClaimRequest, ClaimStore, WriteAnswer } from '../../handlers/claims/claim-store';
import type { StoredClaim } from '../../handlers/claims/judge';
import { MemoryClaimStore, type MemoryClaimStoreOptions } from '../../handlers/claims/memory-claim-store';
import { parkInMemory } from '../../handlers/parking/park-in-memory';
import { LAWS, openWorld } from './claim-store-laws';

interface Parts {
  readonly right: MemoryClaimStore;
  readonly options: MemoryClaimStoreOptions;
}
type Write = 'complete' | 'park' | 'fail' | 'release' | 'renew' | 'suspect' | 'cutOff';

const WRITES: readonly Write[] = ['complete', 'park', 'fail', 'release', 'renew', 'suspect', 'cutOff'];

interface Mutant {
  readonly breaks: string;
  readonly mistake: string;
  readonly change: (parts: Parts) => Partial<ClaimStore>;
}

const LOST: WriteAnswer = { kind: 'lost' };
const WRITTEN: WriteAnswer = { kind: 'written' };

type AnyMember = Parameters<ClaimStore['renew']>[0][number] &
  Parameters<ClaimStore['park']>[0][number] &
  Parameters<ClaimStore['fail']>[0][number];

const hasTwins = (ids: readonly string[]) => new Set(ids).size < ids.length;

/** Replaces one write, member by member; `otherwise` is what the right store does. */
function onWrite(
  operation: Write,
  { right }: Parts,
  change: (
    member: AnyMember,
    stored: StoredClaim | undefined,
    otherwise: () => Promise<WriteAnswer>,
  ) => Promise<WriteAnswer> | WriteAnswer,
): Partial<ClaimStore> {
  const original = right[operation].bind(right) as (batch: readonly AnyMember[]) => Promise<WriteAnswer[]>;
  const mutated = async (batch: readonly AnyMember[]) => {
    if (hasTwins(batch.map(({ claim }) => claim.id))) return original(batch);
    const answers: WriteAnswer[] = [];
    for (const member of batch) {
      const otherwise = async () => (await original([member]))[0] as WriteAnswer;
      answers.push(await change(member, right.items.get(member.claim.id), otherwise));
    }
    return answers;
  };
  return { [operation]: mutated } as Partial<ClaimStore>;
}

/** Lets the right store see another item than the one that is stored, or another request than was sent. */
function onClaim(
  { right, options }: Parts,
  change: (
    stored: StoredClaim,
    request: ClaimRequest,
    nowMs: number,
  ) => { stored?: Partial<StoredClaim>; request?: Partial<ClaimRequest> } | undefined,
): Partial<ClaimStore> {
  return {
    claim: async (batch) => {
      if (hasTwins(batch.map(({ id }) => id))) return right.claim(batch);
      const answers = [];
      for (const request of batch) {
        const before = right.items.get(request.id);
        const other = before && change(before, request, options.clock.now());
        if (before && other?.stored) right.items.set(request.id, { ...before, ...other.stored });
        const [answer] = await right.claim([{ ...request, ...other?.request }]);
        if (before && answer?.kind !== 'claimed') right.items.set(request.id, before);
        if (answer) answers.push(answer);
      }
      return answers;
    },
  };
}

const positionInsteadOfToken = (operation: Write) => (parts: Parts) =>
  onWrite(operation, parts, async (member, stored, otherwise) => {
    if (stored?.offset !== member.claim.offset || stored.partition !== member.claim.partition) return otherwise();
    const asOwner = { ...member, claim: { ...member.claim, token: stored.owner ?? '' } };
    return (
      await (parts.right[operation] as (batch: unknown[]) => Promise<WriteAnswer[]>)([asOwner])
    )[0] as WriteAnswer;
  });

const createsItem = (operation: Write) => (parts: Parts) =>
  onWrite(operation, parts, async (member, stored, otherwise) => {
    if (stored) return otherwise();
    await parts.right.claim([member.claim]);
    return otherwise();
  });

const isBack = (stored: StoredClaim) => stored.leaseUntilMs === 0;

/** Leaves an attribute as it was, where the write is meant. */
const keeping =
  (
    { right }: Parts,
    attribute: 'unclean' | 'suspect',
    isMeant: (member: { readonly claim: Claim; readonly hasRun?: boolean }) => boolean = () => true,
  ) =>
  async (member: AnyMember, stored: StoredClaim | undefined, otherwise: () => Promise<WriteAnswer>) => {
    const before = stored?.[attribute];
    const answer = await otherwise();
    const after = right.items.get(member.claim.id);
    if (after && answer.kind === 'written' && before !== undefined && isMeant(member))
      right.items.set(member.claim.id, { ...after, [attribute]: before });
    return answer;
  };

const MUTANTS: readonly Mutant[] = [
  {
    breaks: 'C3: of two workers that ask at once',
    mistake: 'a claim that was taken in the same millisecond is not seen',
    change: (parts) => ({
      claim: async (batch) => {
        const [request] = batch;
        const stored = request && parts.right.items.get(request.id);
        const sameTime = stored?.leaseUntilMs === request?.leaseUntilMs && stored?.offset === request?.offset;
        const fresh = stored?.attempts === 0 && stored.payloadDigest === request?.payloadDigest;
        const renewed = (stored?.leaseUntilMs ?? 0) > 1_790_000_030_000;
        if (batch.length === 1 && request && sameTime && fresh && !renewed && stored.owner !== request.token) {
          return [{ kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false }];
        }
        return parts.right.claim(batch);
      },
    }),
  },
  {
    breaks: 'C3: a first claim has no attempts',
    mistake: 'offsets are stored in 32 bits',
    change: ({ right }) => ({
      claim: async (batch) => {
        const answers = await right.claim(batch);
        for (const { id } of batch) {
          const stored = right.items.get(id);
          if (stored) right.items.set(id, { ...stored, offset: (stored.offset ?? 0) | 0 });
        }
        return answers;
      },
    }),
  },
  ...WRITES.map(
    (operation): Mutant => ({
      breaks: `C5: only the owner may ${operation}`,
      mistake: `${operation} compares partition and offset instead of the token`,
      change: positionInsteadOfToken(operation),
    }),
  ),
  {
    breaks: 'C3: a lease is not taken over until',
    mistake: 'one skew is allowed instead of two',
    change: (parts) =>
      onClaim(parts, ({ leaseUntilMs }, _, nowMs) =>
        leaseUntilMs && nowMs > leaseUntilMs + parts.options.clockSkewMs ? { stored: { leaseUntilMs: 1 } } : undefined,
      ),
  },
  {
    breaks: 'C3: a lease that has run out by more than 2 skews is taken over',
    mistake: 'three skews are allowed instead of two',
    change: (parts) =>
      onClaim(parts, ({ leaseUntilMs }, _, nowMs) =>
        leaseUntilMs && nowMs > leaseUntilMs + 2 * parts.options.clockSkewMs
          ? { stored: { leaseUntilMs: leaseUntilMs + parts.options.clockSkewMs } }
          : undefined,
      ),
  },
  {
    breaks: 'C5: what was released is taken over at once',
    mistake: 'a claim that was released before any failure waits for its lease',
    change: (parts) =>
      onClaim(parts, (stored, request, nowMs) =>
        isBack(stored) &&
        stored.attempts === 0 &&
        stored.unclean === undefined &&
        stored.owner !== request.token &&
        stored.payloadDigest === request.payloadDigest
          ? { stored: { leaseUntilMs: nowMs } }
          : undefined,
      ),
  },
  {
    breaks: 'C5: what failed is taken over at once, and its attempts are kept',
    mistake: 'attempts are counted up to two',
    change: (parts) =>
      onWrite('fail', parts, async ({ claim }, stored, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(claim.id);
        if (stored && after && (after.attempts ?? 0) > 2) parts.right.items.set(claim.id, { ...after, attempts: 2 });
        return answer;
      }),
  },
  {
    breaks: 'C5: a release between failures keeps the attempts',
    mistake: 'a release begins the history anew',
    change: (parts) =>
      onWrite('release', parts, async ({ claim }, _, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(claim.id);
        if (after && answer.kind === 'written') parts.right.items.set(claim.id, { ...after, attempts: 0 });
        return answer;
      }),
  },
  {
    breaks: 'C3: after a takeover the old owner is refused everywhere',
    mistake: 'every token that ever owned the claim is an owner',
    change: (parts) => {
      const owners = new Map<string, string[]>();
      const mutated: Partial<ClaimStore> = {
        claim: async (batch) => {
          for (const { id, token } of batch) owners.set(id, [...(owners.get(id) ?? []), token]);
          return parts.right.claim(batch);
        },
      };
      for (const operation of ['complete', 'fail', 'release', 'renew'] as const) {
        Object.assign(
          mutated,
          onWrite(operation, parts, async (member, stored, otherwise) => {
            const known = owners.get(member.claim.id)?.includes(member.claim.token);
            if (!known || !stored || stored.owner === member.claim.token) return otherwise();
            return WRITTEN;
          }),
        );
      }
      return mutated;
    },
  },
  {
    breaks: 'C8: a claim whose answer was lost recognises itself',
    mistake: 'a claim that is ours already is answered from the request, not from the item',
    change: ({ right }) => ({
      claim: async (batch) => {
        const before = batch.map(({ id }) => right.items.get(id));
        const answers = await right.claim(batch);
        return answers.map((answer, index) => {
          const request = batch[index];
          const again = answer.kind === 'claimed' && request && before[index]?.owner === request.token;
          return again ? { kind: 'claimed', claim: { ...request, attempts: 0 }, takeover: false } : answer;
        });
      },
    }),
  },
  {
    breaks: 'C3: an equal token is not ours when another record asks',
    mistake: 'the token alone decides',
    change: (parts) =>
      onClaim(parts, ({ owner, partition, offset, payloadDigest }, { token }) =>
        owner === token && partition !== undefined && offset !== undefined
          ? { request: { partition, offset, payloadDigest } }
          : undefined,
      ),
  },
  {
    breaks: 'C8: a completion whose answer was lost',
    mistake: 'a completion that landed already is refused',
    change: (parts) =>
      onWrite('complete', parts, (_, stored, otherwise) => (stored?.status === 'COMPLETED' ? LOST : otherwise())),
  },
  {
    breaks: 'C8: a failure whose answer was lost',
    mistake: 'a failure that landed already is counted again',
    change: (parts) =>
      onWrite('fail', parts, async ({ claim }, stored, otherwise) => {
        if (stored?.owner !== claim.token || !isBack(stored) || !stored.attempts) return otherwise();
        parts.right.items.set(claim.id, { ...stored, attempts: stored.attempts + 1 });
        return WRITTEN;
      }),
  },
  {
    breaks: 'C8: a release whose answer was lost',
    mistake: 'a release that landed already is refused',
    change: (parts) =>
      onWrite('release', parts, (_, stored, otherwise) => (stored && isBack(stored) ? LOST : otherwise())),
  },
  {
    breaks: 'C8: a renewal whose answer was lost',
    mistake: 'a renewal that landed already is refused',
    change: (parts) =>
      onWrite('renew', parts, ({ leaseUntilMs }, stored, otherwise) =>
        stored?.leaseUntilMs === leaseUntilMs ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'C4: a renewal moves the lease forward, never back',
    mistake: 'a renewal sets whatever it brings',
    change: (parts) =>
      onWrite('renew', parts, async ({ claim, leaseUntilMs }, stored, otherwise) => {
        const earlier = stored?.owner === claim.token && (stored.leaseUntilMs ?? 0) > leaseUntilMs;
        if (stored && earlier && stored.status === 'INPROGRESS') {
          parts.right.items.set(claim.id, { ...stored, leaseUntilMs });
        }
        return otherwise();
      }),
  },
  {
    breaks: 'C4: a renewed claim is not taken over when its first lease is over',
    mistake: 'renewed leases are believed ten seconds less',
    change: (parts) =>
      onClaim(parts, ({ leaseUntilMs }) =>
        leaseUntilMs !== undefined && leaseUntilMs > 1_790_000_030_000
          ? { stored: { leaseUntilMs: leaseUntilMs - 10_000 } }
          : undefined,
      ),
  },
  {
    breaks: 'C4: a claim is not forgotten while its lease lives',
    mistake: 'a renewal leaves the expiry where it was',
    change: (parts) =>
      onWrite('renew', parts, async ({ claim }, stored, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(claim.id);
        if (stored && after) parts.right.items.set(claim.id, { ...after, expiration: stored.expiration });
        return answer;
      }),
  },
  ...WRITES.map(
    (operation): Mutant => ({
      breaks: `C5: to ${operation} never creates an item`,
      mistake: `${operation} is an upsert`,
      change: createsItem(operation),
    }),
  ),
  {
    breaks: 'C5: done is remembered from its completion on',
    mistake: 'a completion leaves the expiry of the claim',
    change: (parts) =>
      onWrite('complete', parts, async ({ claim }, stored, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(claim.id);
        if (stored && after && answer.kind === 'written') {
          parts.right.items.set(claim.id, { ...after, expiration: stored.expiration });
        }
        return answer;
      }),
  },
  {
    breaks: 'C5: done is never undone',
    mistake: 'its own worker may release what is done',
    change: (parts) =>
      onWrite('release', parts, ({ claim }, stored, otherwise) => {
        if (stored?.status !== 'COMPLETED' || stored.owner !== claim.token) return otherwise();
        parts.right.items.set(claim.id, { ...stored, status: 'INPROGRESS', leaseUntilMs: 0 });
        return WRITTEN;
      }),
  },
  {
    breaks: 'C3: a late copy of a claim that was given back',
    mistake: 'what was given back is free for whoever gave it back too',
    change: (parts) =>
      onClaim(parts, (stored, { token }) =>
        isBack(stored) && stored.owner === token ? { stored: { owner: undefined } } : undefined,
      ),
  },
  {
    breaks: 'C3: a claim that is asked again after its lease',
    mistake: 'nobody looks at the lease that is asked for',
    change: (parts) =>
      onClaim(parts, (stored, { leaseUntilMs }, nowMs) =>
        isBack(stored) && leaseUntilMs < nowMs ? { request: { leaseUntilMs: nowMs + 1 } } : undefined,
      ),
  },
  {
    breaks: 'C5: what was given back is not completed',
    mistake: 'the owner may complete what it has released',
    change: (parts) =>
      onWrite('complete', parts, ({ claim }, stored, otherwise) => {
        if (!stored || !isBack(stored) || stored.owner !== claim.token) return otherwise();
        parts.right.items.set(claim.id, { ...stored, status: 'COMPLETED', outcome: 'done', leaseUntilMs: undefined });
        return WRITTEN;
      }),
  },
  {
    breaks: 'C7: another payload is a conflict on claim',
    mistake: 'payloads are not compared with a live claim',
    change: (parts) =>
      onClaim(parts, ({ owner, leaseUntilMs }, { token }, nowMs) =>
        owner !== token && (leaseUntilMs ?? 0) > nowMs ? { request: { payloadDigest: undefined } } : undefined,
      ),
  },
  {
    breaks: 'C7: another payload is a conflict with what is done',
    mistake: 'payloads are not compared with what is done',
    change: (parts) =>
      onClaim(parts, ({ status, expiration }, _, nowMs) =>
        status === 'COMPLETED' && (expiration ?? 0) * 1_000 > nowMs
          ? { stored: { payloadDigest: undefined } }
          : undefined,
      ),
  },
  {
    breaks: 'C7: another payload is a conflict on takeover of a released claim',
    mistake: 'payloads are not compared with what was given back',
    change: (parts) =>
      onClaim(parts, (stored) => (isBack(stored) ? { stored: { payloadDigest: undefined } } : undefined)),
  },
  {
    breaks: 'C7: another payload is a conflict on takeover of a lease that ran out',
    mistake: 'payloads are not compared when a lease ran out',
    change: (parts) =>
      onClaim(parts, ({ leaseUntilMs }, _, nowMs) =>
        leaseUntilMs && leaseUntilMs < nowMs ? { stored: { payloadDigest: undefined } } : undefined,
      ),
  },
  {
    breaks: 'C7: payloads are not compared where one of both is not known',
    mistake: 'an unknown payload is another payload',
    change: (parts) =>
      onClaim(parts, (stored, request) =>
        isBack(stored) && (stored.payloadDigest === undefined || request.payloadDigest === undefined)
          ? { stored: { payloadDigest: 'a' }, request: { payloadDigest: 'b' } }
          : undefined,
      ),
  },
  {
    breaks: 'C2: a done record that has expired counts as absent',
    mistake: 'a done record is done until TTL removes it',
    change: (parts) =>
      onClaim(parts, ({ status }, _, nowMs) =>
        status === 'COMPLETED' ? { stored: { expiration: Math.ceil(nowMs / 1_000) + 1 } } : undefined,
      ),
  },
  {
    breaks: 'C2: a done record counts until it expires',
    mistake: 'expiry is compared in whole seconds, rounded up',
    change: (parts) =>
      onClaim(parts, ({ status, expiration }) =>
        status === 'COMPLETED' && expiration !== undefined ? { stored: { expiration: expiration - 1 } } : undefined,
      ),
  },
  {
    breaks: 'C2: a failed record that has expired begins anew',
    mistake: 'a failed record is failed until TTL removes it',
    change: (parts) =>
      onClaim(parts, (stored, _, nowMs) =>
        isBack(stored) && stored.attempts ? { stored: { expiration: Math.ceil(nowMs / 1_000) + 1 } } : undefined,
      ),
  },
  {
    breaks: 'C3: of two workers that take over at once',
    mistake: 'a takeover is not conditional on what was read',
    change: ({ right, options }) => ({
      claim: async (batch) => {
        const stale = batch.filter(({ id }) => {
          const { leaseUntilMs = 0 } = right.items.get(id) ?? {};
          return leaseUntilMs > 0 && options.clock.now() > leaseUntilMs + 30_000;
        });
        const read = stale.map(({ id }) => [id, right.items.get(id)] as const);
        await Promise.resolve();
        for (const [id, item] of read) if (item) right.items.set(id, item);
        return right.claim(batch);
      },
    }),
  },
  {
    breaks: 'C3: a takeover of a lease that ran out keeps the attempts',
    mistake: 'a takeover of a lease that ran out begins the history anew',
    change: (parts) =>
      onClaim(parts, ({ leaseUntilMs, lastError }, _, nowMs) =>
        leaseUntilMs && leaseUntilMs < nowMs && lastError === 'TypeError' ? { stored: { attempts: 0 } } : undefined,
      ),
  },
  {
    breaks: 'C5: an owner whose lease ran out completes',
    mistake: 'a completion after the lease is refused',
    change: (parts) =>
      onWrite('complete', parts, (_, stored, otherwise) =>
        (stored?.leaseUntilMs ?? Number.POSITIVE_INFINITY) < parts.options.clock.now() ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'C4: an owner whose lease ran out renews it',
    mistake: 'a renewal after the lease is refused',
    change: (parts) =>
      onWrite('renew', parts, (_, stored, otherwise) =>
        (stored?.leaseUntilMs ?? Number.POSITIVE_INFINITY) < parts.options.clock.now() ? LOST : otherwise(),
      ),
  },
  {
    breaks: 'C5: what is done is closed for its own token too',
    mistake: 'the owner gets back what it has completed',
    change: (parts) =>
      onClaim(parts, ({ owner, status }, { token, leaseUntilMs }) =>
        owner === token && status === 'COMPLETED' ? { stored: { status: 'INPROGRESS', leaseUntilMs } } : undefined,
      ),
  },
  {
    breaks: 'C2: a look-up finds nothing closed in what is absent',
    mistake: 'what failed is closed for a look-up',
    change: ({ right }) => ({
      lookUp: async (batch) => {
        const answers = await right.lookUp(batch);
        return answers.map((answer, index) =>
          right.items.get(batch[index]?.id ?? '')?.attempts && batch.length < 100
            ? { kind: 'closed', outcome: 'done' }
            : answer,
        );
      },
    }),
  },
  {
    breaks: 'C2: a look-up finds what is done until it expires',
    mistake: 'a look-up does not know that a mark expires',
    change: ({ right }) => ({
      lookUp: async (batch) => {
        const answers = await right.lookUp(batch);
        return answers.map((answer, index) =>
          answer.kind === 'open' && right.items.get(batch[index]?.id ?? '')?.status === 'COMPLETED'
            ? { kind: 'closed', outcome: 'done' }
            : answer,
        );
      },
    }),
  },
  {
    breaks: 'C7: a look-up of what is done with another payload',
    mistake: 'a look-up does not compare payloads',
    change: ({ right }) => ({
      lookUp: (batch) => right.lookUp(batch.map(({ id }) => ({ id, payloadDigest: undefined }))),
    }),
  },
  {
    breaks: 'C2: many look-ups at once',
    mistake: 'look-ups behind the hundredth are not asked for',
    change: ({ right }) => ({
      lookUp: async (batch) => {
        const answers = await right.lookUp(batch.slice(0, 100));
        return batch.map((_, index) => answers[index] ?? { kind: 'open' });
      },
    }),
  },
  {
    breaks: 'C9: many claims at once',
    mistake: 'the answers of each 25 begin with the ones that were refused',
    change: ({ right }) => ({
      claim: async (batch) => {
        const answers = await right.claim(batch);
        const isRefused = ({ kind }: ClaimAnswer) => kind !== 'claimed';
        if (answers.length < 200) return answers;
        return [...answers.filter(isRefused), ...answers.filter((answer) => !isRefused(answer))];
      },
    }),
  },
  {
    breaks: 'C9: many writes at once',
    mistake: 'a refusal among 25 refuses all of them',
    change: ({ right }) => ({
      complete: async (batch) => {
        const answers = await right.complete(batch);
        if (batch.length < 25) return answers;
        return answers.map((_, index) => {
          const start = index - (index % 25);
          return answers.slice(start, start + 25).some(({ kind }) => kind === 'lost') ? LOST : WRITTEN;
        });
      },
    }),
  },
  {
    breaks: 'C9: a batch of claims in which a key stands twice',
    mistake: 'a claim that stands twice in a batch is taken once',
    change: ({ right }) => ({
      claim: async (batch) => (await Promise.all(batch.map((request) => right.claim([request])))).flat(),
    }),
  },
  {
    breaks: 'C9: a batch of writes in which a key stands twice',
    mistake: 'a mark that stands twice in a batch is written once',
    change: ({ right }) => ({
      complete: async (batch) => (await Promise.all(batch.map((member) => right.complete([member])))).flat(),
    }),
  },
  {
    breaks: 'C9: a batch is answered member by member',
    mistake: 'answers come as they arrive',
    change: ({ right }) => ({
      claim: async (batch) => {
        const answers = await right.claim(batch);
        return batch.length < 25 ? answers.reverse() : answers;
      },
    }),
  },
  {
    breaks: 'C9: a batch of writes is answered member by member',
    mistake: 'the first refusal ends the batch',
    change: ({ right }) => ({
      renew: async (batch) => {
        const answers = await right.renew(batch.slice(0, 1));
        if (answers[0]?.kind === 'lost') return batch.map(() => LOST);
        return [...answers, ...(await right.renew(batch.slice(1)))];
      },
    }),
  },
  {
    breaks: 'P5: to park closes the identity, and the parked item',
    mistake: 'the first failure is that of the last run',
    change: (parts) =>
      onWrite('park', parts, async ({ parked }, _, otherwise) => {
        const answer = await otherwise();
        const item = parts.right.parked.get(parked.id);
        if (item) parts.right.parked.set(parked.id, { ...item, firstFailureMs: item.lastFailureMs });
        return answer;
      }),
  },
  {
    breaks: 'P5: what is parked is closed as parked',
    mistake: 'a look-up takes what is closed for done',
    change: ({ right }) => ({
      lookUp: async (batch) =>
        (await right.lookUp(batch)).map((answer) =>
          answer.kind === 'closed' ? { kind: 'closed', outcome: 'done' } : answer,
        ),
    }),
  },
  {
    breaks: 'C10: parked is remembered from its mark on',
    mistake: 'to park leaves the expiry of the claim',
    change: (parts) =>
      onWrite('park', parts, async ({ claim }, stored, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(claim.id);
        if (stored && after) parts.right.items.set(claim.id, { ...after, expiration: stored.expiration });
        return answer;
      }),
  },
  {
    breaks: 'P5: to park what is not ours any more',
    mistake: 'the parked item is made before the claim is looked at',
    change: (parts) =>
      onWrite('park', parts, ({ claim, parked }, stored, otherwise) => {
        if (claim.offset !== 1_000 && stored?.status === 'INPROGRESS') parkInMemory(parts.right.parked, [parked]);
        return otherwise();
      }),
  },
  {
    breaks: 'P5: a parked item that exists is left alone',
    mistake: 'a parked item is overwritten',
    change: (parts) =>
      onWrite('park', parts, async ({ parked }, _, otherwise) => {
        const answer = await otherwise();
        const item = parts.right.parked.get(parked.id);
        if (item) parts.right.parked.set(parked.id, { ...item, attempts: parked.attempts });
        return answer;
      }),
  },
  {
    breaks: 'C8: a park whose answer was lost',
    mistake: 'a park that landed already is refused',
    change: (parts) =>
      onWrite('park', parts, (_, stored, otherwise) => (stored?.outcome === 'parked' ? LOST : otherwise())),
  },
  {
    breaks: 'P5: what is done is not parked by its owner',
    mistake: 'the owner may park what it has completed',
    change: (parts) =>
      onWrite('park', parts, ({ claim, parked }, stored, otherwise) => {
        if (stored?.outcome !== 'done' || stored.owner !== claim.token) return otherwise();
        parts.right.items.set(claim.id, { ...stored, outcome: 'parked' });
        parkInMemory(parts.right.parked, [parked]);
        return WRITTEN;
      }),
  },
  {
    breaks: 'P5: many are parked at once',
    mistake: 'the first refusal ends the batch',
    change: ({ right }) => ({
      park: async (batch) => {
        const answers: WriteAnswer[] = [];
        for (const member of batch) {
          const isOver = answers.some(({ kind }) => kind === 'lost');
          answers.push(isOver ? LOST : ((await right.park([member]))[0] as WriteAnswer));
        }
        return answers;
      },
    }),
  },
  {
    breaks: 'P5: a claim says when its record failed first',
    mistake: 'the last failure is taken for the first',
    change: (parts) =>
      onWrite('fail', parts, async ({ claim, atMs }, _, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(claim.id);
        if (after && answer.kind === 'written') parts.right.items.set(claim.id, { ...after, firstFailureMs: atMs });
        return answer;
      }),
  },
  {
    breaks: 'P3: each takeover of a claim that nobody gave back',
    mistake: 'only the last unclean end is remembered',
    change: (parts) =>
      onClaim(parts, ({ unclean, suspect, leaseUntilMs }, _, nowMs) => {
        const isOver = leaseUntilMs !== undefined && leaseUntilMs > 0 && leaseUntilMs < nowMs;
        return isOver && suspect === undefined && unclean === 1 ? { stored: { unclean: undefined } } : undefined;
      }),
  },
  ...(['complete', 'park', 'fail', 'release'] as const).map(
    (operation): Mutant => ({
      breaks: `P3: after a run to ${operation} ends what is remembered`,
      mistake: `to ${operation} leaves the unclean ends as they are`,
      change: (parts) =>
        onWrite(
          operation,
          parts,
          keeping(parts, 'unclean', ({ hasRun }) => hasRun !== false),
        ),
    }),
  ),
  {
    breaks: 'P3: what is given back before it started',
    mistake: 'whatever is given back has shown itself innocent',
    change: (parts) =>
      onWrite('release', parts, async ({ claim }, _, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(claim.id);
        if (after && answer.kind === 'written') parts.right.items.set(claim.id, { ...after, unclean: undefined });
        return answer;
      }),
  },
  {
    breaks: 'P3: a death after a written start is an attempt',
    mistake: 'a takeover does not look at what was written before the start',
    change: (parts) =>
      onClaim(parts, ({ suspect }) => (suspect === undefined ? undefined : { stored: { suspect: undefined } })),
  },
  {
    breaks: 'P3: of a suspect that was given back',
    mistake: 'a release leaves the suspect',
    change: (parts) =>
      onWrite(
        'release',
        parts,
        keeping(parts, 'suspect', ({ hasRun }) => hasRun !== true),
      ),
  },
  {
    breaks: 'P2: a cut counts one attempt',
    mistake: 'what is cut off is given back',
    change: (parts) =>
      onWrite('cutOff', parts, async ({ claim }, stored, otherwise) => {
        const answer = await otherwise();
        const after = parts.right.items.get(claim.id);
        const isLate = (stored?.leaseUntilMs ?? 0) - parts.options.clock.now() < 20_000;
        if (after && isLate && answer.kind === 'written')
          parts.right.items.set(claim.id, { ...after, leaseUntilMs: 0 });
        return answer;
      }),
  },
  {
    breaks: 'P2: a cut after a written start',
    mistake: 'a cut leaves the suspect',
    change: (parts) => onWrite('cutOff', parts, keeping(parts, 'suspect')),
  },
  {
    breaks: 'P2: a late copy of a written start',
    mistake: 'a start is written whatever was counted since',
    change: (parts) =>
      onWrite('suspect', parts, ({ claim }, stored, otherwise) => {
        if (stored?.owner !== claim.token || stored.attempts === claim.attempts || isBack(stored)) return otherwise();
        parts.right.items.set(claim.id, { ...stored, suspect: claim.offset });
        return WRITTEN;
      }),
  },
  {
    breaks: 'C8: a cut whose answer was lost',
    mistake: 'a cut counts on top of what stands there',
    change: (parts) =>
      onWrite('cutOff', parts, ({ claim }, stored, otherwise) => {
        if (stored?.owner !== claim.token || stored.attempts !== 1 || isBack(stored)) return otherwise();
        parts.right.items.set(claim.id, { ...stored, attempts: 2 });
        return WRITTEN;
      }),
  },
  {
    breaks: 'C8: a written start whose answer was lost',
    mistake: 'a start that is written already is not recognised',
    change: (parts) =>
      onWrite('suspect', parts, (_, stored, otherwise) => (stored?.suspect === undefined ? otherwise() : LOST)),
  },
  {
    breaks: 'C8: a takeover whose answer was lost counts neither',
    mistake: 'a takeover that recognises itself counts again',
    change: (parts) =>
      onClaim(parts, ({ owner, unclean }, { token }) =>
        owner === token && unclean !== undefined ? { stored: { unclean: unclean + 1 } } : undefined,
      ),
  },
  {
    breaks: 'C2: a suspect that has expired',
    mistake: 'a suspect is one until TTL removes it',
    change: (parts) =>
      onClaim(parts, ({ suspect }, _, nowMs) =>
        suspect === undefined ? undefined : { stored: { expiration: Math.ceil(nowMs / 1_000) + 1 } },
      ),
  },
  {
    breaks: 'an empty batch has an empty answer',
    mistake: 'an empty batch is answered once',
    change: ({ right }) => ({
      claim: async (batch) => (batch.length === 0 ? [{ kind: 'conflict' }] : right.claim(batch)),
    }),
  },
];

function broken({ change }: Pick<Mutant, 'change'>) {
  return (options: MemoryClaimStoreOptions) => {
    const right = new MemoryClaimStore(options);
    const store: ClaimStore = {
      lookUp: (batch) => right.lookUp(batch),
      claim: (batch) => right.claim(batch),
      renew: (batch) => right.renew(batch),
      complete: (batch) => right.complete(batch),
      park: (batch) => right.park(batch),
      fail: (batch) => right.fail(batch),
      release: (batch) => right.release(batch),
      suspect: (batch) => right.suspect(batch),
      cutOff: (batch) => right.cutOff(batch),
      ...change({ right, options }),
    };
    return {
      store,
      stored: async (id: string) => right.items.get(id),
      parked: async (id: string) => right.parked.get(id),
    };
  };
}

async function brokenLaws(mutant: Pick<Mutant, 'change'>): Promise<string[]> {
  const found: string[] = [];
  for (const law of LAWS) {
    await law.holds(openWorld(broken(mutant), law.rememberForSeconds)).catch(() => found.push(law.name));
  }
  return found;
}

describe('the laws see what they are for', () => {
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
    const unseen = LAWS.filter(({ name }) => !MUTANTS.some(({ breaks }) => name.startsWith(breaks)));

    expect(unseen.map(({ name }) => name)).toEqual([]);
  });
});
