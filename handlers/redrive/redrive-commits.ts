import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import type { OnceError } from '../errors';
import type { Unknown } from '../store/unknown';
import { blame } from '../transaction/blame';
import { errorOf } from '../transaction/group';
import { prepareWrites } from '../transaction/prepare-writes';
import type { PreparedWrite } from '../transaction/prepared-write';
import type { RedriveCommitAnswer, RedriveCommitRequest } from '../transaction/redrive-store';
import type { IdentityInsert } from '../transaction/transaction-store';
import type { HeldLetter } from './held-letter';

/** What came of the writes of a redriven record. */
export type Committed =
  /** Effects, parked item and identity stand; or the fact stood already, as its write declares. */
  | { readonly kind: 'done' }
  /** Its identity is done: nothing was written. */
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'failed'; readonly error: OnceError }
  /** A live claim of a worker that remembers by identity alone. */
  | { readonly kind: 'busy'; readonly error: OnceError }
  | { readonly kind: 'lost' }
  | Unknown;

/** What stood in the way may be gone by the time that it is looked at; that often at most. */
const ROUNDS = 5;
const CHANGING = 'The identity changed again and again while it was looked at';

/** Commits redriven records, each in a transaction of its own (protocol P6, T3 to T5). */
export class RedriveCommits<T> {
  readonly #scope: Scope<T>;

  constructor(scope: Scope<T>) {
    this.#scope = scope;
  }

  /** @throws the permanent error of what no transaction can hold */
  async commit({ state, claim }: HeldLetter<T>, result: unknown): Promise<Committed> {
    const { ports } = this.#scope;
    const identity = identityOf(state, claim.token);
    let writes: readonly PreparedWrite[] = prepareWrites(result);
    const own = { table: ports.store.table, ledgerId: claim.parked.id, ownName: "the record's own parked item" };
    const error = errorOf({ identityId: identity?.id, writes }, own);
    if (error) throw error;
    for (let round = 1; ; round += 1) {
      const request = { requestToken: ports.random.token(), atMs: ports.clock.now(), claim, identity, writes };
      const answer = await this.#send(request);
      const found = blame([{ identityId: identity?.id, writes }], answer, () => state);
      if (found.kind === 'committed') return { kind: 'done' };
      if (found.kind === 'again') return found.unknown;
      if (found.kind !== 'refused') return { kind: 'lost' };
      const verdict = found.settled[0]?.verdict;
      if (verdict?.kind === 'busy') return { kind: 'busy', error: verdict.error };
      if (verdict?.kind === 'fail') return { kind: 'failed', error: verdict.error };
      if (verdict && verdict.outcome !== 'done') return { kind: 'duplicate' };
      // The fact stands; that the record is done is still to be written.
      if (verdict) writes = [];
      if (round === ROUNDS) return { kind: 'unknown', reason: 'throttled', error: new Error(CHANGING) };
    }
  }

  /** The same request again, with its token, until it is answered (T5). */
  async #send(request: RedriveCommitRequest): Promise<RedriveCommitAnswer> {
    const { redrives } = this.#scope.ports.store;
    const { answers } = this.#scope.patience.save<RedriveCommitRequest, RedriveCommitAnswer>([request], (members) =>
      Promise.all(members.map((member) => redrives.commit(member))),
    );
    return (await answers[0]) as RedriveCommitAnswer;
  }
}

function identityOf<T>({ content, record }: RecordState<T>, token: string): IdentityInsert | undefined {
  if (content?.kind !== 'ready' || content.id === undefined) return undefined;
  const { partition, offset } = record;
  return { id: content.id, token, partition, offset, payloadDigest: content.payloadDigest };
}
