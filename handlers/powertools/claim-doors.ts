import { DynamoDbClaimStore } from '../claims/dynamodb-claim-store';
import { Statements } from '../dynamodb/statements';
import { ClaimDoor } from './claim-door';
import type { LayerSettings } from './layer-options';

/** More are not kept: where each call declares another time there is little that could travel together. */
const MAXIMUM_DOORS = 16;

/**
 * A door for each time that results are kept, since functions of one layer may declare different ones. A call holds on
 * to its own, so that what it writes later is kept for as long as what it wrote first.
 */
export class ClaimDoors {
  readonly #settings: LayerSettings;
  readonly #statements: Statements;
  readonly #doors = new Map<number, ClaimDoor>();

  constructor(settings: LayerSettings) {
    this.#settings = settings;
    this.#statements = new Statements(settings);
  }

  of(rememberForSeconds: number): ClaimDoor {
    const door = this.#doors.get(rememberForSeconds) ?? this.#open(rememberForSeconds);
    // Behind the others: the one that was not used for longest goes first.
    this.#doors.delete(rememberForSeconds);
    this.#doors.set(rememberForSeconds, door);
    for (const oldest of this.#doors.keys()) {
      if (this.#doors.size <= MAXIMUM_DOORS) break;
      this.#doors.delete(oldest);
    }
    return door;
  }

  #open(rememberForSeconds: number): ClaimDoor {
    const { client, table, clockSkewMs, leaseMs } = this.#settings;
    const clock = { now: () => Date.now() };
    const store = new DynamoDbClaimStore({ client, table, clock, clockSkewMs, rememberForSeconds });
    return new ClaimDoor({ store, read: (ids) => this.#statements.read(ids), leaseMs });
  }
}
