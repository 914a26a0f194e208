import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type event, failures, orders, world } from '../../support/virtual-world';

const FOLDER = path.resolve(__dirname, '../../fixtures/events');
const read = (name: string) => JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as ReturnType<typeof event>;

/** What a handler must see of each, written by hand. */
const SEEN: Readonly<Record<string, readonly string[]>> = {
  'msk-headers.json': [
    'orders-0@41 key=k1 {"id":"o-1"} trace=abë city=Zürich trace=second',
    'orders-0@42 key=k2 {"id":"o-2"}',
    'orders-3@7 {"id":"o-3"} raw=\u0000\u007f\ufffd\ufffd',
  ],
  'msk-tombstones.json': [
    'customers-1@9 key=c-1 {"id":"c-1"}',
    'customers-1@10 key=c-2 null',
    'customers-1@13 key=c-3 null',
  ],
  'msk-log-append-time.json': ['audit-12@1000 {"id":"a-1"}', 'audit-12@1007 {"id":"a-2"}'],
  'msk-schema-registry.json': ['payments-0@5 key={"id":"p-1"} {"id":"p-1"}'],
  'self-managed.json': [
    'shop.orders-v2-0@15 {"id":"s-2"}',
    'shop.orders-v2-1@15 key=abcDEFghiJKLmnoPQRstuVWXyz1234== {"id":"s-1"} headerKey=headerValue',
  ],
};

describe('events as the service sends them', () => {
  test('every file is one that a test knows', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(['README.md', ...Object.keys(SEEN)].sort());
  });

  test.each(Object.entries(SEEN))('%s: every record is seen as it was written, once', async (name, expected) => {
    const w = world();
    const seen: string[] = [];
    const handler = w.handler({
      value: orders(() => undefined).value,
      tombstones: 'process',
      identity: ({ partition, offset }) => `${partition}@${offset}`,
      process: ({ topic, partition, offset, key, value, headers }) => {
        const parts = [`${topic}-${partition}@${offset}`, ...(key ? [`key=${key}`] : []), JSON.stringify(value)];
        seen.push([...parts, ...[...headers].map(([header, bytes]) => `${header}=${bytes}`)].join(' '));
      },
    });

    const answers = [await handler(read(name), w.context()), await handler(read(name), w.context())];

    expect(answers.map(failures)).toEqual([[], []]);
    expect(seen.sort()).toEqual([...expected].sort());
  });

  test.each(Object.keys(SEEN))('%s: when nothing works, every record is in the answer', async (name) => {
    const w = world({ faultOf: () => 'request lost' });
    const handler = w.handler(orders(() => undefined, { identity: ({ offset }) => offset }));

    const answer = await handler(read(name), w.context());

    const all = Object.entries(read(name).records).flatMap(([partition, records]) =>
      records.map(({ offset }) => `${partition}@${offset}`),
    );
    expect(failures(answer)).toEqual(all);
  });
});
