/**
 * Two workers on one partition, interleaved in every way, with a fault before, within or after any request. What stands
 * is judged past the stores after every request that the database has carried out.
 */
import { TransactWriteItemsCommand, type TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { simulatedClient } from '../../bin/simulator/simulated-client';
import { DynamoDbLedgerStore } from '../../handlers/ledger/dynamodb-ledger-store';
import type { LedgerState } from '../../handlers/ledger/ledger-state';
import { blame } from '../../handlers/transaction/blame';
import { DynamoDbTransactionStore } from '../../handlers/transaction/dynamodb-transaction-store';
import { nextGroup, type Waiting } from '../../handlers/transaction/group';
import { prepareWrites } from '../../handlers/transaction/prepare-writes';
import type { TransactionAnswer, TransactionRequest } from '../../handlers/transaction/transaction-store';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { EngineRequestHandler } from '../../local/dynamodb/engine/engine-request-handler';

const FAULTS = [
  'request lost',
  'answer lost',
  'late copy',
  'another copy',
  'throttled',
  'crash before',
  'crash after',
] as const;
type Fault = (typeof FAULTS)[number];
/** What happens between two requests of anybody; milliseconds. */
const PAUSES_MS = [0, 0, 0, 5_000, 13_000, 11 * 60_000] as const;

interface Plan {
  /** For each offset its identity, among few: equal ones are producer duplicates. undefined: none is declared. */
  readonly identities: readonly (number | undefined)[];
  readonly perGroup: number;
  /** How often a request is sent again that nobody has answered. */
  readonly copies: number;
  /** For each request of each worker what it meets. */
  readonly faults: readonly (readonly (Fault | undefined)[])[];
  /** How the clock goes on before each request of anybody. */
  readonly pausesMs: readonly number[];
  /** Offsets whose write has a condition that the first effect of its kind breaks. */
  readonly inserts: boolean;
}

const TABLE = 'Idempotency';
const EFFECTS = 'Effects';
const LEDGER = 'ledger#shop#source#1#orders#0';
const LEASE_MS = 10_000;
const SKEW_MS = 1_000;
const START_MS = 1_790_000_000_000;

/** A mistake that is planted, to see whether the model sees it. */
interface Mistake {
  /** Changes what is sent; several are sent one after the other. */
  readonly sends?: (input: TransactWriteItemsCommandInput) => readonly TransactWriteItemsCommandInput[];
  readonly answers?: (answer: TransactionAnswer) => TransactionAnswer;
}

class World {
  readonly history: string[] = [];
  nowMs = START_MS;
  readonly engine = new DynamoDbEngine({ clock: { now: () => this.nowMs } });
  readonly client = simulatedClient(new EngineRequestHandler(this.engine));
  /** Copies that are still under way. */
  readonly late: (() => void)[] = [];
  #pauses = 0;

  constructor(readonly plan: Plan) {
    for (const TableName of [TABLE, EFFECTS]) {
      this.engine.execute('CreateTable', {
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      });
    }
  }

  /** The effect of a record: of its identity where it has one. */
  effectOf(offset: number): string {
    const identity = this.plan.identities[offset];
    return identity === undefined ? `offset ${offset}` : `identity ${identity}`;
  }

  count(effect: string): number {
    const { Item } = this.engine.execute('GetItem', { TableName: EFFECTS, Key: { id: { S: effect } } }) as {
      Item?: { effects: { N: string } };
    };
    return Number(Item?.effects.N ?? 0);
  }

  async carryOut(command: object): Promise<unknown> {
    const answer = await this.client.send(command as never).then(
      (value: unknown) => ({ value }),
      (error: unknown) => ({ error }),
    );
    this.check();
    if ('error' in answer) throw answer.error;
    return answer.value;
  }

  pause(): void {
    this.nowMs += this.plan.pausesMs[this.#pauses] ?? 0;
    this.#pauses += 1;
  }

  /** Effect and mark together or not at all; never twice. */
  check(): void {
    const closed = this.closed();
    this.plan.identities.forEach((identity, offset) => {
      const effects = this.count(this.effectOf(offset));
      if (effects > 1) throw new Broken(`${this.effectOf(offset)} has happened ${effects} times`);
      if (closed.has(offset) && effects === 0) throw new Broken(`offset ${offset} is closed and has no effect`);
      if (identity === undefined && effects === 1 && !closed.has(offset)) {
        throw new Broken(`offset ${offset} has its effect and is not closed`);
      }
      if (identity !== undefined && (effects === 1) !== this.isDone(identity)) {
        throw new Broken(`identity ${identity} is ${effects === 1 ? 'not ' : ''}done, with ${effects} effects`);
      }
    });
  }

  /** A worker leaves out of its answer what it takes for closed (A1). */
  isTold(offsets: ReadonlySet<number>): void {
    const closed = this.closed();
    for (const offset of offsets) {
      if (!closed.has(offset)) throw new Broken(`offset ${offset} is taken for closed and is not`);
    }
  }

  isDone(identity: number): boolean {
    const Key = { id: { S: `identity-${identity}` } };
    const { Item } = this.engine.execute('GetItem', { TableName: TABLE, Key }) as { Item?: { status: { S: string } } };
    return Item?.status.S === 'COMPLETED';
  }

  /** Reads runs with a decoder of its own: pairs of unsigned LEB128 numbers `skip, take`. */
  closed(): Set<number> {
    const { Item } = this.engine.execute('GetItem', { TableName: TABLE, Key: { id: { S: LEDGER } } }) as {
      Item?: { runs?: { B: string } };
    };
    const numbers: number[] = [];
    let value = 0;
    let shift = 0;
    for (const byte of Buffer.from(Item?.runs?.B ?? '', 'base64')) {
      value += (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) {
        numbers.push(value);
        value = 0;
        shift = 0;
      }
    }
    const closed = new Set<number>();
    for (let at = 0, index = 0; index < numbers.length; index += 2) {
      at += numbers[index] as number;
      for (let taken = 0; taken < (numbers[index + 1] as number); taken += 1, at += 1) closed.add(at);
    }
    return closed;
  }
}

class Broken extends Error {}

type Command = { readonly constructor: { readonly name: string } };

interface Member extends Waiting {
  readonly offset: number;
}

let tokens = 0;

/** What an engine does with the stores, in its simplest form. */
class Worker {
  isDead = false;
  #sent = 0;
  readonly #faults: readonly (Fault | undefined)[];

  constructor(
    private readonly world: World,
    private readonly name: string,
    faults: readonly (Fault | undefined)[],
    private readonly step: (what: string) => Promise<void>,
    private readonly mistake: Mistake = {},
  ) {
    this.#faults = faults;
  }

  readonly #send = async (command: Command): Promise<unknown> => {
    if (!(command instanceof TransactWriteItemsCommand) || !this.mistake.sends) return this.#sendOne(command);
    for (const input of this.mistake.sends(command.input)) await this.#sendOne(new TransactWriteItemsCommand(input));
    return {};
  };

  readonly #sendOne = async (command: Command): Promise<unknown> => {
    const { world } = this;
    const fault = this.#faults[this.#sent];
    const what = `${this.name} ${command.constructor.name.replace('Command', '')}${fault ? `, ${fault}` : ''}`;
    this.#sent += 1;
    await this.step(what);
    world.pause();
    world.history.push(what);
    if (fault === 'throttled') throw named('ThrottlingException');
    if (fault === 'crash before') this.isDead = true;
    if (fault === 'request lost' || this.isDead) throw named('TimeoutError');
    if (fault === 'late copy' || fault === 'another copy') this.#sendsLater(command, what);
    if (fault === 'late copy') throw named('TimeoutError');
    const answer = await world.carryOut(command);
    if (fault === 'crash after') this.isDead = true;
    if (fault === 'answer lost' || this.isDead) throw named('TimeoutError');
    return answer;
  };

  #sendsLater(command: object, what: string): void {
    const deliver = async () => {
      await this.step(`late copy of ${what}`);
      this.world.history.push(`late copy of ${what}`);
      await this.world.carryOut(command).catch((error: unknown) => {
        if (error instanceof Broken) throw error;
      });
    };
    this.world.late.push(
      () => void deliver().catch((error: Error) => this.world.history.push(`BROKEN ${error.message}`)),
    );
    this.world.late.at(-1)?.();
  }

  async run(): Promise<void> {
    const { world } = this;
    const client = { send: this.#send } as never;
    const options = {
      client,
      table: TABLE,
      clock: { now: () => world.nowMs },
      clockSkewMs: SKEW_MS,
      rememberForSeconds: 1_209_600,
    };
    const ledger = new DynamoDbLedgerStore(options);
    const store = new DynamoDbTransactionStore(options);
    const commit = async (request: TransactionRequest) => {
      const answer = await store.commit(request);
      return this.mistake.answers?.(answer) ?? answer;
    };
    const token = `token ${this.name} ${++tokens}`;
    const last = BigInt(world.plan.identities.length - 1);
    let claim: { state: LedgerState; seq: number } | undefined;
    for (let tries = 0; tries < 4 && !this.isDead && !claim; tries += 1) {
      const request = { id: LEDGER, token, leaseUntilMs: world.nowMs + LEASE_MS, first: 0n, last };
      const [answer] = await ledger.claim([request]);
      if (answer?.kind === 'claimed') claim = answer.claim;
    }
    if (!claim) return;
    let { seq } = claim;
    let closed = closedIn(claim.state);
    for (let rounds = 0; rounds < 20 && !this.isDead; rounds += 1) {
      const open = world.plan.identities.map((_, offset) => offset).filter((offset) => !closed.has(offset));
      if (open.length === 0) return;
      const waiting = open.slice(0, world.plan.perGroup).map((offset) => this.#member(offset));
      let group = [...nextGroup(waiting, { table: TABLE, ledgerId: LEDGER }).group];
      const alsoClosed = new Set<number>();
      for (let again = 0; group.length + alsoClosed.size > 0 && !this.isDead; again += 1) {
        if (again === 4) return;
        const after = new Set([...closed, ...alsoClosed, ...group.map(({ offset }) => offset)]);
        const request: TransactionRequest = {
          requestToken: `request ${++tokens}`,
          atMs: world.nowMs,
          mark: {
            id: LEDGER,
            token,
            seq,
            state: { ...claim.state, ...runsOf(after) },
            leaseUntilMs: world.nowMs + LEASE_MS,
          },
          members: group.map(({ offset, writes, identityId }) => ({
            identity:
              identityId === undefined
                ? undefined
                : { id: identityId, token, partition: 0, offset, payloadDigest: 'd' },
            writes,
          })),
        };
        let answer = await commit(request);
        for (let copies = 0; answer.kind === 'unknown' && copies < world.plan.copies && !this.isDead; copies += 1) {
          answer = await commit(request);
        }
        // Nobody knows of the request. Another one at the same place of the fence may meet it, and then adopts it.
        if (answer.kind === 'unknown' && group.length > 1) {
          group = group.slice(0, 1);
          continue;
        }
        const found = blame(group, answer, ({ offset }) => offset);
        if (found.kind === 'committed') {
          world.isTold(after);
          closed = after;
          seq += 1;
          break;
        }
        if (found.kind === 'overtaken') {
          closed = closedIn(found.state);
          seq = found.seq;
          break;
        }
        if (found.kind !== 'refused') return;
        for (const { record, verdict } of found.settled) {
          if (verdict.kind === 'close') alsoClosed.add(record.offset);
          else throw new Broken(`offset ${record.offset} is told ${verdict.error.message}`);
        }
        group = [...found.stay];
      }
    }
  }

  #member(offset: number): Member {
    const { world } = this;
    const identity = world.plan.identities[offset];
    const id = world.effectOf(offset);
    const counts = {
      Update: {
        TableName: EFFECTS,
        Key: { id },
        UpdateExpression: 'ADD effects :one',
        ExpressionAttributeValues: { ':one': 1 },
        ...(world.plan.inserts && { ConditionExpression: 'attribute_not_exists(id)' }),
      },
    };
    return {
      offset,
      identityId: identity === undefined ? undefined : `identity-${identity}`,
      writes: prepareWrites(counts),
    };
  }
}

function closedIn({ runs }: Pick<LedgerState, 'runs'>): Set<number> {
  const closed = new Set<number>();
  for (const { first, last } of runs) for (let offset = first; offset <= last; offset += 1n) closed.add(Number(offset));
  return closed;
}

function runsOf(closed: ReadonlySet<number>): Pick<LedgerState, 'runs' | 'high'> {
  const runs: { first: bigint; last: bigint }[] = [];
  for (const offset of [...closed].sort((a, b) => a - b)) {
    const latest = runs.at(-1);
    if (latest && latest.last === BigInt(offset) - 1n) latest.last = BigInt(offset);
    else runs.push({ first: BigInt(offset), last: BigInt(offset) });
  }
  return { runs, high: BigInt(Math.max(-1, ...closed)) };
}

const named = (name: string) => Object.assign(new Error(name), { name });

const plans: fc.Arbitrary<Plan> = fc.record({
  identities: fc.oneof(
    fc.array(fc.constant(undefined), { minLength: 1, maxLength: 5 }),
    fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 5 }),
  ),
  perGroup: fc.integer({ min: 1, max: 3 }),
  copies: fc.integer({ min: 0, max: 3 }),
  faults: fc.tuple(
    ...[0, 1].map(() =>
      fc.array(
        fc.oneof(
          { weight: 3, arbitrary: fc.constant(undefined) },
          { weight: 2, arbitrary: fc.constantFrom<Fault>(...FAULTS) },
          { weight: 2, arbitrary: fc.constantFrom<Fault>('late copy', 'another copy') },
        ),
        { maxLength: 12 },
      ),
    ),
  ),
  pausesMs: fc.array(fc.constantFrom(...PAUSES_MS), { maxLength: 25 }),
  inserts: fc.boolean(),
});

/** Gives what is broken, with the history that led there. */
async function violationOf(plan: Plan, scheduler: fc.Scheduler, mistake?: Mistake): Promise<string | undefined> {
  const world = new World(plan);
  const step = (what: string) => scheduler.schedule(Promise.resolve(), what);
  const violations: string[] = [];
  const ends = (error: unknown) => {
    if (!(error instanceof Broken)) throw error;
    violations.push(error.message);
  };
  const workers = plan.faults.map((faults, index) => new Worker(world, `worker ${'AB'[index]}`, faults, step, mistake));
  const running = workers.map((worker) => worker.run().catch(ends));
  await scheduler.waitIdle();
  await Promise.all(running);
  world.nowMs += 15 * 60_000;
  await new Worker(world, 'calm worker', [], async () => undefined, mistake).run().catch(ends);
  try {
    world.check();
  } catch (error) {
    ends(error);
  }
  plan.identities.forEach((_, offset) => {
    if (!world.closed().has(offset)) violations.push(`offset ${offset} is not closed`);
    if (world.count(world.effectOf(offset)) !== 1) violations.push(`${world.effectOf(offset)} has not happened once`);
  });
  violations.push(...world.history.filter((line) => line.startsWith('BROKEN')));
  return violations.length === 0 ? undefined : [...violations, ...world.history].join('\n');
}

describe('model: two workers, every interleaving, a fault between every two steps', () => {
  test('T1, T4, T5: each effect stands exactly once, and with its mark or not at all', async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
        expect(await violationOf(plan, scheduler)).toBeUndefined();
      }),
      { numRuns: Number(process.env.MSK_ONCE_MODEL_RUNS ?? 200) },
    );
  }, 120_000);
});

describe('the model sees what it is for', () => {
  type Sent = TransactWriteItemsCommandInput;
  const only = (input: Sent, keep: (index: number) => boolean, suffix: string): Sent => ({
    ClientRequestToken: `${input.ClientRequestToken}${suffix}`,
    TransactItems: input.TransactItems?.filter((_, index) => keep(index)),
  });
  const onMark = (change: (condition: string) => string) => (input: Sent) => {
    const [mark, ...others] = input.TransactItems ?? [];
    const ConditionExpression = change(mark?.Update?.ConditionExpression ?? '');
    return [{ ...input, TransactItems: [{ Update: { ...mark?.Update, ConditionExpression } }, ...others] } as Sent];
  };

  const MISTAKES: readonly (readonly [string, Mistake])[] = [
    [
      'T1: the effects go first, and the mark behind them',
      { sends: (input) => [only(input, (i) => i > 0, 'e'), only(input, (i) => i === 0, 'm')] },
    ],
    [
      'T1: the mark goes first, and the effects behind it',
      { sends: (input) => [only(input, (i) => i === 0, 'm'), only(input, (i) => i > 0, 'e')] },
    ],
    [
      'T1, L2: the fence lets marks through that are behind',
      { sends: onMark((condition) => condition.replace(/(AND \S+) =/, '$1 >=')) },
    ],
    [
      'T1: the identity is put without a condition',
      {
        sends: (input) => [
          {
            ...input,
            TransactItems: input.TransactItems?.map((item) =>
              item.Put?.TableName === TABLE ? { Put: { TableName: TABLE, Item: item.Put.Item } } : item,
            ),
          } as Sent,
        ],
      },
    ],
    [
      'T5: what was not answered is taken for committed',
      { answers: (answer) => (answer.kind === 'unknown' ? { kind: 'committed' } : answer) },
    ],
    [
      'L3: another write of ours is taken for this one',
      { answers: (answer) => (answer.kind === 'overtaken' ? { kind: 'committed' } : answer) },
    ],
    [
      'L3: a lost fence is taken for a commit',
      { answers: (answer) => (answer.kind === 'lost' ? { kind: 'committed' } : answer) },
    ],
    [
      'L3: what stands is not adopted',
      {
        answers: (answer) =>
          answer.kind === 'overtaken' ? { ...answer, state: { ...answer.state, runs: [] } } : answer,
      },
    ],
  ];

  test.each(MISTAKES)(
    '%s',
    async (_, mistake) => {
      const found = await fc.check(
        fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
          expect(await violationOf(plan, scheduler, mistake)).toBeUndefined();
        }),
        { numRuns: 2_000, endOnFailure: true },
      );

      expect(found.failed).toBe(true);
    },
    120_000,
  );
});
