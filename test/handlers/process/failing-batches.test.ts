import fc from 'fast-check';
import type { KafkaEvent } from '../../../contract/event';
import { PermanentError } from '../../../handlers/errors';
import { Letters } from '../../support/letters';
import { event, failures, ledger, orders, put, transactions, world } from '../../support/virtual-world';

/** How a record fares: how many invocations it fails in, and whether it ever works. */
type Fate = 'works' | 'works in the second try' | 'fails once' | 'fails twice' | 'always fails' | 'never works';
const FATES: readonly Fate[] = [
  'works',
  'works in the second try',
  'fails once',
  'fails twice',
  'always fails',
  'never works',
];
const MAX_ATTEMPTS = 3;

interface Seen {
  readonly value: { readonly id: string; readonly fate: Fate };
  readonly attempt: number;
}

type Way = (process: (seen: Seen) => unknown, options: object) => never;

const writing =
  (more: object): Way =>
  (process, options) =>
    transactions(
      (async (seen: Seen) => {
        await process(seen);
        return put(seen.value);
      }) as never,
      { ...options, ...more },
    ) as never;
const identity = ({ value }: Pick<Seen, 'value'>) => value.id;

const WAYS: Readonly<Record<string, Way>> = {
  ledger: (process, options) => ledger(process as never, options) as never,
  identity: (process, options) => orders(process as never, options) as never,
  transaction: writing({}),
  'transaction with identity': writing({ identity }),
  'transaction, independent': writing({ independent: true }),
};

/** Both readings of a partial response; without one a batch with anything open comes again as a whole. */
const SERVICES = [
  ['partial', 'listed'],
  ['partial', 'from lowest'],
  ['throw', 'whole batch'],
] as const;

const given = fc.record({
  fate: fc.constantFrom(...FATES),
  partition: fc.nat(2),
  key: fc.constantFrom('k', 'l', 'm'),
});

const scenario = fc.record({
  records: fc.array(given, { minLength: 1, maxLength: 25 }),
  order: fc.constantFrom('partition', 'key', 'none'),
  concurrency: fc.constantFrom(1, 2, 32),
});

const isParked = (fate: Fate) => fate === 'always fails' || fate === 'never works';

/** What comes again: the open ones, or everything from the lowest open one of a partition, or everything. */
function again(batch: KafkaEvent, open: readonly string[], reading: string): KafkaEvent {
  if (reading === 'whole batch') return batch;
  const records = Object.entries(batch.records).flatMap(([name, array]) => {
    const offsets = open.filter((each) => each.startsWith(`${name}@`)).map((each) => Number(each.split('@')[1]));
    const lowest = Math.min(...offsets);
    const left = array.filter(({ offset }) => (reading === 'listed' ? offsets.includes(offset) : offset >= lowest));
    return left.length > 0 ? [[name, left] as const] : [];
  });
  return { ...batch, records: Object.fromEntries(records) };
}

describe.each(Object.entries(WAYS))('P1, P2, O1: any batch of failing records, remembering by %s', (_, way) => {
  test.each(SERVICES)(
    'ends with each record done once or in one letter, in the order of its lane, and no innocent has an attempt (%s, %s)',
    async (mode, reading) => {
      await fc.assert(
        fc.asyncProperty(scenario, async ({ records, order, concurrency }) => {
          const w = world();
          const deadLetters = new Letters();
          const runs = new Map<string, { readonly attempt: number; readonly ok: boolean }[]>();
          const closed: string[] = [];
          const tries = new Map<string, number>();
          const process = async ({ value: { id, fate }, attempt }: Seen) => {
            const sofar = (tries.get(`${id} ${attempt}`) ?? 0) + 1;
            tries.set(`${id} ${attempt}`, sofar);
            await w.time.sleep(1);
            const ok =
              fate === 'works' ||
              (fate === 'works in the second try' && sofar > 1) ||
              (fate === 'fails once' && attempt > 1) ||
              (fate === 'fails twice' && attempt > 2);
            runs.set(id, [...(runs.get(id) ?? []), { attempt, ok }]);
            if (fate === 'never works') throw new PermanentError('never');
            if (!ok) throw new Error('not now');
            closed.push(id);
          };
          deadLetters.onPut = ({ record }) => void closed.push(`${record.partition}/${record.offset}`);
          const partitions: Record<number, { value: object; key: string; offset: number }[]> = {};
          const all = records.map(({ fate, partition, key }) => {
            partitions[partition] ??= [];
            const array = partitions[partition];
            const id = `${partition}/${array.length}`;
            array.push({ value: { id, fate }, key, offset: array.length });
            return {
              id,
              fate,
              lane: order === 'partition' ? String(partition) : order === 'key' ? `${partition} ${key}` : id,
            };
          });
          const options = way(process, { order, concurrency, retries: 1, maxAttempts: MAX_ATTEMPTS });

          let batch = event(partitions);
          for (let delivery = 1; Object.keys(batch.records).length > 0; delivery += 1) {
            if (delivery > 100) throw new Error('never done');
            const answered = w.handler(options, { deadLetters })(batch, w.context(600_000, `Orders-${mode}`));
            const open =
              mode === 'partial'
                ? failures(await answered)
                : await answered.then(
                    () => [],
                    (error: Error) => [error.message],
                  );
            if (open.length === 0) break;
            batch = again(batch, open, reading);
          }

          const parked = deadLetters.all.map(({ record }) => `${record.partition}/${record.offset}`);
          expect(parked.sort()).toEqual(
            all
              .filter(({ fate }) => isParked(fate))
              .map(({ id }) => id)
              .sort(),
          );
          expect([...closed].sort()).toEqual(all.map(({ id }) => id).sort());
          for (const lane of new Set(all.map((each) => each.lane))) {
            const inLane = all.filter((each) => each.lane === lane).map(({ id }) => id);
            expect(closed.filter((id) => inLane.includes(id))).toEqual(inLane);
          }
          for (const { id, fate } of all) {
            const highest = Math.max(...(runs.get(id) ?? []).map(({ attempt }) => attempt));
            const expected = { 'fails once': 2, 'fails twice': 3, 'always fails': MAX_ATTEMPTS }[fate as string] ?? 1;
            expect([id, fate, highest]).toEqual([id, fate, expected]);
          }
        }),
        { numRuns: 30 },
      );
    },
  );
});
