import { CallGatherer, type CallGathererOptions } from '../../../handlers/powertools/call-gatherer';
import { gate } from './support';

interface Member {
  readonly id: string;
  readonly bytes?: number;
}
type Answer = { readonly kind: 'answer'; readonly id: string };

/** A gatherer whose requests the test answers. */
function gathering(options: Partial<CallGathererOptions<Member, Answer>> = {}) {
  const requests: { ids: string[]; answer: () => void }[] = [];
  const gatherer = new CallGatherer<Member, Answer>({
    size: 3,
    idOf: ({ id }) => id,
    bytesOf: ({ bytes = 0 }) => bytes,
    send: (batch) => {
      const answered = gate();
      requests.push({ ids: batch.map(({ id }) => id), answer: () => answered.open() });
      const answers = batch.map(({ id }) => answered.opened.then((): Answer => ({ kind: 'answer', id })));
      return { asked: answered.opened, answers };
    },
    ...options,
  });
  const ask = (...ids: string[]) => Promise.all(ids.map((id) => gatherer.ask({ id })));
  return { gatherer, requests, ask, sent: () => requests.map(({ ids }) => ids.join('')) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what is asked in one turn goes in one request, at the end of the turn', async () => {
  const { ask, sent } = gathering();
  void ask('a');
  await Promise.resolve();
  void ask('b');
  expect(sent()).toEqual([]);

  await turn();

  expect(sent()).toEqual(['ab']);
});

test('a full request goes at once', () => {
  const { ask, sent } = gathering();

  void ask('a', 'b', 'c', 'd');

  expect(sent()).toEqual(['abc']);
});

test('what is asked while a request is under way goes when it comes back', async () => {
  const { ask, requests, sent } = gathering();
  void ask('a');
  await turn();
  void ask('b');
  await turn();
  void ask('c');
  await turn();
  expect(sent()).toEqual(['a']);

  requests[0]?.answer();
  await turn();
  await turn();

  expect(sent()).toEqual(['a', 'bc']);
});

test('a request that does not come back is not waited for', async () => {
  const { ask, sent } = gathering();
  void ask('a');
  await turn();
  void ask('b');

  await new Promise((resolve) => setTimeout(resolve, 50));

  expect(sent()).toEqual(['a', 'b']);
});

test('C9: an id stands once in a request; the other one goes in the next', async () => {
  const { ask, requests, sent } = gathering();
  const answers = ask('a', 'a', 'b');
  expect(sent()).toEqual(['ab']);
  await answerAll(requests, 2);

  expect(sent()).toEqual(['ab', 'a']);
  expect(await answers).toEqual([
    { kind: 'answer', id: 'a' },
    { kind: 'answer', id: 'a' },
    { kind: 'answer', id: 'b' },
  ]);
});

test('no more bytes go in a request than it may hold, but always one member', async () => {
  const { gatherer, requests, sent } = gathering();
  const mebibyte = 1_024 * 1_024;
  for (const [id, bytes] of Object.entries({ a: 3 * mebibyte, b: 2 * mebibyte, c: mebibyte, d: 5 * mebibyte })) {
    void gatherer.ask({ id, bytes });
  }

  await answerAll(requests, 3);

  expect(sent()).toEqual(['ac', 'b', 'd']);
});

async function answerAll(requests: readonly { answer(): void }[], expected: number): Promise<void> {
  for (let answered = 0; answered < expected; answered += 1) {
    while (requests.length <= answered) await turn();
    requests[answered]?.answer();
  }
}
