import { type Reading, redelivery } from '../../support/deliveries';
import { TableWorld } from '../../support/table-world';
import { event } from '../../support/virtual-world';

const RECORDS = 10_000;
const LEDGER = 'ledger#shop-orders#u-1#1#orders#0';

/** Bytes of an item as DynamoDB counts them (Developer Guide, "DynamoDB Item sizes and formats"). */
function sizeOf(value: unknown): number {
  const [[type, content]] = Object.entries(value as object) as [[string, unknown]];
  if (type === 'S') return Buffer.byteLength(content as string);
  if (type === 'B') return (content as Uint8Array).length;
  // At most 21 bytes for 38 digits; each two digits take one, and one more for all.
  if (type === 'N') return Math.ceil((content as string).length / 2) + 1;
  if (type === 'L') return 3 + (content as unknown[]).reduce<number>((sum, one) => sum + 1 + sizeOf(one), 0);
  throw new Error(`no rule for ${type}`);
}

const itemBytes = (item: Record<string, unknown>) =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);

const stored = async (w: TableWorld) => (await w.items()).find(({ id }) => id?.S === LEDGER) ?? {};

describe.each(['ledger', 'transaction'] as const)('%s', (way) => {
  test.each<Reading>(['listed', 'checkpoint'])(
    'L6: every second one of 10,000 is open: the item stays under 100 KB, and a redelivery runs exactly those (read as %s)',
    async (reading) => {
      const w = await TableWorld.start(way);
      const count = RECORDS;
      const batch = event({
        0: Array.from({ length: count }, (_, n) => ({ offset: 7 * n, value: { id: `n${n}` } })),
        1: [{ offset: 0, value: { id: 'beside' } }],
      });
      const ran: number[] = [];
      const attempts = new Map<number, number>();
      let isBroken = true;
      const before = ({ offset, partition, attempt }: { offset: number; partition: number; attempt: number }) => {
        if (partition !== 0) return;
        attempts.set(offset, attempt);
        if (isBroken && (offset / 7) % 2 === 1) throw new Error('not now');
        ran.push(offset);
      };
      const { worker, handler } = w.worker({ before, order: 'none' });
      const context = () => {
        const endsAtMs = w.time.nowMs + 600_000;
        return {
          invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:orders:Orders-partial',
          getRemainingTimeInMillis: () => endsAtMs - w.time.nowMs,
        };
      };
      const odd = Array.from({ length: count / 2 }, (_, n) => 7 * (2 * n + 1));

      const first = await handler(batch, context());
      const sizes = [itemBytes(await stored(w))];
      // Another failure of each, so that counts and times are there for all of them.
      const second = await handler(redelivery(batch, first, reading), context());
      sizes.push(itemBytes(await stored(w)));
      isBroken = false;
      const again = redelivery(batch, second, reading);
      const before2 = ran.length;
      const third = await handler(again, context());
      sizes.push(itemBytes(await stored(w)));

      const openOf = (answer: typeof first) =>
        answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier.offset);
      expect(openOf(first)).toEqual(odd);
      expect(openOf(second)).toEqual(odd);
      expect(openOf(third)).toEqual([]);
      // Both readings: only what was open runs, each once, as its third attempt.
      expect(ran.slice(before2).sort((a, b) => a - b)).toEqual(odd);
      expect(new Set(ran).size).toBe(count);
      expect(ran).toHaveLength(count);
      expect([...attempts].filter(([offset]) => (offset / 7) % 2 === 1).every(([, attempt]) => attempt === 3)).toBe(
        true,
      );
      for (const bytes of sizes) expect(bytes).toBeLessThan(100_000);
      expect(worker.isDead).toBe(false);
      expect(await w.effects('beside')).toBe(1);
    },
    120_000,
  );
});
