import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { factsOf, loadFlights, MAXIMUM_FLIGHTS, messagesOf, totalsOf } from '../../../bin/demo/flights';
import { PARTITIONS } from '../../../bin/demo/partitions';
import { InProcessBroker } from '../../../local/broker/in-process';

interface Row {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

const FILE: readonly Row[] = JSON.parse(
  readFileSync(join(__dirname, '../../../node_modules/vega-datasets/data/flights-20k.json'), 'utf8'),
);
const textOf = (value: Buffer | null) => String(value);
const SIZES = [500, 1_234, 20_000];

describe('the flights', () => {
  test('are those of the file, from its top, and all different', () => {
    const flights = loadFlights(MAXIMUM_FLIGHTS);

    expect(flights).toEqual(FILE);
    expect(flights).toHaveLength(20_000);
    expect(new Set(FILE.map((row) => JSON.stringify(Object.values(row)))).size).toBe(20_000);
    expect(loadFlights(500)).toEqual(FILE.slice(0, 500));
  });

  test.each(SIZES)('of %d the totals are those of a plain count', (size) => {
    const expected = new Map<string, { flights: number; delayMinutes: number }>();
    for (const { origin, delay } of FILE.slice(0, size)) {
      const total = expected.get(origin) ?? { flights: 0, delayMinutes: 0 };
      total.flights += 1;
      total.delayMinutes += delay;
      expected.set(origin, total);
    }

    const totals = totalsOf(loadFlights(size));

    expect(totals).toEqual(Object.fromEntries(expected));
    expect(Object.values(totals).reduce((sum, { flights }) => sum + flights, 0)).toBe(size);
  });

  test('by hand: 20,000 flights, and those of Atlanta', () => {
    const totals = totalsOf(loadFlights(MAXIMUM_FLIGHTS));

    const lines = readFileSync(join(__dirname, '../../../node_modules/vega-datasets/data/flights-20k.json'), 'utf8');
    expect(totals.ATL?.flights).toBe(lines.split('"origin":"ATL"').length - 1);
    expect(Object.keys(totals).length).toBe(new Set(lines.match(/"origin":"[A-Z]{3}"/g)).size);
  });
});

describe('what is produced', () => {
  test.each(SIZES)('of %d flights: each one at least once, some twice, and nothing else', (size) => {
    const messages = messagesOf(loadFlights(size), 'flights', 7);

    const times = new Map<string, number>();
    for (const { value } of messages) times.set(textOf(value), (times.get(textOf(value)) ?? 0) + 1);
    expect([...times.keys()].sort()).toEqual(
      FILE.slice(0, size)
        .map((row) => JSON.stringify(row))
        .sort(),
    );
    expect([...new Set(times.values())].sort()).toEqual([1, 2]);
    const duplicates = messages.length - size;
    expect(duplicates).toBeGreaterThan(size / 40);
    expect(duplicates).toBeLessThan(size / 10);
  });

  test('first copies come in the order of the file; a duplicate comes later, on the partition of its original', () => {
    const messages = messagesOf(loadFlights(2_000), 'flights', 7);

    const firsts = new Map<string, { readonly index: number; readonly partition: number }>();
    for (const [index, { value, partition }] of messages.entries()) {
      const first = firsts.get(textOf(value));
      if (first) expect([partition, index > first.index]).toEqual([first.partition, true]);
      else firsts.set(textOf(value), { index, partition });
    }
    expect([...firsts.keys()]).toEqual(FILE.slice(0, 2_000).map((row) => JSON.stringify(row)));
  });

  test('duplicates are not all right behind their originals', () => {
    const messages = messagesOf(loadFlights(2_000), 'flights', 7);

    const texts = messages.map(({ value }) => textOf(value));
    const distances = texts.flatMap((text, index) => {
      const first = texts.indexOf(text);
      return first < index ? [index - first] : [];
    });
    expect(new Set(distances).size).toBeGreaterThan(10);
  });

  test('the key is the airport of origin', () => {
    for (const { key, value } of messagesOf(loadFlights(500), 'flights', 7)) {
      expect(textOf(key)).toBe(JSON.parse(textOf(value)).origin);
    }
  });

  test('the same seed brings the same records, another seed others', () => {
    const flights = loadFlights(500);

    const [one, again, other] = [1, 1, 2].map((seed) => JSON.stringify(messagesOf(flights, 'flights', seed)));

    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  test.each(Array.from({ length: 12 }, (_, seed) => seed))(
    'with seed %d there are duplicates among 500 flights',
    (seed) => {
      expect(messagesOf(loadFlights(500), 'flights', seed).length).toBeGreaterThan(500);
    },
  );
});

describe('the partition of a record', () => {
  test('the hash of this test is the one of Kafka: values from its own tests (UtilsTest, testMurmur2)', () => {
    expect(murmur2(Buffer.from('21'))).toBe(-973932308);
    expect(murmur2(Buffer.from('foobar'))).toBe(-790332482);
    expect(murmur2(Buffer.from('a-little-bit-long-string'))).toBe(-985981536);
    expect(murmur2(Buffer.from('a-little-bit-longer-string'))).toBe(-1486304829);
    expect(murmur2(Buffer.from('abc'))).toBe(479470107);
  });

  test("is the one that Kafka's own partitioner chooses for its key", () => {
    const messages = messagesOf(loadFlights(MAXIMUM_FLIGHTS), 'flights', 7);

    for (const { key, partition } of messages) {
      expect(partition).toBe((murmur2(key ?? Buffer.alloc(0)) & 0x7fffffff) % PARTITIONS);
    }
    expect(new Set(messages.map(({ partition }) => partition)).size).toBe(PARTITIONS);
  });
});

describe('what the oracle is told of the topic', () => {
  test('is where each record lies, with its key, and one identity for each flight', async () => {
    const broker = new InProcessBroker();
    await broker.createTopic('flights', PARTITIONS);
    const messages = messagesOf(loadFlights(600), 'flights', 3);
    await broker.produce('flights', messages);

    const records = await broker.readAll('flights');
    const facts = factsOf(records, 'group-1');

    expect(facts.map(({ partition, offset }) => [partition, offset])).toEqual(
      records.map(({ partition, offset }) => [partition, offset]),
    );
    const flightOf = new Map(facts.map(({ identity }, index) => [identity, textOf(records[index]?.value ?? null)]));
    expect(flightOf.size).toBe(600);
    for (const [index, { identity, key }] of facts.entries()) {
      expect(flightOf.get(identity)).toBe(textOf(records[index]?.value ?? null));
      expect(key).toBe(textOf(records[index]?.key ?? null));
    }
  });

  test('by hand: the identity is consumer, topic, and the hash that the claims are stored under', () => {
    const value = { date: '2001-01-13 14:56', delay: 32, distance: 417, origin: 'SAN', destination: 'SJC' };
    const [record] = factsOf(
      [
        {
          topic: 'flights',
          partition: 0,
          offset: 0,
          timestamp: 0,
          timestampType: 'CREATE_TIME',
          key: Buffer.from('SAN'),
          value: Buffer.from(JSON.stringify(value)),
          headers: [],
        },
      ],
      'group-1',
    );

    // printf '%s' '"2001-01-13 14:56|SAN|SJC|417|32"' | openssl dgst -sha256 -binary | base64
    expect(record?.identity).toBe('group-1#flights#IsfXGbn6k2jq+y1wCyhznVxC/gK5qqGxGNdk/17GMyc=');
  });
});

/** MurmurHash2 as in Kafka's Utils.java, written down here on its own. */
function murmur2(data: Buffer): number {
  const M = 0x5bd1e995;
  let hash = 0x9747b28c ^ data.length;
  const whole = Math.floor(data.length / 4);
  for (let word = 0; word < whole; word += 1) {
    let k = Math.imul(data.readInt32LE(word * 4), M);
    k ^= k >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(k, M);
  }
  const rest = data.subarray(whole * 4);
  for (let index = rest.length - 1; index >= 0; index -= 1) hash ^= (rest[index] ?? 0) << (8 * index);
  if (rest.length > 0) hash = Math.imul(hash, M);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return hash ^ (hash >>> 15);
}
