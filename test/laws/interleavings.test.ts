import fc from 'fast-check';
import type { ClaimStore } from '../../handlers/claims/claim-store';
import { DynamoDbClaimStore, type DynamoDbClaimStoreOptions } from '../../handlers/claims/dynamodb-claim-store';
import type { judge, StoredClaim, Verdict } from '../../handlers/claims/judge';
import { MemoryClaimStore } from '../../handlers/claims/memory-claim-store';
import { unknownOf } from '../../handlers/dynamodb/statements';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { brokenStore, type Change, type CommandInput, setCondition, setsOf } from '../support/broken-runtimes';
import { claimIn, type RawItem } from '../support/stored-claim';
import {
  type Action,
  type Backend,
  type Fault,
  Interleavings,
  LEASE_MS,
  REMEMBER_FOR_SECONDS,
  SKEW_MS,
  type Write,
} from './interleavings';

const OPTIONS = { clockSkewMs: SKEW_MS, rememberForSeconds: REMEMBER_FOR_SECONDS };
const TABLE = 'Memory';
/** Enough that the searches take seconds; `MSK_ONCE_MODEL_RUNS` asks for more. */
const RUNS = Number(process.env.MSK_ONCE_MODEL_RUNS ?? 500);

type Adapter = new (options: DynamoDbClaimStoreOptions) => ClaimStore;

/** The adapter over the in-process engine. */
function onEngine(Store: Adapter = DynamoDbClaimStore): Backend {
  let fault: Fault = 'none';
  const isSecond = ({ id }: RawItem) => id?.S === 'b';
  const engine = new DynamoDbEngine({
    memberItems: false,
    faults: {
      throttledStatement: (_, key) => fault === 'members throttled' && isSecond(key as RawItem),
      unansweredStatement: (_, key) => fault === 'members unanswered' && isSecond(key as RawItem),
      unprocessedKey: (_, key) => fault === 'keys unprocessed' && isSecond(key as RawItem),
    },
  });
  engine.execute('CreateTable', {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  });
  const key = (id: string) => ({ TableName: TABLE, Key: { id: { S: id } } });
  return {
    hasCopies: true,
    open: (clock, wire) => {
      const send = ({ constructor: { name }, input }: { constructor: { name: string }; input: object }) => {
        const operation = name.replace(/Command$/, '');
        return wire({
          label: labelOf(operation, input),
          content: JSON.stringify(input),
          apply: (given) => {
            fault = given;
            return engine.execute(operation, input);
          },
        });
      };
      return new Store({ ...OPTIONS, client: { send: send as never }, table: TABLE, clock });
    },
    read: (id) => {
      const { Item } = engine.execute('GetItem', key(id)) as { Item?: RawItem };
      return Item && claimIn(Item);
    },
    remove: (id) => void engine.execute('DeleteItem', key(id)),
  };
}

function labelOf(operation: string, input: object): string {
  const { Statements } = input as { Statements?: { Statement: string; Parameters: { S?: string }[] }[] };
  if (!Statements) return operation;
  return Statements.map(({ Statement, Parameters }) => {
    const id = Parameters.find(({ S }) => S !== undefined && /^[abc]$/.test(S))?.S;
    return `${Statement.split(' ')[0]} ${id}`;
  }).join(' + ');
}

/** The store in memory, each of whose calls is a request. */
function inMemory(Store: typeof MemoryClaimStore = MemoryClaimStore): Backend {
  const items = new Map<string, StoredClaim>();
  return {
    hasCopies: false,
    open: (clock, wire) => {
      const inner = new Store({ ...OPTIONS, clock });
      Object.assign(inner, { items });
      const wired = (operation: keyof ClaimStore) => async (batch: readonly unknown[]) => {
        try {
          return (await wire({
            label: `${operation} ${batch.length}`,
            content: JSON.stringify(batch),
            apply: () => (inner[operation] as (batch: readonly unknown[]) => Promise<unknown[]>)(batch),
          })) as unknown[];
        } catch (error) {
          return batch.map(() => unknownOf(error));
        }
      };
      const operations = ['lookUp', 'claim', 'renew', 'complete', 'fail', 'release', 'suspect', 'cutOff'] as const;
      return Object.fromEntries(operations.map((name) => [name, wired(name)])) as unknown as ClaimStore;
    },
    read: (id) => items.get(id),
    remove: (id) => void items.delete(id),
  };
}

const worker = fc.nat(1);
const ids = fc.integer({ min: 1, max: 7 });
const FAULTS: readonly Fault[] = [
  'request lost',
  'answer lost',
  'given up',
  'throttled',
  'members throttled',
  'members unanswered',
  'keys unprocessed',
];
const arrive = (fault: fc.Arbitrary<Fault>) =>
  fc.record({ do: fc.constant('arrive' as const), which: fc.nat(2), fault });
const PAUSES_MS = [1, 900, LEASE_MS / 2, LEASE_MS, LEASE_MS + 1_001, LEASE_MS + 4_000, LEASE_MS + 4_000];

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      worker,
      what: fc.constantFrom(
        'claim',
        'claim',
        'claim',
        'again',
        'renew',
        'complete',
        'fail',
        'release',
        'suspect',
        'cutOff',
      ),
      ids,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('other payload' as const), worker, ids }) },
  { weight: 14, arbitrary: arrive(fc.constant('none')) },
  { weight: 3, arbitrary: arrive(fc.constantFrom(...FAULTS)) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('late' as const), which: fc.nat(30) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(...PAUSES_MS) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), worker }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Action>({ do: 'forget' }, { do: 'vanish' }, { do: 'vanish' }, { do: 'vanish' }),
  },
);

/** The shortest history that breaks a rule; undefined where none was found. */
async function search(open: () => Backend, numRuns: number, seed?: number): Promise<string | undefined> {
  let history: string | undefined;
  const property = fc.asyncProperty(fc.array(action, { maxLength: 50, size: 'max' }), async (actions) => {
    const world = new Interleavings(open());
    await world.run(actions);
    if (world.violation === undefined) return;
    history = world.history.join('\n');
    throw new Error(history);
  });
  const { failed, counterexample } = await fc.check(property, { numRuns, ...(seed !== undefined && { seed }) });
  if (!failed) return undefined;
  return `${history}\n\nactions: ${JSON.stringify(counterexample?.[0])}`;
}

describe('whatever happens between two requests of several workers, no rule of the claims is broken', () => {
  test('by the DynamoDB adapter on the in-process engine', async () => {
    expect(await search(() => onEngine(), RUNS)).toBeUndefined();
  }, 120_000);

  test('by the store in memory', async () => {
    expect(await search(() => inMemory(), RUNS)).toBeUndefined();
  }, 120_000);
});

/** Another condition of the updates that set this attribute. */
const conditional =
  (sets: string, change: (conjuncts: string[]) => readonly string[]) =>
  (statement: CommandInput): void => {
    if (setsOf(statement).includes(sets)) setCondition(statement, change);
  };

const without =
  (...starts: string[]) =>
  (conjuncts: string[]) =>
    conjuncts.filter((one) => !starts.some((start) => one.startsWith(start)));

const judging = (change: (right: Verdict) => Verdict): NonNullable<Change['module']> => ({
  path: 'claims/judge',
  change: (actual: { readonly judge: typeof judge }) => ({
    judge: (...given: Parameters<typeof judge>) => change(actual.judge(...given)),
  }),
});

const [A, AB] = [1, 3];
const start = (who: number, what: Extract<Action, { do: 'start' }>['what'], some = A): Action => ({
  do: 'start',
  worker: who,
  what,
  ids: some,
});
/** The request at that place of the queue arrives. */
const arrives = (which = 0, fault: Fault = 'none'): Action => ({ do: 'arrive', which, fault });
const late = (which: number): Action => ({ do: 'late', which });
const wait = (ms: number): Action => ({ do: 'wait', ms });
const [FIRST, SECOND] = [0, 1];
const claims = (who: number) => [start(who, 'claim'), arrives()];
const writes = (who: number, what: Write) => [start(who, what), arrives()];
/** Insert, read and update, behind a request that waits. */
const takesOver = (who: number, place = 0) => [start(who, 'claim'), arrives(place), arrives(place), arrives(place)];
const OVER = wait(LEASE_MS + 4_000);

type Mistake = readonly [
  mistake: string,
  change: Pick<Change, 'module' | 'store' | 'send'>,
  schedule: readonly Action[],
  shows: RegExp,
];

const MISTAKES: readonly Mistake[] = [
  [
    'a completion without a fence',
    { send: conditional('outcome', () => []) },
    [...claims(FIRST), start(FIRST, 'complete'), OVER, ...takesOver(SECOND, 1), arrives()],
    /by another than its owner \(C5\)/,
  ],
  [
    'a failure without a fence',
    { send: conditional('last_error', () => []) },
    [...claims(FIRST), start(FIRST, 'fail'), OVER, ...takesOver(SECOND, 1), arrives()],
    /by another than its owner \(C5\)/,
  ],
  [
    'a takeover conditional on nothing',
    { send: conditional('partition', () => []) },
    [
      ...claims(FIRST),
      ...writes(FIRST, 'release'),
      ...[start(FIRST, 'claim'), arrives(), arrives()],
      ...[start(SECOND, 'claim'), arrives(1), arrives(1)],
      ...[arrives(), arrives()],
    ],
    /a live lease is taken over \(C3\)/,
  ],
  [
    'a takeover conditional on the lease alone',
    { send: conditional('partition', without('owner', 'attempts', 'status', 'expiration')) },
    [
      ...claims(FIRST),
      ...writes(FIRST, 'release'),
      ...[start(FIRST, 'claim'), arrives(), arrives()],
      ...[start(SECOND, 'claim'), arrives(1), arrives(1)],
      ...[arrives(), start(FIRST, 'fail'), arrives(1), arrives()],
    ],
    /: attempts \(C5, P3\)/,
  ],
  [
    'a renewal of what was given back',
    { send: conditional('in_progress_expiration', without('in_progress_expiration >', 'status')) },
    [...claims(FIRST), wait(1), ...writes(FIRST, 'renew'), ...writes(FIRST, 'release'), late(1)],
    /what is done or given back is not changed by its owner \(C5\)/,
  ],
  [
    'a renewal that moves back',
    { send: conditional('expiration', without('in_progress_expiration <')) },
    [
      ...claims(FIRST),
      ...[wait(1), start(FIRST, 'renew'), arrives(0, 'given up')],
      ...[wait(900), start(FIRST, 'again'), arrives(), late(1)],
    ],
    /a lease moves back \(C4\)/,
  ],
  [
    'a live lease that is taken over',
    { module: judging((right) => (right.kind === 'busy' ? { kind: 'takeover', attempts: 0 } : right)) },
    [...claims(FIRST), ...takesOver(SECOND)],
    /a live lease is taken over \(C3\)/,
  ],
  [
    'a conflict that is taken over',
    { module: judging((right) => (right.kind === 'conflict' ? { kind: 'takeover', attempts: 0 } : right)) },
    [
      ...claims(FIRST),
      ...writes(FIRST, 'release'),
      ...[{ do: 'other payload', worker: SECOND, ids: A } as const, arrives(), arrives(), arrives()],
    ],
    /a conflict is overwritten \(C7\)/,
  ],
  [
    'what is done is taken over',
    { module: judging((right) => (right.kind === 'closed' ? { kind: 'takeover', attempts: 0 } : right)) },
    [...claims(FIRST), ...writes(FIRST, 'complete'), ...takesOver(SECOND)],
    /done is never undone \(C5\)/,
  ],
  [
    'attempts that a takeover forgets',
    { module: judging((right) => (right.kind === 'takeover' ? { ...right, attempts: 0 } : right)) },
    [...claims(FIRST), ...writes(FIRST, 'fail'), ...takesOver(SECOND)],
    /: attempts \(C5, P3\)/,
  ],
  [
    'unclean ends that nobody counts',
    { module: judging((right) => (right.kind === 'takeover' ? { ...right, unclean: undefined } : right)) },
    [...claims(FIRST), OVER, ...takesOver(SECOND)],
    /not 1 unclean ends \(P3\)/,
  ],
  [
    'a takeover that overlooks a start that was written since it read',
    { send: conditional('partition', without('suspect')) },
    [
      ...[...claims(FIRST), start(FIRST, 'suspect'), OVER],
      ...[start(SECOND, 'claim'), arrives(1), arrives(1), arrives(), arrives()],
    ],
    /: attempts \(C5, P3\)/,
  ],
  [
    'a late copy of a start that comes after the cut',
    { send: conditional('suspect', without('attempts')) },
    [...claims(FIRST), ...writes(FIRST, 'suspect'), ...writes(FIRST, 'cutOff'), late(1)],
    /a start is written after its cut \(P2\)/,
  ],
  [
    'a claim without an answer that counts as ours',
    {
      store: (right) => ({
        claim: async (batch) =>
          (await right.claim(batch)).map((answer, index) =>
            answer.kind === 'unknown'
              ? { kind: 'claimed', claim: { ...batch[index], attempts: 0 } as never, takeover: false }
              : answer,
          ),
      }),
    },
    [start(FIRST, 'claim'), arrives(0, 'request lost')],
    /never owned it/,
  ],
  [
    'a mark without an answer that counts as written',
    {
      store: (right) => ({
        complete: async (batch) =>
          (await right.complete(batch)).map((answer) => (answer.kind === 'unknown' ? { kind: 'written' } : answer)),
      }),
    },
    [...claims(FIRST), start(FIRST, 'complete'), arrives(0, 'request lost')],
    /the mark of a is not there/,
  ],
  [
    'a refused mark that counts as written',
    {
      store: (right) => ({
        complete: async (batch) =>
          (await right.complete(batch)).map((answer) => (answer.kind === 'lost' ? { kind: 'written' } : answer)),
      }),
    },
    [...claims(FIRST), start(FIRST, 'complete'), OVER, ...takesOver(SECOND, 1), arrives(), arrives()],
    /the mark of a is not there/,
  ],
  [
    'a failure that has landed and is refused when it is asked again',
    { module: { path: 'claims/judge', change: () => ({ hasFailed: () => false }) } },
    [...claims(FIRST), start(FIRST, 'fail'), arrives(0, 'answer lost'), start(FIRST, 'again'), arrives(), arrives()],
    /to fail it has landed \(C8\)/,
  ],
  [
    'answers in the order in which they come',
    {
      store: (right) => ({
        claim: async (batch) => {
          const answers = await right.claim(batch);
          const isClaimed = ({ kind }: { kind: string }) => kind === 'claimed';
          return [...answers.filter(isClaimed), ...answers.filter((answer) => !isClaimed(answer))];
        },
      }),
    },
    [...claims(FIRST), start(SECOND, 'claim', AB), arrives(), arrives()],
    /never owned it/,
  ],
];

describe('the model sees what it is for', () => {
  const violationOf = async (backend: Backend, schedule: readonly Action[]) => {
    const world = new Interleavings(backend);
    await world.run(schedule);
    return world.violation;
  };

  test.each(MISTAKES)('%s', async (_, change, schedule, shows) => {
    expect(await violationOf(onEngine(), schedule)).toBeUndefined();
    expect(await violationOf(onEngine(brokenStore(change)), schedule)).toMatch(shows);
  });

  test('and a search finds a mistake by itself, and tells it in a history that can be read', async () => {
    const Broken = brokenStore({
      module: judging((right) => (right.kind === 'closed' ? { kind: 'takeover', attempts: 0 } : right)),
    });

    const found = (await search(() => onEngine(Broken), 1_000, 1)) ?? '';

    expect(found).toMatch(/VIOLATION: . goes from \[COMPLETED .*done is never undone \(C5\)/);
    expect(JSON.parse(found.split('actions: ')[1] ?? '[]').length).toBeLessThanOrEqual(16);
  }, 60_000);
});
