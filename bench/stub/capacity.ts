/**
 * What the service bills on demand, in units. Source: DynamoDB Developer Guide, "DynamoDB read and write operations"
 * and "Managing complex workflows with DynamoDB transactions".
 */
const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;
/** A transaction prepares and commits each of its items. */
const TRANSACTIONAL = 2;

/** Write units of one item: of its size before and after the write, the larger one. */
export function writeUnits(bytesBefore: number, bytesAfter: number): number {
  return Math.max(1, Math.ceil(Math.max(bytesBefore, bytesAfter) / WRITE_UNIT_BYTES));
}

/** A write whose condition failed is billed by the item that stands there. */
export function refusedWriteUnits(bytesBefore: number): number {
  return writeUnits(bytesBefore, 0);
}

/** Of one item of a transaction, also when the transaction was cancelled. */
export function transactionalWriteUnits(bytesBefore: number, bytesAfter: number): number {
  return TRANSACTIONAL * writeUnits(bytesBefore, bytesAfter);
}

/** Of one item that is read strongly consistent; half of it otherwise. An absent one costs as much as a small one. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistent ? 1 : 0.5);
}
