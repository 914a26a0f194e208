import { MESSAGES_TOGETHER, type Messages } from './messages';

/** Messages that this process has received and keeps from others, by their ids. */
export class HeldMessages {
  readonly #messages: Messages;
  readonly #holdS: number;
  readonly #receipts = new Map<string, string>();
  #renewing: Promise<unknown> = Promise.resolve();

  constructor(messages: Messages, holdS: number) {
    this.#messages = messages;
    this.#holdS = holdS;
  }

  get size(): number {
    return this.#receipts.size;
  }

  has(id: string): boolean {
    return this.#receipts.has(id);
  }

  /** Only the receipt of the latest receive counts. */
  hold(id: string, receipt: string): void {
    this.#receipts.set(id, receipt);
  }

  /** Keeps them hidden for as long again. One that cannot be is seen by others; what they do with it, the function judges. */
  renew(): Promise<unknown> {
    this.#renewing = this.#renewing.then(() => this.#hide(this.#holdS));
    return this.#renewing;
  }

  /** Deletes them, and gives those that are still there, with the reason. Never rejects. */
  async remove(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const left = new Map<string, string>();
    for (const some of together(ids)) {
      const receipts = new Map(some.map((id) => [this.#receipts.get(id) ?? '', id]));
      const refused = await this.#messages
        .remove([...receipts.keys()])
        .catch((error: Error) => new Map([...receipts.keys()].map((receipt) => [receipt, error.message])));
      for (const [receipt, id] of receipts) {
        const reason = refused.get(receipt);
        if (reason === undefined) this.#receipts.delete(id);
        else left.set(id, reason);
      }
    }
    return left;
  }

  /** Makes all of them visible again. Gives how many stay hidden until their time has run out. Never rejects. */
  async release(): Promise<number> {
    await this.#renewing;
    const stayed = await this.#hide(0);
    this.#receipts.clear();
    return stayed;
  }

  async #hide(hideS: number): Promise<number> {
    let failed = 0;
    for (const receipts of together([...this.#receipts.values()])) {
      const refused = await this.#messages.hide(receipts, hideS).catch(() => ({ size: receipts.length }));
      failed += refused.size;
    }
    return failed;
  }
}

function together<One>(all: readonly One[]): One[][] {
  const groups: One[][] = [];
  for (let at = 0; at < all.length; at += MESSAGES_TOGETHER) groups.push(all.slice(at, at + MESSAGES_TOGETHER));
  return groups;
}
