/** What the records of the benchmarks hold: about 200 bytes of JSON. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly cents: number;
  readonly currency: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly note: string;
}

/** The business function: it takes no time, so that nothing but the remembering is measured. */
export function accept({ id, cents }: Order): { readonly accepted: string; readonly cents: number } {
  return { accepted: id, cents };
}
