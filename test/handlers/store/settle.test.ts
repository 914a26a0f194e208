import { settle } from '../../../handlers/store/settle';
import type { Unknown } from '../../../handlers/store/unknown';
import { VirtualTime } from '../../support/virtual-world';

type Answer = { readonly kind: 'ok'; readonly member: string };

const unknown = (reason: Unknown['reason']): Unknown => ({ kind: 'unknown', reason, error: new Error(reason) });

/** A store that answers each member by a script of its own, then with ok. */
function scripted(scripts: Readonly<Record<string, readonly Unknown['reason'][]>>) {
  const time = new VirtualTime();
  const startedAtMs = time.nowMs;
  const asked: { readonly atMs: number; readonly members: readonly string[] }[] = [];
  const ask = async (members: readonly string[]): Promise<(Answer | Unknown)[]> => {
    asked.push({ atMs: time.nowMs - startedAtMs, members });
    return members.map((member) => {
      const nth = asked.filter((call) => call.members.includes(member)).length - 1;
      const reason = scripts[member]?.[nth];
      return reason === undefined ? { kind: 'ok', member } : unknown(reason);
    });
  };
  const ports = { clock: time.clock, sleep: time.sleep, random: { fraction: () => 0.5, token: () => 't' } };
  const start = (members: readonly string[], forMs = 10_000, over?: AbortSignal) =>
    settle(members, ask, () => startedAtMs + forMs, ports, over);
  const run = (members: readonly string[], forMs?: number) => Promise.all(start(members, forMs).answers);
  return { start, run, asked, time };
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('C8: unknown is not absent', () => {
  test('a batch that is answered is asked once', async () => {
    const { run, asked } = scripted({});

    const answers = await run(['a', 'b']);

    expect(answers).toEqual([
      { kind: 'ok', member: 'a' },
      { kind: 'ok', member: 'b' },
    ]);
    expect(asked).toHaveLength(1);
  });

  test('throttled members are asked again alone, and every answer keeps its place', async () => {
    const { run, asked } = scripted({ b: times(2, 'throttled'), d: ['failed'] });

    const answers = await run(['a', 'b', 'c', 'd']);

    expect(answers.map((answer) => answer.kind === 'ok' && answer.member)).toEqual(['a', 'b', 'c', 'd']);
    expect(asked.map(({ members }) => members)).toEqual([['a', 'b', 'c', 'd'], ['b', 'd'], ['b']]);
  });

  test('the pause grows up to a second', async () => {
    const { run, asked } = scripted({ a: times(9, 'throttled') });

    await run(['a']);

    const pauses = asked.slice(1).map(({ atMs }, index) => atMs - (asked[index]?.atMs ?? 0));
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 500, 500, 500]);
  });

  test('a member that is throttled until the end stays unknown, and the end is kept', async () => {
    const { run, time } = scripted({ a: times(1_000, 'throttled') });
    const startedAtMs = time.nowMs;

    const answers = await run(['a', 'b'], 2_000);

    expect(answers).toEqual([expect.objectContaining({ reason: 'throttled' }), { kind: 'ok', member: 'b' }]);
    expect(time.nowMs - startedAtMs).toBeLessThan(2_000);
  });

  test('a member that fails thrice is given up: the store is out', async () => {
    const { run, asked } = scripted({ a: times(100, 'failed') });

    const [answer] = await run(['a']);

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'failed' });
    expect(asked).toHaveLength(3);
  });

  test('throttling in between does not count as a failure', async () => {
    const { run, asked } = scripted({ a: ['failed', 'throttled', 'failed', 'throttled'] });

    const [answer] = await run(['a']);

    expect(answer).toEqual({ kind: 'ok', member: 'a' });
    expect(asked).toHaveLength(5);
  });

  test('a refused member is not asked again', async () => {
    const { run, asked } = scripted({ a: times(100, 'refused') });

    const [answer] = await run(['a']);

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'refused' });
    expect(asked).toHaveLength(1);
  });

  test('no answer waits for the throttling of another member', async () => {
    const { start, time } = scripted({ b: times(8, 'throttled') });
    const startedAtMs = time.nowMs;
    const answeredAtMs: number[] = [];

    const { asked, answers } = start(['a', 'b', 'c']);
    await asked;
    const askedAtMs = time.nowMs - startedAtMs;
    await Promise.all(answers.map((answer) => answer.then(() => answeredAtMs.push(time.nowMs - startedAtMs))));

    expect(askedAtMs).toBe(0);
    expect(answeredAtMs).toEqual([0, 0, 10 + 20 + 40 + 80 + 160 + 320 + 500 + 500]);
  });

  test('once it is over nothing is asked again, and what is unknown stays unknown at once', async () => {
    const { start, asked, time } = scripted({ a: times(100, 'throttled') });
    const over = new AbortController();
    const startedAtMs = time.nowMs;
    void time.sleep(100).then(() => over.abort());

    const [answer] = await Promise.all(start(['a'], 10_000, over.signal).answers);

    expect(answer).toMatchObject({ kind: 'unknown', reason: 'throttled' });
    expect(time.nowMs - startedAtMs).toBe(100);
    expect(asked).toHaveLength(4);
  });
});
