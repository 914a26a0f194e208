import fc from 'fast-check';
import { type FetchedMessage, type FetchedPartition, hideAborted } from '../../../local/broker/kafka-aborted';

const ABORT = Buffer.from([0, 0, 0, 0]);
const COMMIT = Buffer.from([0, 0, 0, 1]);

interface Entry {
  readonly producerId: string;
  readonly kind: 'in transaction' | 'plain' | 'commit' | 'abort';
  readonly key: Buffer | null;
}

function messageOf({ producerId, kind, key }: Entry, offset: number): FetchedMessage {
  const isMarker = kind === 'commit' || kind === 'abort';
  return {
    offset: String(offset),
    key: kind === 'abort' ? ABORT : kind === 'commit' ? COMMIT : key,
    isControlRecord: isMarker,
    batchContext: { producerId, inTransaction: kind !== 'plain', isControlBatch: isMarker },
  };
}

function seenOffsets(entries: readonly Entry[], from: number, shuffledBy: (a: string, b: string) => number): number[] {
  const log = entries.map(messageOf);
  // Kafka names the transactions that reach into what is fetched, by their first offset anywhere in the log.
  const aborted = entries.flatMap((entry, marker) => {
    if (entry.kind !== 'abort' || marker < from) return [];
    const own = entries.map((one, offset) => ({ ...one, offset })).filter((one) => one.producerId === entry.producerId);
    const previous = own
      .filter(({ kind, offset }) => offset < marker && kind !== 'in transaction' && kind !== 'plain')
      .at(-1);
    const first = own.find(({ kind, offset }) => kind === 'in transaction' && offset > (previous?.offset ?? -1));
    return first && first.offset < marker ? [{ producerId: entry.producerId, firstOffset: String(first.offset) }] : [];
  });
  const fetched: FetchedPartition = {
    partition: 0,
    abortedTransactions: aborted.sort((one, other) => shuffledBy(one.producerId, other.producerId)),
    messages: log.slice(from),
  };
  hideAborted(fetched);
  return fetched.messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));
}

test('a reader sees what is plain or ends in a commit, wherever its fetch begins and however transactions overlap', () => {
  const entry: fc.Arbitrary<Entry> = fc.record({
    producerId: fc.constantFrom('1', '2', '3'),
    kind: fc.constantFrom('in transaction', 'in transaction', 'in transaction', 'plain', 'commit', 'abort'),
    // One that looks like a marker's, too.
    key: fc.constantFrom(null, ABORT, COMMIT, Buffer.from('key')),
  });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 25 }), fc.nat(25), fc.boolean(), (entries, from, backwards) => {
      const outcomeOf = ({ producerId }: Entry, offset: number) =>
        entries.find(
          (one, at) => at > offset && one.producerId === producerId && ['commit', 'abort'].includes(one.kind),
        )?.kind;
      const expected = entries.flatMap((one, offset) => {
        if (offset < from) return [];
        if (one.kind === 'plain') return [offset];
        // An open transaction lies behind what a fetch brings; here it stands for one that is committed later.
        return one.kind === 'in transaction' && outcomeOf(one, offset) !== 'abort' ? [offset] : [];
      });

      const seen = seenOffsets(entries, from, (a, b) => (backwards ? b.localeCompare(a) : a.localeCompare(b)));

      expect(seen).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('a format without transactions is left alone', () => {
  const fetched: FetchedPartition = {
    partition: 0,
    abortedTransactions: [{ producerId: '1', firstOffset: '0' }],
    messages: [{ offset: '0', key: null }],
  };

  hideAborted(fetched);

  expect(fetched.messages[0]?.isControlRecord).toBeUndefined();
});
