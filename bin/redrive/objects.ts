/** What is asked of buckets. Calls reject as the SDK does. */
export interface Objects {
  /** One page of a listing; `next` begins the one behind it. */
  list(bucket: string, prefix: string, from: string | undefined): Promise<ObjectPage>;
  /** undefined: there is no such object. */
  get(bucket: string, key: string): Promise<string | undefined>;
  /** Nothing happens where it is gone already. */
  remove(bucket: string, key: string): Promise<void>;
}

export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  readonly next: string | undefined;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}
