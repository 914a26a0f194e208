import type { ProducerMessage } from '../../../local/broker/broker';
import { InputError } from '../../../local/run/input-error';
import { type InputRecord, readInputRecord } from '../../../local/run/input-record';
import { checkInput, produceInput } from '../../../local/run/produce-input';

async function* input(lines: readonly object[], end?: Error): AsyncGenerator<InputRecord> {
  for (const [index, line] of lines.entries()) yield readInputRecord(JSON.stringify(line), `in:${index + 1}`);
  if (end) throw end;
}

function target(topics: readonly string[], fails?: Error) {
  const sent: [string, string][] = [];
  const counts = new Map<string, number>();
  return {
    sent,
    counts,
    topics,
    partitions: 2,
    broker: {
      async produce(topic: string, messages: readonly ProducerMessage[]) {
        await Promise.resolve();
        if (fails) throw fails;
        sent.push(...messages.map(({ value }): [string, string] => [topic, String(value)]));
      },
    },
    onProduced: (topic: string, records: number) => void counts.set(topic, (counts.get(topic) ?? 0) + records),
  };
}

test('records of several topics are written in the order of the lines, more than go in one send', async () => {
  const lines = Array.from({ length: 1_300 }, (_, n) => ({ topic: n % 3 === 0 ? 'a' : 'b', value: `${n}` }));
  const to = target(['a', 'b']);

  await produceInput(to, input(lines));

  expect(to.sent).toEqual(lines.map(({ topic, value }) => [topic, value]));
  expect([...to.counts]).toEqual([
    ['a', 434],
    ['b', 866],
  ]);
});

test('what came before a wrong line is written', async () => {
  const to = target(['orders']);

  const writing = produceInput(to, input([{ value: 'x' }, { value: 'y' }], new InputError('in:3 is wrong')));

  await expect(writing).rejects.toThrow('in:3 is wrong');
  expect(to.sent.map(([, value]) => value)).toEqual(['x', 'y']);
});

test('a broker that refuses ends it with its own error', async () => {
  const refused = new Error('the broker is gone');

  await expect(produceInput(target(['orders'], refused), input([{ value: 'x' }]))).rejects.toBe(refused);
});

test.each<[string, readonly string[], object, RegExp]>([
  ['no topic where there are several', ['a', 'b'], {}, /^in:1: .*a, b\. Give each record its "topic"/],
  ['a topic that nobody reads', ['a'], { topic: 'c' }, /^in:1: .*"c", which no mapping reads; they read a/],
  ['a partition that is not there', ['a'], { partition: 2 }, /^in:1: partition is 2, and the topic has 2 partitions/],
])('%s is refused, and checking writes nothing', async (_, topics, line, words) => {
  const to = target(topics);

  await expect(checkInput(to, input([line]))).rejects.toThrow(words);
  await expect(produceInput(to, input([line]))).rejects.toThrow(words);
  expect(to.sent).toEqual([]);
});
