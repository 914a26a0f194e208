import type { Slots } from '../engine/slots';

/** A slot that may be given back before the record ends, and taken again. */
export class HeldSlot {
  isHeld = true;
  readonly #slots: Slots;

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  async acquire(): Promise<void> {
    if (!this.isHeld) this.isHeld = await this.#slots.acquire();
  }

  /** Somebody else gives it back. */
  handOver(): void {
    this.isHeld = false;
  }

  release(): void {
    if (this.isHeld) this.#slots.release();
    this.isHeld = false;
  }
}
