/**
 * Ledger and transactions written down from the protocol alone, one request for everything and one record of a partition
 * at a time: slow, plain, and of no code of the shipped runtime. The simulator and its oracle must find nothing in it, and
 * must find each decision that it can be told to get wrong.
 */
import { createHash } from 'node:crypto';
import type { KafkaEventRecord } from '../../../contract/event';
import { readRuns } from '../../../local/oracle/ledger-runs';
import type { Runtime, SimulatedValue, SimulatedWrite, Surroundings } from '../../../local/simulator/runtime';

/** What it gets wrong. */
export type Mistake =
  | 'takes a live lease over'
  | 'keeps no lease alive'
  | 'marks without a fence'
  | 'closes all below'
  | 'closes gaps between deliveries'
  | 'marks in front of the effect'
  | 'marks at the end only'
  | 'believes a mark without an answer'
  | 'does not count'
  | 'commits the effect beside its mark'
  | 'leaves the identity out';

interface Ledger {
  seq: number;
  leaseUntilMs: number;
  closed: Set<number>;
  tries: Record<string, number>;
  high: number;
}

type Answer = { readonly kind: 'ok'; readonly item?: Item } | { readonly kind: 'refused' | 'unknown' };
type Value = { readonly S?: string; readonly N?: string; readonly B?: string };
type Item = Readonly<Record<string, Value>>;

const PATIENCE_MS = 50;
const RESERVE_MS = 6_000;

export function plainRuntime(...mistakes: readonly Mistake[]): Runtime {
  return {
    remembers: ['ledger', 'transaction'],
    requestTimeoutMs: 900,
    start: (surroundings) => async (event, context) => {
      const endMs = surroundings.clock.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
      const token = surroundings.random.token();
      const arrays = Object.values(event.records);
      const runs = arrays.map((records) =>
        new PartitionRun(surroundings, new Set(mistakes), records, token, endMs).run(),
      );
      const open = (await Promise.all(runs)).flat();
      if (open.length > 0 && context.invokedFunctionArn.endsWith('-throw')) throw new Error(`${open.length} open`);
      const batchItemFailures = open.map(({ topic, partition, offset }) => ({
        itemIdentifier: { partition: `${topic}-${partition}`, offset },
      }));
      return { batchItemFailures };
    },
  };
}

class PartitionRun {
  readonly #id: string;
  readonly #abort = new AbortController();
  #ledger: Ledger | undefined;
  #writing: Promise<unknown> = Promise.resolve();
  #isLost = false;

  constructor(
    private readonly outside: Surroundings,
    private readonly mistakes: ReadonlySet<Mistake>,
    private readonly records: readonly KafkaEventRecord[],
    private readonly token: string,
    private readonly endMs: number,
  ) {
    const [{ topic, partition } = { topic: '', partition: 0 }] = records;
    this.#id = `ledger#shop-orders#0a1b-2#1#${topic}#${partition}`;
  }

  /** Gives what is open. */
  async run(): Promise<readonly KafkaEventRecord[]> {
    const ledger = await this.#claim();
    if (ledger === undefined) return this.records;
    this.#ledger = ledger;
    this.#closeGaps(ledger);
    const lanes = new Map<string, KafkaEventRecord[]>();
    for (const record of this.records) {
      const lane = this.#laneOf(record);
      lanes.set(lane, [...(lanes.get(lane) ?? []), record]);
    }
    const done = new Set<number>();
    for (const lane of lanes.values()) {
      for (const record of lane) {
        if (ledger.closed.has(record.offset)) continue;
        if (!(await this.#handle(record, ledger, done))) break;
      }
    }
    await this.#write(() => 0, done);
    return this.records.filter(({ offset }) => !ledger.closed.has(offset));
  }

  #laneOf({ key, offset }: KafkaEventRecord): string {
    const { order } = this.outside.settings;
    if (order === 'none') return `${offset}`;
    return order === 'key' ? (key ?? '') : '';
  }

  async #handle(record: KafkaEventRecord, ledger: Ledger, done: Set<number>): Promise<boolean> {
    const { settings, clock, process } = this.outside;
    const { topic, offset, partition } = record;
    const nowMs = clock.now();
    if (this.#isLost || nowMs >= this.endMs) return false;
    if (nowMs >= ledger.leaseUntilMs - settings.clockSkewMs && !(await this.#write(this.#lease, done))) return false;
    const value = decoded(record);
    if (value === undefined) return false;
    const attempt = 1 + (ledger.tries[offset] ?? 0);
    if (this.mistakes.has('marks in front of the effect')) {
      done.add(offset);
      await this.#write(this.#lease, done);
    }
    const running = process({ topic, partition, offset, value, attempt, signal: this.#abort.signal });
    const result = await this.#watched(running, done);
    if (result.kind === 'failed') {
      if (!this.mistakes.has('does not count')) ledger.tries[offset] = attempt;
      return false;
    }
    if (this.#isLost) return false;
    if (settings.remember === 'transaction') return this.#commit(record, value, result.writes ?? [], done);
    done.add(offset);
    return this.mistakes.has('marks at the end only') || this.#write(this.#lease, done);
  }

  /** Renews the lease while user code runs; ends the process where that goes on past its end. */
  async #watched(running: Promise<readonly SimulatedWrite[] | undefined>, done: Set<number>) {
    const { settings, clock, sleep, exit } = this.outside;
    let isRunning = true;
    const settled = running.then(
      (writes) => ({ kind: 'done' as const, writes }),
      () => ({ kind: 'failed' as const }),
    );
    void settled.finally(() => {
      isRunning = false;
    });
    let abortedAtMs: number | undefined;
    for (;;) {
      const woken = new AbortController();
      void settled.finally(() => woken.abort());
      await sleep(settings.leaseMs / 4, woken.signal);
      if (!isRunning) return settled;
      if (!this.mistakes.has('keeps no lease alive') && !this.#isLost) await this.#write(this.#lease, done);
      const isOver = clock.now() >= this.endMs || this.#isLost;
      if (isOver && !this.#abort.signal.aborted) {
        this.#abort.abort(new Error('stop'));
        abortedAtMs = clock.now();
      }
      if (abortedAtMs !== undefined && clock.now() > abortedAtMs + settings.abortGraceMs && isRunning) exit(1);
    }
  }

  readonly #lease = () => this.outside.clock.now() + this.outside.settings.leaseMs;

  async #claim(): Promise<Ledger | undefined> {
    const { clock, sleep, settings } = this.outside;
    const overMs = this.mistakes.has('takes a live lease over')
      ? Number.MAX_SAFE_INTEGER
      : clock.now() - 2 * settings.clockSkewMs;
    const answer = await this.#send('UpdateItem', {
      Key: { id: { S: this.#id } },
      UpdateExpression: 'SET #o = :t, #l = :l, #s = if_not_exists(#s, :zero) + :one',
      ConditionExpression: 'attribute_not_exists(id) OR (#l < :over AND #o <> :t)',
      ExpressionAttributeNames: { '#o': 'owner', '#l': 'lease_until_ms', '#s': 'seq' },
      ExpressionAttributeValues: {
        ':t': { S: this.token },
        ':l': number(this.#lease()),
        ':zero': number(0),
        ':one': number(1),
        ':over': number(overMs),
      },
      ReturnValues: 'ALL_NEW',
    });
    const item = answer.kind === 'ok' ? answer.item : await this.#read();
    if (item?.owner?.S === this.token) return ledgerIn(item);
    if (clock.now() >= this.endMs) return undefined;
    await sleep(PATIENCE_MS);
    return this.#claim();
  }

  /** L6: between neighbours of one array above the old high nothing is there for us. */
  #closeGaps(ledger: Ledger): void {
    const offsets = this.records.map(({ offset }) => offset);
    const from = this.mistakes.has('closes gaps between deliveries') ? [ledger.high, ...offsets] : offsets;
    const before = new Set(offsets);
    for (const [index, offset] of from.slice(0, -1).entries()) {
      if (offset <= ledger.high && !this.mistakes.has('closes gaps between deliveries')) continue;
      for (let gap = offset + 1; gap < (from[index + 1] ?? 0); gap += 1) if (!before.has(gap)) ledger.closed.add(gap);
    }
    ledger.high = Math.max(ledger.high, ...offsets);
  }

  /** Writes one at a time; gives whether it stands. What it closes counts from then on. */
  #write(
    lease: () => number,
    done: ReadonlySet<number>,
    beside: (seq: number) => object[] = () => [],
  ): Promise<boolean> {
    const write = this.#writing.then(() => this.#writeNow(lease(), done, beside));
    this.#writing = write;
    return write;
  }

  async #writeNow(
    leaseUntilMs: number,
    done: ReadonlySet<number>,
    beside: (seq: number) => object[],
  ): Promise<boolean> {
    const ledger = this.#ledger;
    if (ledger === undefined || this.#isLost) return false;
    const closed = new Set([...ledger.closed, ...done]);
    if (this.mistakes.has('closes all below')) for (let at = 0; at < Math.max(...closed); at += 1) closed.add(at);
    for (;;) {
      const mark = this.#markOf(ledger, closed, leaseUntilMs);
      const others = beside(ledger.seq);
      const answer =
        others.length === 0
          ? await this.#send('UpdateItem', mark)
          : await this.#send('TransactWriteItems', {
              TransactItems: [{ Update: { TableName: this.outside.table, ...mark } }, ...others],
            });
      if (
        answer.kind === 'ok' ||
        (answer.kind === 'unknown' && this.mistakes.has('believes a mark without an answer'))
      ) {
        Object.assign(ledger, { seq: ledger.seq + 1, closed, leaseUntilMs });
        return true;
      }
      const item = await this.#read();
      if (item !== undefined && (item.owner?.S !== this.token || Number(item.seq?.N) > ledger.seq + 1)) {
        this.#isLost = true;
        return false;
      }
      const stands = item === undefined ? undefined : ledgerIn(item);
      if (stands?.seq === ledger.seq + 1) {
        const isThis = [...closed].every((offset) => stands.closed.has(offset));
        ledger.seq += 1;
        ledger.leaseUntilMs = stands.leaseUntilMs;
        if (isThis && stands.leaseUntilMs >= leaseUntilMs) {
          ledger.closed = closed;
          return true;
        }
        if (others.length > 0) return false;
      } else if (answer.kind === 'refused') {
        // Nothing of ours stands, and the fence is ours: something that stands beside the mark was refused.
        if (others.length > 0) return false;
        if (stands !== undefined) this.#isLost = true;
      }
      if (this.outside.clock.now() >= this.endMs + RESERVE_MS / 2) return false;
      await this.outside.sleep(PATIENCE_MS);
    }
  }

  #markOf(ledger: Ledger, closed: ReadonlySet<number>, leaseUntilMs: number) {
    return {
      Key: { id: { S: this.#id } },
      UpdateExpression: 'SET #r = :r, #s = :n, #l = :l, #t = :tries, #h = :h',
      ...(!this.mistakes.has('marks without a fence') && { ConditionExpression: '#o = :t AND #s = :s' }),
      ExpressionAttributeNames: {
        '#r': 'runs',
        '#s': 'seq',
        '#l': 'lease_until_ms',
        '#t': 'tries',
        '#h': 'high',
        ...(!this.mistakes.has('marks without a fence') && { '#o': 'owner' }),
      },
      ExpressionAttributeValues: {
        ':r': { B: Buffer.from(runBytes(closed)).toString('base64') },
        ':n': number(ledger.seq + 1),
        ':l': number(leaseUntilMs),
        ':tries': { S: JSON.stringify(ledger.tries) },
        ':h': number(ledger.high),
        ...(!this.mistakes.has('marks without a fence') && { ':t': { S: this.token }, ':s': number(ledger.seq) }),
      },
    };
  }

  /** T1: effects, identity and mark in one request, or nothing of it. */
  async #commit(record: KafkaEventRecord, value: SimulatedValue, writes: readonly SimulatedWrite[], done: Set<number>) {
    const { settings, table } = this.outside;
    const after = new Set([...done, record.offset]);
    const effects = writes.map(({ Update }) => ({ Update: onWire(Update) }));
    if (this.mistakes.has('commits the effect beside its mark')) {
      const answer =
        effects.length === 0 ? { kind: 'ok' } : await this.#send('TransactWriteItems', { TransactItems: effects });
      if (answer.kind !== 'ok' || !(await this.#write(this.#lease, after))) return this.#refused(record, writes, done);
      done.add(record.offset);
      return true;
    }
    const identity = { S: `shop-orders#orders#${sha256(JSON.stringify(value.id))}` };
    const payload = { S: sha256(Buffer.from(record.value ?? '', 'base64')) };
    if (settings.identity && !this.mistakes.has('leaves the identity out')) {
      const stored = await this.#read(identity.S);
      if (stored?.payload_digest !== undefined && stored.payload_digest.S !== payload.S) return false;
      if (stored?.status?.S === 'COMPLETED') {
        if (!(await this.#write(this.#lease, after))) return false;
        done.add(record.offset);
        return true;
      }
    }
    const insert = {
      Put: {
        TableName: table,
        Item: { id: identity, status: { S: 'COMPLETED' }, payload_digest: payload },
        ConditionExpression: 'attribute_not_exists(id)',
      },
    };
    const beside = settings.identity && !this.mistakes.has('leaves the identity out') ? [insert, ...effects] : effects;
    if (!(await this.#write(this.#lease, after, () => beside))) return this.#refused(record, writes, done);
    done.add(record.offset);
    return true;
  }

  /** T4: its own condition. */
  async #refused(record: KafkaEventRecord, writes: readonly SimulatedWrite[], done: Set<number>): Promise<boolean> {
    if (this.#isLost || !writes.some(({ onConditionFailed }) => onConditionFailed === 'done')) return false;
    if (!(await this.#write(this.#lease, new Set([...done, record.offset])))) return false;
    done.add(record.offset);
    return true;
  }

  async #read(id = this.#id): Promise<Item | undefined> {
    for (;;) {
      const answer = await this.#send('GetItem', { Key: { id: { S: id } }, ConsistentRead: true });
      if (answer.kind === 'ok') return answer.item;
      if (this.outside.clock.now() >= this.endMs + RESERVE_MS / 2) return undefined;
      await this.outside.sleep(PATIENCE_MS);
    }
  }

  async #send(operation: string, input: object): Promise<Answer> {
    const named = operation === 'TransactWriteItems' ? input : { TableName: this.outside.table, ...input };
    const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}` };
    try {
      const { response } = await this.outside.connection.handle({ headers, body: JSON.stringify(named) });
      const body = JSON.parse(new TextDecoder().decode(response.body));
      if (response.statusCode === 200) return { kind: 'ok', item: body.Attributes ?? body.Item };
      return { kind: response.statusCode < 500 && !body.__type.includes('Throughput') ? 'refused' : 'unknown' };
    } catch {
      return { kind: 'unknown' };
    }
  }
}

const number = (value: number) => ({ N: String(value) });

function ledgerIn(item: Item): Ledger {
  const closed = readRuns(Buffer.from(item.runs?.B ?? '', 'base64')).flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
  return {
    seq: Number(item.seq?.N),
    leaseUntilMs: Number(item.lease_until_ms?.N),
    closed: new Set(closed),
    tries: JSON.parse(item.tries?.S ?? '{}'),
    high: Number(item.high?.N ?? -1),
  };
}

/** Of offsets below 128: one byte each. */
function runBytes(closed: ReadonlySet<number>): number[] {
  const bytes: number[] = [];
  let next = 0;
  for (const offset of [...closed].sort((a, b) => a - b)) {
    const last = bytes.length - 1;
    if (offset === next && last > 0) bytes[last] = (bytes[last] ?? 0) + 1;
    else bytes.push(offset - next, 1);
    next = offset + 1;
  }
  return bytes;
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('base64');

function decoded({ value }: KafkaEventRecord): SimulatedValue | undefined {
  try {
    return JSON.parse(Buffer.from(value ?? '', 'base64').toString()) as SimulatedValue;
  } catch {
    return undefined;
  }
}

function onWire({ Key, ExpressionAttributeValues, ...rest }: SimulatedWrite['Update']) {
  const wire = (values: Readonly<Record<string, string | number>>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? number(value) : { S: value }]),
    );
  return { ...rest, Key: wire(Key), ExpressionAttributeValues: wire(ExpressionAttributeValues) };
}
