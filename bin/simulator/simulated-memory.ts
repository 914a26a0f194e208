import { MemoryClaimStore } from '../../handlers/claims/memory-claim-store';
import { memberError, unknownOf } from '../../handlers/dynamodb/unknown-of';
import { markAttributes } from '../../handlers/ledger/ledger-item';
import { type MemoryLedger, MemoryLedgerStore } from '../../handlers/ledger/memory-ledger-store';
import type { StoredParked } from '../../handlers/parking/judge-parked';
import { MemoryParkingStore } from '../../handlers/parking/memory-parking-store';
import type { RedriveClaim } from '../../handlers/parking/parking-store';
import type { Store } from '../../handlers/store/store';
import { MemoryRedriveStore } from '../../handlers/transaction/memory-redrive-store';
import { type Apply, MemoryTransactionStore } from '../../handlers/transaction/memory-transaction-store';
import type { Item } from '../../local/dynamodb/engine/attribute-value';
import { DynamoDbEngineError } from '../../local/dynamodb/engine/errors';
import {
  type Connection,
  MEMORY,
  type MemoryOptions,
  type MemoryWrite,
  type SharedMemory,
} from '../../local/simulator/runtime';
import { responseError } from './response-error';

const REMEMBER_FOR_SECONDS = 14 * 24 * 60 * 60;

interface Asked {
  readonly perform: () => Promise<unknown>;
  readonly writes: readonly MemoryWrite[];
  readonly isClaim: boolean;
  /** What came of it when it landed first. */
  result: Promise<unknown> | undefined;
}

/** The shipped store in memory as if it stood behind a network: a request over it names a call that was left here. */
export class SimulatedMemory implements SharedMemory {
  readonly #claims: MemoryClaimStore;
  readonly #ledger: MemoryLedgerStore;
  readonly #transactions: MemoryTransactionStore;
  readonly #parking: MemoryParkingStore;
  readonly #redrives: MemoryRedriveStore;
  readonly #asked: Asked[] = [];
  readonly #clock: { now(): number };
  /** While a call is carried out: when it was sent. A late copy of a request says what it said then. */
  #sentAtMs: number | undefined;

  constructor({ clock, clockSkewMs, database }: MemoryOptions) {
    this.#clock = clock;
    const now = () => this.#sentAtMs ?? clock.now();
    const options = { clock: { now }, clockSkewMs, rememberForSeconds: REMEMBER_FOR_SECONDS };
    const parked = new Map<string, StoredParked>();
    this.#claims = new MemoryClaimStore({ ...options, parked });
    this.#ledger = new MemoryLedgerStore({ ...options, parked });
    this.#parking = new MemoryParkingStore({ ...options, items: parked, claims: this.#claims });
    const apply = appliedTo(database);
    this.#transactions = new MemoryTransactionStore({ ...options, claims: this.#claims, ledger: this.#ledger, apply });
    const stores = { parking: this.#parking, claims: this.#claims, transactions: this.#transactions };
    this.#redrives = new MemoryRedriveStore({ ...options, ...stores, apply });
  }

  execute(_operation: string, input: object): object {
    const asked = this.#askedBy(input);
    // A claim that has landed is in the way of its own copy, whatever has become of it: in the table both are conditional.
    if (asked.isClaim && asked.result !== undefined) return { Responses: [] };
    const result = asked.perform();
    // Whoever asked may be dead by then.
    result.catch(() => undefined);
    asked.result ??= result;
    // No member of it can be refused alone.
    return { Responses: [] };
  }

  writesOf(input: object): readonly MemoryWrite[] {
    return this.#askedBy(input).writes;
  }

  items(): readonly Item[] {
    return [
      ...[...this.#claims.items].map(([id, claim]): Item => {
        const { status, owner, payloadDigest, leaseUntilMs } = claim;
        return {
          id: { S: id },
          ...(status !== undefined && { status: { S: status } }),
          ...(owner !== undefined && { owner: { S: owner } }),
          ...(payloadDigest !== undefined && { payload_digest: { S: payloadDigest } }),
          ...(leaseUntilMs !== undefined && { in_progress_expiration: { N: String(leaseUntilMs) } }),
        };
      }),
      ...[...this.#ledger.items].map(([id, ledger]) => ledgerItem(id, ledger)),
      ...[...this.#parking.items].map(([id, { outcome }]): Item => ({ id: { S: id }, outcome: { S: outcome } })),
    ];
  }

  /** The store as a process sees it. */
  over(connection: Connection, table: string): Store {
    const [claims, ledger, transactions, parking] = [this.#claims, this.#ledger, this.#transactions, this.#parking];
    const redrives = this.#redrives;
    const ask = async <Member, Answer>(
      name: string,
      batch: readonly Member[],
      perform: (batch: readonly Member[]) => Promise<Answer[]>,
      writeOf?: (member: Member) => MemoryWrite,
    ): Promise<Answer[]> => {
      const sentAtMs = this.#clock.now();
      const asked: Asked = {
        perform: () => this.#at(sentAtMs, () => perform(batch)),
        writes: writeOf ? batch.map(writeOf) : [],
        isClaim: name === 'Claim' || name === 'ClaimParked',
        result: undefined,
      };
      const call = this.#asked.push(asked) - 1;
      try {
        const headers = { 'x-amz-target': `DynamoDB_20120810.${MEMORY}${name}` };
        const { response } = await connection.handle({ headers, body: JSON.stringify({ call }) });
        if (response.statusCode === 200) return (await asked.result) as Answer[];
        throw responseError(response);
      } catch (error) {
        return batch.map(() => unknownOf(error) as Answer);
      }
    };
    const claimed = (write: MemoryWrite['write']) => (member: { readonly claim: { readonly id: string } }) => ({
      id: member.claim.id,
      write,
    });
    const named = (write: MemoryWrite['write']) => (member: { readonly id: string }) => ({ id: member.id, write });
    const redriven = (write: MemoryWrite['write']) => (member: { readonly claim: RedriveClaim }) => ({
      id: member.claim.parked.id,
      write,
    });
    return {
      table,
      claims: {
        lookUp: (batch) => ask('LookUp', batch, (members) => claims.lookUp(members)),
        claim: (batch) => ask('Claim', batch, (members) => claims.claim(members), named('claim')),
        renew: (batch) => ask('Renew', batch, (members) => claims.renew(members), claimed('lease')),
        complete: (batch) => ask('Complete', batch, (members) => claims.complete(members), claimed('mark')),
        park: (batch) => ask('Park', batch, (members) => claims.park(members), claimed('mark')),
        fail: (batch) => ask('Fail', batch, (members) => claims.fail(members), claimed('lease')),
        release: (batch) => ask('Release', batch, (members) => claims.release(members), claimed('lease')),
        suspect: (batch) => ask('Suspect', batch, (members) => claims.suspect(members), claimed('lease')),
        cutOff: (batch) => ask('CutOff', batch, (members) => claims.cutOff(members), claimed('lease')),
      },
      ledger: {
        claim: (batch) => ask('ClaimPartition', batch, (members) => ledger.claim(members), named('claim')),
        mark: (batch) => ask('Mark', batch, (members) => ledger.mark(members), named('mark')),
      },
      transactions: {
        commit: async (request) => {
          const [answer] = await ask(
            'Commit',
            [request],
            ([one = request]) => transactions.commit(one).then((committed) => [committed]),
            ({ mark }) => ({ id: mark.id, write: 'mark' }),
          );
          return answer ?? { kind: 'unknown', reason: 'failed', error: new Error('There was no answer') };
        },
      },
      parking: {
        lookUp: (ids) => ask('LookUpParked', ids, (members) => parking.lookUp(members)),
        park: (batch) => ask('ParkAlone', batch, (members) => parking.park(members), named('mark')),
        claim: (batch) => ask('ClaimParked', batch, (members) => parking.claim(members), named('claim')),
        renew: (batch) => ask('RenewParked', batch, (members) => parking.renew(members), redriven('lease')),
        complete: (batch) => ask('CompleteParked', batch, (members) => parking.complete(members), redriven('mark')),
        fail: (batch) => ask('FailParked', batch, (members) => parking.fail(members), redriven('lease')),
        release: (batch) => ask('ReleaseParked', batch, (members) => parking.release(members), redriven('lease')),
      },
      redrives: {
        commit: async (request) => {
          const [answer] = await ask(
            'CommitRedrive',
            [request],
            ([one = request]) => redrives.commit(one).then((committed) => [committed]),
            redriven('mark'),
          );
          return answer ?? { kind: 'unknown', reason: 'failed', error: new Error('There was no answer') };
        },
      },
    };
  }

  /** What the stores decide, they decide before they first wait. */
  #at<Result>(sentAtMs: number, perform: () => Result): Result {
    this.#sentAtMs = sentAtMs;
    try {
      return perform();
    } finally {
      this.#sentAtMs = undefined;
    }
  }

  #askedBy(input: object): Asked {
    return this.#asked[(input as { readonly call: number }).call] as Asked;
  }
}

function ledgerItem(id: string, { owner, leaseUntilMs, seq, state }: MemoryLedger): Item {
  const { sets } = markAttributes({ id, token: owner, seq: seq - 1, state, leaseUntilMs });
  const runs = sets.runs?.B;
  return {
    id: { S: id },
    owner: { S: owner },
    lease_until_ms: { N: String(leaseUntilMs) },
    runs: { B: Buffer.from(runs ?? []).toString('base64') },
  };
}

/** The user's writes, as the database carries them out. */
function appliedTo(database: MemoryOptions['database']): Apply {
  return (writes) => {
    if (writes.length === 0) return [];
    try {
      database.execute('TransactWriteItems', { TransactItems: writes.map(({ item }) => item) });
      return [];
    } catch (error) {
      const reasons = error instanceof DynamoDbEngineError ? error.details.CancellationReasons : undefined;
      if (reasons === undefined) return { kind: 'invalid', error };
      // Passing: nothing of the transaction was carried out, and it may be sent again.
      const conflict = reasons.find(({ Code }) => Code === 'TransactionConflict');
      if (conflict) throw memberError(conflict.Code, conflict.Message);
      return reasons.map(({ Code, Message }) => {
        if (Code === 'None') return undefined;
        return Code === 'ConditionalCheckFailed'
          ? { kind: 'condition' }
          : { kind: 'invalid', error: new Error(Message) };
      });
    }
  };
}
