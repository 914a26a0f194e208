/**
 * One partition under several workers whose requests are lost, answered in vain, refused, delayed and copied, between
 * every two steps; and what must hold whatever happens, judged by sets of single offsets that are written down here.
 */
import { BatchExecuteStatementCommand, type BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { advance } from '../../handlers/ledger/advance';
import { DynamoDbLedgerStore } from '../../handlers/ledger/dynamodb-ledger-store';
import { fromLedgerItem } from '../../handlers/ledger/ledger-item';
import type { LedgerClaim, LedgerClaimAnswer, LedgerMarkAnswer } from '../../handlers/ledger/ledger-store';
import type { RawRecord } from '../../handlers/record/parse-event';
import { DynamoDbEngine } from '../../local/dynamodb/engine/engine';
import { rawRecord } from '../handlers/ledger/naive-ledger';

const ID = 'ledger#shop#source#1#orders#0';
const START_MS = 1_790_000_000_000;
const LEASE_MS = 10_000;
export const SKEW_MS = 1_000;
const TABLE = 'Idempotency';

export type Fault = 'none' | 'request lost' | 'answer lost' | 'throttled' | 'delayed' | 'copied';

/** Numbers are taken modulo what there is, so that a history stays one when steps are left out. */
export type Step =
  | {
      readonly kind: 'begin';
      readonly worker: number;
      readonly from: number;
      readonly length: number;
      readonly thin: boolean;
      /** What meets the requests of the step, one after the other; those that are left wait. */
      readonly faults: readonly Fault[];
    }
  | {
      readonly kind: 'run';
      readonly worker: number;
      readonly done: readonly number[];
      readonly failed: readonly number[];
    }
  | { readonly kind: 'mark'; readonly worker: number; readonly release: boolean; readonly faults: readonly Fault[] }
  | { readonly kind: 'arrive'; readonly worker: number; readonly faults: readonly Fault[] }
  | { readonly kind: 'late'; readonly which: number }
  | { readonly kind: 'die'; readonly worker: number }
  | { readonly kind: 'wait'; readonly ms: number };

export interface Plan {
  /** Offsets that exist on the topic, ascending. */
  readonly topic: readonly number[];
  /** By how much the clock of each worker is ahead, at most {@link SKEW_MS} either way. */
  readonly aheadMs: readonly number[];
  readonly steps: readonly Step[];
}

/** A mistake in the text of statements, to see whether the model sees it. */
export type Mistake = (statement: string) => string;

/** What happened in histories, so that a test can tell that it has seen something. */
export const seen = new Map<string, number>();

type Command = BatchExecuteStatementCommand | BatchGetItemCommand;

interface Pending {
  readonly command: Command;
  readonly answer: (answer: object) => void;
  readonly fail: (name: string) => void;
}

interface LateRequest {
  readonly command: Command;
  readonly name: string;
  /** It had its effect when it came for the first time; undefined: it has not come yet. */
  tookEffect: boolean | undefined;
}

class Worker {
  readonly store: DynamoDbLedgerStore;
  invocation = 0;
  array: readonly RawRecord[] = [];
  claim: LedgerClaim | undefined;
  seq = 0;
  leaseUntilMs = 0;
  closed = new Set<number>();
  failed = new Map<number, { error: string; atMs: number }>();
  isReleasing = false;
  isWaiting = false;
  pending: Pending | undefined;

  constructor(
    readonly name: string,
    readonly now: () => number,
    send: (worker: Worker, command: Command) => Promise<object>,
  ) {
    this.store = new DynamoDbLedgerStore({
      client: { send: (command: Command) => send(this, command) } as never,
      table: TABLE,
      clock: { now },
      clockSkewMs: SKEW_MS,
    });
  }

  get token(): string {
    return `${this.name}-${this.invocation}`;
  }

  /** By its own clock it may start records (L4). */
  get believes(): boolean {
    return this.claim !== undefined && !this.isReleasing && this.now() + SKEW_MS < this.leaseUntilMs;
  }

  end(): void {
    this.array = [];
    this.claim = undefined;
    this.isReleasing = false;
    this.isWaiting = false;
    this.pending = undefined;
  }
}

/** Plays a plan, and throws with the history when something does not hold. */
export async function play({ topic, aheadMs, steps }: Plan, mistake: Mistake = (text) => text): Promise<void> {
  const history = new History(topic, aheadMs, mistake);
  for (const step of steps) await history.step(step);
  await history.settle();
}

class History {
  readonly #engine = new DynamoDbEngine({ memberItems: false });
  readonly #topic: readonly number[];
  readonly #workers: readonly Worker[];
  readonly #mistake: Mistake;
  readonly #late: LateRequest[] = [];
  readonly #lines: string[] = [];
  /** Offsets whose effect has happened. */
  readonly #effects = new Set<number>();
  /** Runs that failed. */
  readonly #failures = new Map<number, number>();
  #closed: ReadonlySet<number> = new Set();
  #counts: ReadonlyMap<number, number> = new Map();
  #nowMs = START_MS;
  #violation: Error | undefined;

  constructor(topic: readonly number[], aheadMs: readonly number[], mistake: Mistake) {
    this.#topic = topic;
    this.#mistake = mistake;
    this.#workers = aheadMs.map(
      (ahead, index) =>
        new Worker(
          String.fromCharCode(65 + index),
          () => this.#nowMs + ahead,
          (worker, command) => this.#send(worker, command),
        ),
    );
    this.#lines.push(`the topic has ${topic.join(' ')}; the clocks are ahead by ${aheadMs.join(', ')} ms`);
    this.#engine.execute('CreateTable', {
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    });
  }

  async step(step: Step): Promise<void> {
    if (step.kind === 'wait') {
      this.#nowMs += step.ms;
      this.#say(`${step.ms} ms go by`);
    } else if (step.kind === 'late') {
      this.#arriveLate(step.which);
    } else {
      const worker = this.#workerOf(step);
      if (step.kind === 'begin') this.#begin(worker, step);
      else if (step.kind === 'run') this.#run(worker, step);
      else if (step.kind === 'mark') this.#mark(worker, step.release);
      else if (step.kind === 'die') this.#die(worker);
      if ('faults' in step) await this.#arriveAll(worker, step.faults);
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.#check();
    if (this.#violation) throw this.#violation;
  }

  /** The one that is meant, or the next that has anything to do. */
  #workerOf({ kind, worker }: Extract<Step, { readonly worker: number }>): Worker {
    const from = worker % this.#workers.length;
    const all = [...this.#workers.slice(from), ...this.#workers.slice(0, from)];
    const isMeant = ({ claim, pending }: Worker) =>
      kind === 'run' || kind === 'mark' ? claim !== undefined : kind !== 'arrive' || pending !== undefined;
    return all.find(isMeant) ?? (all[0] as Worker);
  }

  /** After the bad times one worker finishes everything: nothing that exists is left without its effect. */
  async settle(): Promise<void> {
    for (const worker of this.#workers) this.#die(worker);
    this.#nowMs += 3_600_000;
    this.#say('the bad times are over');
    const all = this.#topic.map((_, index) => index);
    const faults = Array<Fault>(9).fill('none');
    await this.step({ kind: 'begin', worker: 0, from: 0, length: all.length, thin: false, faults });
    await this.step({ kind: 'run', worker: 0, done: all, failed: [] });
    await this.step({ kind: 'mark', worker: 0, release: true, faults });
    for (const offset of this.#topic) {
      if (!this.#effects.has(offset)) this.#violated(`offset ${offset} was lost`);
      if (!this.#closed.has(offset)) this.#violated(`offset ${offset} cannot be closed`);
    }
    if (this.#violation) throw this.#violation;
  }

  #begin(worker: Worker, { from, length, thin }: Extract<Step, { kind: 'begin' }>): void {
    if (worker.pending || worker.claim) return;
    if (!worker.isWaiting) {
      const start = from % this.#topic.length;
      const offsets = this.#topic.slice(start, start + 1 + length);
      // What a partial response has left out as closed does not come again.
      const listed = thin ? offsets.filter((offset) => !this.#closed.has(offset)) : offsets;
      if (listed.length === 0) return;
      worker.invocation += 1;
      worker.array = listed.map((offset) => rawRecord(offset));
      worker.closed = new Set();
      worker.failed = new Map();
    }
    worker.isWaiting = true;
    const { token, invocation, array } = worker;
    this.#say(`${worker.name} gets ${array.map(({ offset }) => offset).join(' ')} and claims as ${token}`);
    const request = {
      id: ID,
      token,
      leaseUntilMs: worker.now() + LEASE_MS,
      first: BigInt(array[0]?.offset ?? 0),
      last: BigInt(array.at(-1)?.offset ?? 0),
    };
    void worker.store.claim([request]).then(([answer]) => {
      if (worker.invocation === invocation) this.#claimed(worker, answer as LedgerClaimAnswer);
    });
  }

  #claimed(worker: Worker, answer: LedgerClaimAnswer): void {
    this.#say(`${worker.name} is told ${answer.kind}${'reason' in answer ? ` (${answer.reason})` : ''}`);
    if (answer.kind === 'claimed') {
      const told = new Set(answer.claim.state.runs.flatMap(({ first, last }) => numbers(first, last)));
      worker.claim = answer.claim;
      worker.seq = answer.claim.seq;
      worker.leaseUntilMs = answer.claim.leaseUntilMs;
      for (const offset of told)
        if (!this.#closed.has(offset)) this.#violated(`${worker.name} is told that ${offset} is closed`);
    } else if (answer.kind === 'unreadable') {
      this.#violated(answer.error.message);
    } else if (answer.kind === 'unknown' && answer.reason === 'refused') {
      worker.end();
    }
  }

  #run(worker: Worker, { done, failed }: Extract<Step, { kind: 'run' }>): void {
    const { claim, array } = worker;
    if (!claim || !worker.believes) return;
    const isOpen = (offset: number) =>
      !worker.closed.has(offset) &&
      !claim.state.runs.some(({ first, last }) => first <= BigInt(offset) && BigInt(offset) <= last);
    const pick = (index: number) => array[index % array.length]?.offset ?? 0;
    for (const offset of done.map(pick)) {
      if (!isOpen(offset)) continue;
      worker.closed.add(offset);
      worker.failed.delete(offset);
      this.#effects.add(offset);
      this.#say(`${worker.name} has done ${offset}`);
    }
    for (const offset of failed.map(pick)) {
      if (!isOpen(offset) || worker.failed.has(offset)) continue;
      worker.failed.set(offset, { error: 'TypeError', atMs: worker.now() });
      this.#failures.set(offset, (this.#failures.get(offset) ?? 0) + 1);
      this.#say(`${worker.name} has failed with ${offset}`);
    }
  }

  #mark(worker: Worker, release: boolean): void {
    const { claim, token, seq, invocation, array, closed, failed } = worker;
    if (!claim || worker.pending) return;
    worker.isReleasing ||= release;
    const leaseUntilMs = worker.isReleasing ? undefined : worker.now() + LEASE_MS;
    const sent = new Set(closed);
    const { state, holesClosed } = advance(claim.state, array, { closed: sent, failed: new Map(failed) });
    if (holesClosed > 0) this.#violated('the bound of 256 holes was reached');
    this.#say(`${worker.name} marks on top of ${seq}${leaseUntilMs === undefined ? ', and gives back' : ''}`);
    void worker.store.mark([{ id: ID, token, seq, state, leaseUntilMs }]).then(([answer]) => {
      if (worker.invocation === invocation && worker.claim)
        this.#marked(worker, answer as LedgerMarkAnswer, sent, leaseUntilMs);
    });
  }

  #marked(worker: Worker, answer: LedgerMarkAnswer, sent: ReadonlySet<number>, leaseUntilMs: number | undefined): void {
    this.#say(`${worker.name} is told ${answer.kind}${'reason' in answer ? ` (${answer.reason})` : ''}`);
    if (answer.kind === 'written') {
      worker.seq += 1;
      worker.leaseUntilMs = leaseUntilMs ?? 0;
      // What it was told to be durable must be: the service hears of it.
      for (const offset of sent) if (!this.#closed.has(offset)) this.#violated(`the mark of ${offset} is not there`);
      if (leaseUntilMs === undefined) worker.end();
    } else if (answer.kind === 'overtaken') {
      worker.seq = answer.seq;
      for (const { offset } of worker.array) {
        const at = BigInt(offset);
        if (answer.state.runs.some(({ first, last }) => first <= at && at <= last)) worker.closed.add(offset);
      }
    } else if (answer.kind === 'lost') {
      worker.end();
    }
  }

  #send(worker: Worker, command: Command): Promise<object> {
    return new Promise((resolve, reject) => {
      worker.pending = {
        command,
        answer: resolve,
        fail: (name) => reject(Object.assign(new Error(name), { name })),
      };
    });
  }

  /** One request after the other, as long as the worker sends any. */
  async #arriveAll(worker: Worker, faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) {
      this.#arrive(worker, fault);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #arrive(worker: Worker, fault: Fault): void {
    const { pending } = worker;
    if (!pending) return;
    worker.pending = undefined;
    const name = `a request of ${worker.token}`;
    this.#say(`${name} (${summary(pending.command)}) arrives; fault: ${fault}`);
    if (fault === 'request lost' || fault === 'throttled' || fault === 'delayed') {
      if (fault === 'delayed') this.#late.push({ command: pending.command, name, tookEffect: undefined });
      pending.fail(fault === 'throttled' ? 'ThrottlingException' : 'TimeoutError');
      return;
    }
    const before = this.#itemText();
    const answer = this.#execute(pending.command);
    this.#observe();
    const tookEffect = before !== this.#itemText();
    if (fault !== 'none') this.#late.push({ command: pending.command, name, tookEffect });
    if (fault === 'answer lost') pending.fail('TimeoutError');
    else pending.answer(answer);
  }

  #arriveLate(which: number): void {
    const request = this.#late.at(-1 - (which % Math.max(1, this.#late.length)));
    if (!request) return;
    const before = this.#itemText();
    this.#execute(request.command);
    this.#observe();
    const changes = before !== this.#itemText();
    this.#say(
      `${request.name} (${summary(request.command)}) arrives late, and changes ${changes ? 'the item' : 'nothing'}`,
    );
    if (request.tookEffect && changes) this.#violated('a late copy of a request changed something');
    request.tookEffect ||= changes;
  }

  #die(worker: Worker): void {
    if (!worker.claim && !worker.isWaiting) return;
    this.#say(`${worker.name} dies`);
    if (worker.pending) {
      this.#late.push({
        command: worker.pending.command,
        name: `the last request of ${worker.token}`,
        tookEffect: undefined,
      });
    }
    worker.invocation += 1;
    worker.end();
  }

  #execute(command: Command): object {
    const { input } = command as { input: object };
    const wire = toWire(input);
    if (!(command instanceof BatchExecuteStatementCommand)) return fromWire(this.#engine.execute('BatchGetItem', wire));
    const { Statements } = wire as { Statements: { Statement: string }[] };
    const broken = Statements.map((member) => ({ ...member, Statement: this.#mistake(member.Statement) }));
    return fromWire(this.#engine.execute('BatchExecuteStatement', { Statements: broken }));
  }

  #item(): Record<string, never> | undefined {
    const read = this.#engine.execute('GetItem', { TableName: TABLE, Key: { id: { S: ID } } }) as {
      Item?: Record<string, never>;
    };
    return read.Item;
  }

  #itemText(): string {
    return JSON.stringify(this.#item() ?? null);
  }

  /** Right after a request, so that what it has changed is known before its sender is told. */
  #observe(): void {
    const item = this.#item();
    if (!item) return;
    const closed = closedOf((item.runs as { B?: string } | undefined)?.B);
    for (const offset of this.#closed) if (!closed.has(offset)) this.#violated(`the mark of ${offset} was lost`);
    for (const offset of this.#topic) {
      if (closed.has(offset) && !this.#effects.has(offset))
        this.#violated(`offset ${offset} is closed and was not done`);
    }
    const { attempts } = fromLedgerItem(ID, fromWire(item) as never).state;
    const counts = new Map(attempts.map(({ offset, count }) => [Number(offset), count]));
    for (const [offset, count] of this.#counts) {
      if (!closed.has(offset) && (counts.get(offset) ?? 0) < count)
        this.#violated(`attempts of ${offset} were forgotten`);
    }
    for (const [offset, count] of counts) {
      if (count > (this.#failures.get(offset) ?? 0)) this.#violated(`attempts of ${offset} were counted twice`);
    }
    this.#closed = closed;
    this.#counts = counts;
  }

  #check(): void {
    const believers = this.#workers.filter(({ believes }) => believes);
    if (believers.length > 1)
      this.#violated(`${believers.map(({ name }) => name).join(' and ')} may both start records`);
  }

  #say(line: string): void {
    const what = line
      .replaceAll(/\b[A-C]\b(-\d+)?|\d+/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim();
    seen.set(what, (seen.get(what) ?? 0) + 1);
    this.#lines.push(`${String(this.#nowMs - START_MS).padStart(6)} ms  ${line}`);
  }

  /** Noted, and thrown with the step: callbacks of the store are no place to throw from. */
  #violated(what: string): void {
    this.#violation ??= new Error(`${what}\n${this.#lines.join('\n')}`);
  }
}

/** The contract's layout of `runs`, read here once more: small offsets only. */
function closedOf(base64: string | undefined): Set<number> {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  const pairs: number[] = [];
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte % 128) * factor;
    factor *= 128;
    if (byte >= 128) continue;
    pairs.push(value);
    value = 0;
    factor = 1;
  }
  const closed = new Set<number>();
  let offset = 0;
  pairs.forEach((length, index) => {
    for (let count = 0; count < length; count += 1, offset += 1) if (index % 2 === 1) closed.add(offset);
  });
  return closed;
}

const numbers = (first: bigint, last: bigint) =>
  Array.from({ length: Number(last - first) + 1 }, (_, index) => Number(first) + index);

function summary(command: Command): string {
  if (!(command instanceof BatchExecuteStatementCommand)) return 'read';
  const text = command.input.Statements?.[0]?.Statement ?? '';
  if (text.startsWith('INSERT')) return 'insert';
  if (!text.includes('RETURNING')) return 'mark';
  return text.includes('"lease_until_ms"<?') ? 'claim' : 'takeover';
}

/** Bytes are base64 on the wire. */
function toWire(value: unknown): object {
  return convert(value, (bytes) => (bytes instanceof Uint8Array ? Buffer.from(bytes).toString('base64') : bytes));
}

function fromWire(value: unknown): object {
  return convert(value, (text) => (typeof text === 'string' ? new Uint8Array(Buffer.from(text, 'base64')) : text));
}

function convert(value: unknown, bytes: (value: unknown) => unknown): object {
  if (Array.isArray(value)) return value.map((element) => convert(element, bytes));
  if (typeof value !== 'object' || value === null) return value as unknown as object;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === 'B' ? bytes(inner) : convert(inner, bytes)]),
  );
}
