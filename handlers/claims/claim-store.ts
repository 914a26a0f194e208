import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Outcome } from '../core/answer';
import type { Parked } from '../parking/parked';
import type { Unknown } from '../store/unknown';

/** Of whoever remembers by identity and declares no other lease (C4). */
export const CLAIM_LEASE_MS = 30_000;

/** Asks for the ownership of an identity, for one record. */
export interface ClaimRequest {
  /** Key of the identity's item. */
  readonly id: string;
  /** Fresh for each claim; the same one again when an answer was lost. */
  readonly token: string;
  readonly partition: number;
  readonly offset: number;
  /** undefined: payloads are not compared. */
  readonly payloadDigest: string | undefined;
  /** End of the lease, milliseconds since the epoch. */
  readonly leaseUntilMs: number;
  /** Powertools' own payload hash. Only its drop-in layer has one; compared like `payloadDigest`. */
  readonly validation?: string;
}

/** An identity that we own until its lease runs out. */
export interface Claim extends ClaimRequest {
  /** Earlier runs that ended without success. */
  readonly attempts: number;
  /** When the first of them ended, milliseconds since the epoch. */
  readonly firstFailureMs?: number | undefined;
  /** Code or name of the error of the last of them; without any, that of a call with several records that failed. */
  readonly lastError?: string | undefined;
  /** Claims before this one that nobody gave back, since the record last came to an end (P3). @default 0 */
  readonly unclean?: number | undefined;
}

export type ClaimAnswer =
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly takeover: boolean }
  /** A durable mark closes the identity. */
  | { readonly kind: 'closed'; readonly outcome: Exclude<Outcome, 'open' | 'duplicate'> }
  /** A live foreign claim. */
  | {
      readonly kind: 'busy';
      readonly leaseUntilMs: number;
      /** Name of the attribute that somebody else wrote and that cannot be understood; then this is why. */
      readonly unreadable?: string;
    }
  /** The identity stands there with another payload. */
  | { readonly kind: 'conflict' }
  | Unknown;

/** `lost`: the claim is another's now, or was. */
export type WriteAnswer = { readonly kind: 'written' } | { readonly kind: 'lost' } | Unknown;

export interface Completion {
  readonly claim: Claim;
  /** A result, as Powertools stores one. Only its drop-in layer has one. */
  readonly data?: AttributeValue;
}

export interface Failure {
  readonly claim: Claim;
  /** Code or name of the error, never its text. */
  readonly error: string;
  readonly atMs: number;
}

export interface Release {
  readonly claim: Claim;
  /** Whether user code was called, and has ended: that ends what is remembered of unclean ends. @default false */
  readonly hasRun?: boolean;
  /** Whether the next claim is to know that it runs in a call of its own: {@link Claim.lastError} says so. @default false */
  readonly isSingle?: boolean;
}

export interface Parking {
  readonly claim: Claim;
  readonly parked: Parked;
}

/** Asks whether an identity is closed already. */
export type LookUp = Pick<ClaimRequest, 'id' | 'payloadDigest' | 'validation'>;

export type LookUpAnswer =
  | Extract<ClaimAnswer, { readonly kind: 'closed' | 'conflict' }>
  /** No durable mark closes it: absent, expired, or claimed by whomever. */
  | { readonly kind: 'open' }
  | Unknown;

/**
 * Remembers which identities are claimed and which are closed (protocol section 5).
 *
 * Every call takes a batch, in which an id stands at most once (C9), and answers per member, in the order of the batch.
 * Calls do not reject: what cannot be answered is `unknown`. Each write is conditional on the claim's token, and a
 * write whose answer was lost recognises itself when it is sent again.
 */
export interface ClaimStore {
  /** Reads, strongly consistent, and changes nothing (C2). An expired item counts as absent. */
  lookUp(batch: readonly LookUp[]): Promise<LookUpAnswer[]>;
  /**
   * Inserts; takes over what was released, or ran out by more than 2 × clockSkew (C3). Never touches what conflicts (C7).
   * A takeover of what was not released counts an unclean end, and an attempt of a record whose start was written (P3).
   */
  claim(batch: readonly ClaimRequest[]): Promise<ClaimAnswer[]>;
  /** Moves the lease forward, never back (C4). */
  renew(batch: readonly { readonly claim: Claim; readonly leaseUntilMs: number }[]): Promise<WriteAnswer[]>;
  /** Marks as done. Never creates an item (C5). */
  complete(batch: readonly Completion[]): Promise<WriteAnswer[]>;
  /**
   * Marks as parked, and makes the parked item in the same transaction, or leaves it alone where it exists (P5). Never
   * creates the identity's item. One request per member.
   */
  park(batch: readonly Parking[]): Promise<WriteAnswer[]>;
  /** Counts one more attempt and gives the claim back (C5). */
  fail(batch: readonly Failure[]): Promise<WriteAnswer[]>;
  /** Gives the claim back with no attempt counted (C5). */
  release(batch: readonly Release[]): Promise<WriteAnswer[]>;
  /** Says, before it starts, that the record runs alone: whatever ends without giving it back, it is to blame (P3). */
  suspect(batch: readonly { readonly claim: Claim }[]): Promise<WriteAnswer[]>;
  /** Counts one more attempt and gives nothing back: user code goes on running until its process ends (P2, A5). */
  cutOff(batch: readonly Failure[]): Promise<WriteAnswer[]>;
}
