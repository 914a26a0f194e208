/** What a person must hear about: the service would do it without a word. */
export interface Complaint {
  /** An error fails the run unless its judge says otherwise; a warning does not. */
  readonly kind: 'error' | 'warning';
  /** Of section 8 of the reference of the Kafka event source. */
  readonly row: number;
  readonly text: string;
}
