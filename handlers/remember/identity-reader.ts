import type { LookUp, LookUpAnswer } from '../claims/claim-store';
import type { RecordState } from '../engine/record-state';
import type { Scope } from '../engine/scope';
import type { Unknown } from '../store/unknown';
import { Gatherer } from './gatherer';

/** Keys in one read. Source: DynamoDB API Reference, BatchGetItem. */
const GATHERED = 100;

/** Reads what stands of identities. Those that are asked for in the same turn are read together. */
export class IdentityReader<T> {
  readonly #reads: Gatherer<LookUp, LookUpAnswer>;

  constructor({ ports, patience, stopped }: Scope<T>) {
    this.#reads = new Gatherer({
      size: GATHERED,
      delayMs: 0,
      sleep: ports.sleep,
      send: (batch) =>
        patience.start<LookUp, LookUpAnswer>(batch, (members) => ports.store.claims.lookUp(members), stopped),
    });
  }

  read({ content }: RecordState<T>): Promise<LookUpAnswer | Unknown> {
    if (content?.kind !== 'ready' || content.id === undefined) return Promise.resolve({ kind: 'open' });
    const { id, payloadDigest } = content;
    return new Promise((answered) => this.#reads.add({ id, payloadDigest }, answered));
  }

  stop(): void {
    this.#reads.stop();
  }
}
