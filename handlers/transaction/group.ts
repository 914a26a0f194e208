import { type OnceError, writesOnOneItem, writesTooLarge, writesTooMany } from '../errors';
import { nameOf, type PreparedWrite } from './prepared-write';
import { attributesBytes } from './size';
import { nameOfOwnItem, TouchedItems } from './touched-items';
import { MAXIMUM_TRANSACTION_BYTES, MAXIMUM_TRANSACTION_ITEMS } from './transaction-store';

/** A record that ran and waits for its commit. */
export interface Waiting {
  /** Key of its identity's item; undefined where none is declared. */
  readonly identityId: string | undefined;
  readonly writes: readonly PreparedWrite[];
}

/** What of a transaction is ours. */
export interface OwnItems {
  /** Name of the idempotency table. */
  readonly table: string;
  /** Key of the item that the mark stands in: the partition's ledger, or the parked item of a redrive. */
  readonly ledgerId: string;
  /** What that item is called in an error. @default the partition's own ledger item */
  readonly ownName?: string;
}

/** What kept the next record out of the group. */
export type Cut = 'end' | 'items' | 'bytes' | 'one item' | 'one identity';

/** An item stays under it for every batch (L6). */
const MARK_BYTES = 100 * 1024;
/** Of everything in an identity's insert but its key: names, token, digest, numbers and the values of its condition. */
const INSERT_BYTES = 512;
const MARKS = 1;
const LEDGER_ITEM = "the partition's own ledger item";
/** Source: DynamoDB Developer Guide, "Quotas": an item with its names. */
const MAXIMUM_ITEM_BYTES = 400 * 1024;

/**
 * Cuts the next transaction (T2, T3): as many of the waiting records of one partition, from the first on and in their
 * order, as one transaction holds beside the mark. A record that no transaction holds ({@link errorOf}) is not among
 * them. At least one record, where any waits.
 */
export function nextGroup<Each extends Waiting>(
  waiting: readonly Each[],
  own: OwnItems,
): { readonly group: readonly Each[]; readonly cut: Cut } {
  const items = new TouchedItems(own.table);
  for (let index = 0; index < Math.min(waiting.length, MAXIMUM_TRANSACTION_ITEMS); index += 1) {
    items.learn((waiting[index] as Each).writes);
  }
  const identities = new Set<string>();
  const touched = new Set([nameOfOwnItem(own.table, own.ledgerId)]);
  let count = MARKS;
  let bytes = MARK_BYTES;
  for (const [index, record] of waiting.entries()) {
    count += itemsOf(record);
    bytes += bytesOf(record);
    const names = namesOf(record, items, own.table);
    const { identityId } = record;
    const cut = () => {
      if (count > MAXIMUM_TRANSACTION_ITEMS) return 'items';
      if (bytes > MAXIMUM_TRANSACTION_BYTES) return 'bytes';
      if (identityId !== undefined && identities.has(identityId)) return 'one identity';
      return names.some((name) => touched.has(name)) ? 'one item' : undefined;
    };
    const found = index === 0 ? undefined : cut();
    if (found) return { group: waiting.slice(0, index), cut: found };
    if (identityId !== undefined) identities.add(identityId);
    for (const name of names) touched.add(name);
  }
  return { group: waiting, cut: 'end' };
}

/** Why no transaction can ever hold this record: its permanent error. What is not certain is left to the service. */
export function errorOf(record: Waiting, own: OwnItems): OnceError | undefined {
  const { writes, identityId } = record;
  const maximum = MAXIMUM_TRANSACTION_ITEMS - MARKS - (identityId === undefined ? 0 : 1);
  if (writes.length > maximum) return writesTooMany({ writes: writes.length, maximum });
  // The upper estimates are at hand, and nearly always enough.
  if (bytesOf(record) > MAXIMUM_ITEM_BYTES) {
    const error = tooLarge(writes);
    if (error) return error;
  }
  return mayTouchTwice(record, own.table) ? twiceTouched(record, own) : undefined;
}

function tooLarge(writes: readonly PreparedWrite[]): OnceError | undefined {
  const sizes = writes.map(leastBytes);
  for (const [index, write] of writes.entries()) {
    const bytes = sizes[index] as number;
    if (write.kind === 'Put' && bytes > MAXIMUM_ITEM_BYTES) {
      return writesTooLarge({ what: nameOf(write, index), bytes, maximumBytes: MAXIMUM_ITEM_BYTES });
    }
  }
  const bytes = sizes.reduce((sum, each) => sum + each, 0);
  if (bytes > MAXIMUM_TRANSACTION_BYTES) {
    return writesTooLarge({ what: 'writes for one record', bytes, maximumBytes: MAXIMUM_TRANSACTION_BYTES });
  }
  return undefined;
}

const mayTouchTwice = ({ writes }: Waiting, table: string) => writes.length > 1 || writes[0]?.table === table;

function twiceTouched(
  { writes, identityId }: Waiting,
  { table, ledgerId, ownName = LEDGER_ITEM }: OwnItems,
): OnceError | undefined {
  const items = new TouchedItems(table);
  items.learn(writes);
  const seen = new Map([[nameOfOwnItem(table, ledgerId), ownName]]);
  if (identityId !== undefined) seen.set(nameOfOwnItem(table, identityId), "the record's own idempotency item");
  for (const [index, write] of writes.entries()) {
    const item = items.of(write);
    if (!item?.isCertain) continue;
    const first = seen.get(item.name);
    if (first !== undefined) return writesOnOneItem({ first, second: nameOf(write, index) });
    seen.set(item.name, nameOf(write, index));
  }
  return undefined;
}

function namesOf({ writes, identityId }: Waiting, items: TouchedItems, table: string): string[] {
  const names = writes.flatMap((write) => items.of(write)?.name ?? []);
  return identityId === undefined ? names : [nameOfOwnItem(table, identityId), ...names];
}

const itemsOf = ({ writes, identityId }: Waiting) => writes.length + (identityId === undefined ? 0 : 1);

function bytesOf({ writes, identityId }: Waiting): number {
  const insert = identityId === undefined ? 0 : Buffer.byteLength(identityId) + INSERT_BYTES;
  return writes.reduce((sum, { bytes }) => sum + bytes, insert);
}

function leastBytes({ item, key }: PreparedWrite): number {
  return attributesBytes(key ?? item.Put?.Item ?? {}, 'least');
}
