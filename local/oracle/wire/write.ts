/** A value as DynamoDB's JSON has it: one property, its type to its content. */
export type WireValue = Readonly<Record<string, unknown>> & { readonly S?: string; readonly N?: string };
export type WireItem = Readonly<Record<string, WireValue>>;

/** A write of one item, read from a request as it went over the wire. */
export interface Write {
  readonly kind: 'put' | 'update' | 'delete';
  readonly table: string;
  /** Attributes that name the item: its key, and for a put or a statement whatever else stands with it. */
  readonly key: WireItem;
  /** What the write sets, by path, where the request says the value. */
  readonly sets: WireItem;
  /** Paths whose new value depends on what the item holds, such as a counter's. */
  readonly computes: readonly string[];
  readonly removes: readonly string[];
}

export type WireInput = Readonly<Record<string, unknown>>;
