import {
  IdempotencyInconsistentStateError,
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { STATUS } from '../../contract/idempotency-table';
import { refuseDisabledIdempotency } from '../environment';
import { callUnclaimed, claimLost, reasonOf, storeUnavailable } from '../errors';
import { isUnknown, type Unknown } from '../store/unknown';
import type { CallIdentity, ClaimDoor } from './claim-door';
import { ClaimDoors } from './claim-doors';
import { type Configuration, checkConfiguration, configurationOf } from './configuration';
import { copyOf, existingRecord } from './existing-record';
import { type LayerSettings, layerSettings, type OncePersistenceLayerOptions } from './layer-options';
import type { HeldClaim } from './lease-renewal';
import { LiveCalls } from './live-calls';
import { SecondTries } from './second-tries';
import { storedResult } from './stored-result';

type Data = Parameters<BasePersistenceLayer['saveInProgress']>[0];
type ConfigureOptions = Parameters<BasePersistenceLayer['configure']>[0];

/** What a layer has done beside its work, since it was made. */
export interface OncePersistenceLayerCounts {
  /** Functions that succeeded with a result that cannot be stored: they are completed without one. */
  unstoredResults: number;
  /** Functions that succeeded after another worker had taken their claim over. */
  lostClaims: number;
  /** Functions that failed and whose failure could not be saved; their leases run out. */
  unsavedFailures: number;
}

/** One call of a function that makeIdempotent has wrapped. */
interface Call extends CallIdentity {
  readonly payload: unknown;
  readonly record: IdempotencyRecord;
  readonly rememberForSeconds: number;
  readonly door: ClaimDoor;
  held: HeldClaim | undefined;
}

/** What saveInProgress was asked, for the record that Powertools makes of it. */
interface Asking {
  readonly payload: unknown;
  readonly endsAtMs: number;
  readonly isFirstTry: boolean;
}

/** Claims of one call that meet a record which then is none; beyond it others take turns with the same key. */
const MAXIMUM_MEETINGS = 10;
/** The longest that a function of Lambda runs; for calls of which nobody says how long they may. */
const LONGEST_INVOCATION_MS = 15 * 60 * 1_000;
const MINIMUM_LEASE_MS = 1_000;

/**
 * A persistence layer for Powertools' `makeIdempotent`, in the place of its `DynamoDBPersistenceLayer` and over the
 * same table (protocol C12).
 *
 * A claim is owned by a token, and whatever is written later is conditional on it. Its lease is renewed while the
 * function runs and positive always. A failure keeps its history. Calls made at the same time share requests.
 *
 * Throws where POWERTOOLS_IDEMPOTENCY_DISABLED is set, and, when a function is first called, where its
 * `IdempotencyConfig` has `throwOnNoIdempotencyKey` off.
 */
export class OncePersistenceLayer extends BasePersistenceLayer {
  readonly counts: OncePersistenceLayerCounts = { unstoredResults: 0, lostClaims: 0, unsavedFailures: 0 };
  readonly #settings: LayerSettings;
  readonly #doors: ClaimDoors;
  readonly #defaultKeyPrefix: string;
  readonly #calls = new LiveCalls<Call>();
  readonly #secondTries = new SecondTries<Call>();
  #configuration: Configuration | undefined;
  #usesCache = false;
  /** Powertools configures the layer for each call, right before the call's first try. */
  #isConfigured = false;
  #asking: Asking | undefined;

  constructor(options: OncePersistenceLayerOptions) {
    super();
    refuseDisabledIdempotency(process.env);
    this.#settings = layerSettings(options);
    this.#doors = new ClaimDoors(this.#settings);
    this.#defaultKeyPrefix = this.idempotencyKeyPrefix;
  }

  override configure(options: ConfigureOptions): void {
    refuseDisabledIdempotency(process.env);
    checkConfiguration(options.config, this.#configuration);
    // Else a function without a prefix would go on with the one of the function that was called before it.
    this.idempotencyKeyPrefix = this.#defaultKeyPrefix;
    // The base class would go on with that of the function that was called first, and warn that it does.
    this.expiresAfterSeconds = options.config.expiresAfterSeconds;
    super.configure(options);
    if (this.#configuration === undefined) {
      this.#configuration = configurationOf(options.config);
      this.#usesCache = options.config.useLocalCache;
    }
    this.#isConfigured = true;
  }

  override async saveInProgress(data: Data, remainingTimeInMillis?: number, ...rest: []): Promise<void> {
    const isFirstTry = this.#isConfigured;
    this.#isConfigured = false;
    const sent = isFirstTry ? undefined : this.#secondTries.take(data);
    if (sent) {
      // By now the payload may have been changed by another call that has it too: what was asked first holds.
      this.#calls.beginInContext(sent);
      await this.#claim(sent);
      // As the base class of a Powertools that keeps what it has claimed; the pinned one looks at nothing.
      return sent.record as unknown as undefined;
    }
    const nowMs = Date.now();
    // 0 or less: the context is that of an earlier invocation, or the time is up. Then nobody knows.
    const isKnown = remainingTimeInMillis !== undefined && remainingTimeInMillis > 0;
    const remainingMs = isKnown ? Math.max(remainingTimeInMillis, MINIMUM_LEASE_MS) : LONGEST_INVOCATION_MS;
    this.#asking = { payload: data, endsAtMs: nowMs + remainingMs, isFirstTry };
    try {
      const saved = super.saveInProgress(data, remainingMs, ...rest);
      this.#asking = undefined;
      return await saved;
    } catch (error) {
      throw this.#withOwnRecord(error);
    }
  }

  override async saveSuccess(data: Data, result: Data, ..._rest: unknown[]): Promise<void> {
    const call = this.#calls.find(data);
    if (call?.held === undefined) throw callUnclaimed({ operation: 'saveSuccess' });
    const stored = storedResult(result);
    const { answer, problem } = await call.door.complete(call.held, stored);
    this.#calls.end(call);
    if (isUnknown(answer)) throw unavailable('complete', answer);
    if (answer.kind === 'lost') {
      this.counts.lostClaims += 1;
      throw claimLost({ id: call.id });
    }
    const unstored = stored.problem ?? problem;
    if (unstored !== undefined) {
      this.counts.unstoredResults += 1;
      console.warn(`The result of ${call.id} cannot be stored, so that it is completed without one: ${unstored}`);
    } else if (this.#usesCache) {
      this.#cache(call, stored.data);
    }
  }

  /** Keeps the history: the attempt is counted, and the claim given back (protocol C5). Lets the function's own error through. */
  override async deleteRecord(data: Data, ..._rest: unknown[]): Promise<void> {
    const call = this.#calls.find(data);
    // What this call has not claimed is not its own to give back.
    if (call?.held === undefined) return;
    const answer = await call.door.fail(call.held);
    this.#calls.end(call);
    if (!isUnknown(answer)) return;
    this.counts.unsavedFailures += 1;
    console.warn(`The failure of ${call.id} cannot be saved, its lease runs out: ${reasonOf(answer.error)}`);
  }

  override async getRecord(data: Data, ...rest: []): Promise<IdempotencyRecord> {
    if (this.#secondTries.isExpected(data)) throw new IdempotencyInconsistentStateError('Ask a second time');
    return super.getRecord(data, ...rest);
  }

  override processExistingRecord(
    stored: IdempotencyRecord,
    data: Parameters<BasePersistenceLayer['processExistingRecord']>[1],
  ): IdempotencyRecord {
    super.processExistingRecord(this.#usesCache ? copyOf(stored) : stored, data);
    return stored;
  }

  protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
    const asking = this.#asking;
    if (asking === undefined) throw callUnclaimed({ operation: '_putRecord' });
    const validation = this.isPayloadValidationEnabled() ? record.payloadHash : undefined;
    const { payload, endsAtMs } = asking;
    const rememberForSeconds = this.getExpiresAfterSeconds();
    const call: Call = {
      payload,
      record,
      id: record.idempotencyKey,
      validation,
      endsAtMs,
      rememberForSeconds,
      door: this.#doors.of(rememberForSeconds),
      held: undefined,
    };
    if (!asking.isFirstTry) {
      this.#calls.beginInContext(call);
    } else if (!this.#calls.begin(call)) {
      await this.#secondTries.turn(call);
      // Without a record: Powertools then asks for it, hears of an inconsistent state, and tries again.
      throw new IdempotencyItemAlreadyExistsError('Another call with the same payload is under way');
    }
    return this.#claim(call);
  }

  protected override async _getRecord(id: string): Promise<IdempotencyRecord> {
    const record = await this.#read(this.#doors.of(this.getExpiresAfterSeconds()), id, undefined);
    if (record === undefined) throw new IdempotencyItemNotFoundError();
    return record;
  }

  protected override async _updateRecord(): Promise<void> {
    throw callUnclaimed({ operation: '_updateRecord' });
  }

  protected override async _deleteRecord(): Promise<void> {
    throw callUnclaimed({ operation: '_deleteRecord' });
  }

  async #claim(call: Call): Promise<void> {
    const text = `Failed to put record for already existing idempotency key: ${call.id}`;
    try {
      for (let meetings = 1; ; meetings += 1) {
        const answer = await call.door.claim(call);
        if (answer.kind === 'claimed') {
          call.held = answer.held;
          return;
        }
        if (isUnknown(answer)) throw unavailable('claim', answer);
        const record = await this.#read(call.door, call.id, call.validation);
        // Gone, as TTL does it, or over since: asked again, it can be had. Powertools would ask by itself, but by then
        // the layer may be configured for another function, whose prefix and time it would take.
        const isOver = record === undefined || record.isExpired() || (answer.kind === 'busy' && this.#isRunOut(record));
        if (!isOver) throw new IdempotencyItemAlreadyExistsError(text, record);
        if (meetings < MAXIMUM_MEETINGS) continue;
        if (record === undefined)
          throw new IdempotencyInconsistentStateError(`The record of ${call.id} comes and goes`);
        throw new IdempotencyItemAlreadyExistsError(text, record);
      }
    } finally {
      if (call.held === undefined) this.#calls.end(call);
    }
  }

  #isRunOut({ inProgressExpiryTimestamp }: IdempotencyRecord): boolean {
    const { clockSkewMs } = this.#settings;
    return inProgressExpiryTimestamp !== undefined && Date.now() > inProgressExpiryTimestamp + 2 * clockSkewMs;
  }

  async #read(door: ClaimDoor, id: string, validation: string | undefined): Promise<IdempotencyRecord | undefined> {
    const item = await door.read(id);
    if (item === undefined) return undefined;
    if (isUnknown(item as { kind: string })) throw unavailable('read', item as Unknown);
    return existingRecord(id, item as Exclude<typeof item, Unknown>, validation);
  }

  /** As the table would give it. The base class keeps a record in its cache when it is shown it. */
  #cache({ id, validation, rememberForSeconds }: Call, data: AttributeValue | undefined): void {
    const responseData = data && unmarshall({ data }).data;
    const expiryTimestamp = Math.round(Date.now() / 1_000) + rememberForSeconds;
    const status = STATUS.completed;
    const record = { idempotencyKey: id, status, expiryTimestamp, responseData, payloadHash: validation ?? '' };
    const completed = new IdempotencyRecord(record as ConstructorParameters<typeof IdempotencyRecord>[0]);
    this.processExistingRecord(completed, completed);
  }

  /** What comes out of the cache goes to its caller as a copy. */
  #withOwnRecord(error: unknown): unknown {
    if (!this.#usesCache || !(error instanceof IdempotencyItemAlreadyExistsError) || !error.existingRecord)
      return error;
    return new IdempotencyItemAlreadyExistsError(error.message, copyOf(error.existingRecord));
  }
}

function unavailable(operation: string, { error }: Unknown): Error {
  return storeUnavailable({ operation, reason: reasonOf(error) }, { cause: error });
}
