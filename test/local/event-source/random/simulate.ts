import type { GroupMember } from '../../../../local/broker/broker';
import { InProcessBroker } from '../../../../local/broker/in-process';
import type { Failure, FailureDelivery } from '../../../../local/destinations/failure';
import type { Choices } from '../../../../local/event-source/choices';
import type { DeliveryFaults } from '../../../../local/event-source/delivery-faults';
import { EventSource } from '../../../../local/event-source/event-source';
import type { RecordFilter } from '../../../../local/event-source/filter/filter';
import type { Sandbox } from '../../../../local/event-source/sandbox';
import { below, type SeededRandom, seededRandom } from '../../../../local/seeded-random';
import type { KafkaMapping } from '../../../../local/template/kafka-mapping';
import type { InvocationResult } from '../../../../local/worker/invocation-result';
import { mappingOf } from '../mapping';
import { CRASHED, GROUP, TOPIC } from '../poller-fixture';
import { nameOf } from '../topic-records';
import { VirtualTime } from '../virtual-time';
import type { Plan, PlannedRecord, RecordKind, Step } from './plan';
import { ToyFunction } from './toy-function';
import { Watcher } from './watcher';

export interface Outcome {
  readonly end: 'resolved' | 'blocked' | 'stopped' | 'never';
  readonly breaches: readonly string[];
  /** What came to pass at all: a rule that nothing tried proves nothing. */
  readonly seen: ReadonlySet<string>;
  readonly trace: readonly string[];
}

/** What a broken part does to a run, so that the watcher can be seen to see it. */
export interface Sabotage {
  readonly mapping?: (sound: KafkaMapping) => KafkaMapping;
  readonly choices?: Partial<Choices>;
  readonly filter?: RecordFilter;
  readonly member?: (sound: GroupMember) => Partial<GroupMember>;
  readonly answer?: (result: InvocationResult) => InvocationResult;
}

const LIMIT_MS = 3_600_000;
/** So many points at which a fault may happen; then everything goes well. */
const FAULT_POINTS = 40;

/** Runs a mapping as the plan has it, and judges what was seen. */
export async function simulate(plan: Plan, sabotage: Sabotage = {}): Promise<Outcome> {
  const time = new VirtualTime();
  const random = seededRandom(plan.seed);
  const broker = new InProcessBroker({ time });
  await broker.createTopic(TOPIC, plan.partitions.length);
  const planned = new Map<string, PlannedRecord>();
  const pollers = plan.mapping.provisioned?.pollers ?? 1;
  const isCalm =
    pollers === 1 && !plan.faults.includes('rebalance') && plan.steps.every(({ what }) => what === 'append');
  const kindOf = (name: string): RecordKind => planned.get(name)?.kind ?? 'plain';
  const watcher = new Watcher({ plan, time, kindOf, isCalm });
  const toy = new ToyFunction({
    random,
    time,
    reports: plan.mapping.provisioned?.reports ?? false,
    keepsOrder: plan.keepsOrder,
    failuresOf: (name) => planned.get(name)?.failures ?? 0,
  });

  let ends = new Map<number, number>();
  const append = async (partition: number, records: readonly PlannedRecord[]) => {
    for (const record of records) {
      const offset = ends.get(partition) ?? 0;
      planned.set(`${partition}@${offset}`, record);
      watcher.appended(partition, offset);
      ends = new Map([...ends, [partition, offset + 1]]);
      await broker.produce(TOPIC, [
        { partition, ...MESSAGES[record.kind], timestamp: timestampOf(record, time.now()) },
      ]);
    }
  };

  const letters = new Map<string, Failure>();
  const destination: FailureDelivery = {
    deliver: async (failure) => {
      await time.sleep(below(random, 10));
      for (const record of failure.records) letters.set(nameOf(record), failure);
    },
  };
  const mapping = mappingFor(plan);
  const source = new EventSource({
    mapping: sabotage.mapping?.(mapping) ?? mapping,
    broker: sabotage.member ? withMembers(broker, sabotage.member) : broker,
    bootstrapServers: 'b-1.shop.example:9098',
    seed: plan.seed,
    choices: { ...plan.choices, ...sabotage.choices },
    sandboxes: { open: (poller) => sandboxOf(poller, toy, watcher, sabotage) },
    ...(plan.mapping.hasDestination && { destination }),
    ...(sabotage.filter && { filter: sabotage.filter }),
    faults: faultsOf(plan, random),
    time,
    events: watcher,
  });

  for (const [partition, records] of plan.partitions.entries()) await append(partition, records);
  await source.start();
  const later = [...plan.later];
  const happen: Record<Step, () => Promise<unknown>> = {
    append: async () => append(below(random, plan.partitions.length), later.shift() ?? []),
    'scale-up': () => source.scaleUp(),
    'scale-down': () => source.scaleDown(),
    disable: () => source.disable().then(() => source.start()),
    grow: () => broker.addPartitions(TOPIC, 1),
  };
  const start = time.now();
  for (const { atMs, what } of [...plan.steps].sort((a, b) => a.atMs - b.atMs)) {
    await time.sleep(start + atMs - time.now());
    await happen[what]();
  }
  const end = await Promise.race([source.untilResolved(), time.sleep(LIMIT_MS).then(() => 'never' as const)]);
  await source.stop();
  const committed = await broker.committedOffsets(GROUP, TOPIC);
  return {
    end,
    breaches: [...watcher.breaches, ...atTheEnd()],
    seen: new Set([...watcher.seen, end]),
    trace: watcher.trace,
  };

  function atTheEnd(): readonly string[] {
    const done = new Set(toy.done);
    const found: string[] = [];
    for (const name of planned.keys()) {
      const isSettled = done.has(name) || watcher.givenUp.has(name) || watcher.dropped.has(name);
      if (end === 'resolved' && !isSettled) found.push(`${name} was lost`);
      if (watcher.dropped.has(name) && done.has(name)) found.push(`${name} was filtered and delivered`);
    }
    if (end === 'resolved' && !plan.commitsFail) {
      for (const [partition, offset] of ends) {
        if (committed.get(partition) !== offset) found.push(`partition ${partition} was not committed up to its end`);
      }
    }
    if (end === 'blocked' && watcher.stuck.size === 0) found.push('nothing blocks');
    if (end === 'blocked' && plan.choices['hold-during-retry'] === 'partition' && !plan.mapping.provisioned?.bisect) {
      for (const [partition, offset] of ends) {
        const isOpen = (committed.get(partition) ?? 0) < offset;
        const isBlocked = [...watcher.stuck].some((name) => name.startsWith(`${partition}@`));
        if (isOpen && !isBlocked && !plan.commitsFail)
          found.push(`partition ${partition} is open, and nothing blocks it`);
      }
    }
    if (isCalm && plan.keepsOrder) found.push(...outOfOrder(toy.done));
    return found;
  }
}

function outOfOrder(done: readonly string[]): readonly string[] {
  const last = new Map<string, number>();
  return done.flatMap((name) => {
    const [partition = '', offset = ''] = name.split('@');
    const before = last.get(partition) ?? -1;
    last.set(partition, Number(offset));
    return Number(offset) > before ? [] : [`${name} was done after ${partition}@${before}`];
  });
}

function sandboxOf(poller: string, toy: ToyFunction, watcher: Watcher, { answer }: Sabotage): Sandbox {
  const killed = new AbortController();
  const dead = new Promise<InvocationResult>((resolve) => {
    killed.signal.addEventListener('abort', () => resolve(CRASHED));
  });
  return {
    invoke: async (event) => {
      watcher.invoked(poller, event);
      const result = await Promise.race([toy.invoke(event, killed.signal), dead]);
      return answer?.(result) ?? result;
    },
    stop: async () => killed.abort(),
  };
}

function faultsOf(plan: Plan, random: SeededRandom): DeliveryFaults {
  let left = FAULT_POINTS;
  const happens = () => {
    left -= 1;
    return left >= 0 && below(random, 4) === 0;
  };
  return {
    invocation: () => plan.faults.filter(happens),
    commitFails: () => plan.commitsFail && happens(),
    destinationFails: () => plan.destinationFails && happens(),
  };
}

function mappingFor({ mapping: { provisioned, hasDestination, ...plain } }: Plan): KafkaMapping {
  return mappingOf({
    ...plain,
    pollers: provisioned && { minimum: provisioned.pollers, maximum: 4 },
    reportBatchItemFailures: provisioned?.reports ?? false,
    maximumRetryAttempts: provisioned?.retries ?? -1,
    maximumRecordAgeSeconds: provisioned?.maximumAgeSeconds ?? -1,
    bisectBatchOnFunctionError: provisioned?.bisect ?? false,
    onFailure: hasDestination
      ? { kind: 'sqs', queueArn: 'arn:aws:sqs:eu-west-1:111122223333:late', queueName: 'late' }
      : undefined,
  });
}

const KEY = Buffer.from('k');
const MESSAGES: Record<RecordKind, { readonly key: Buffer | null; readonly value: Buffer | null }> = {
  plain: { key: KEY, value: Buffer.from('{"type":"order"}') },
  old: { key: KEY, value: Buffer.from('{"type":"order"}') },
  keyless: { key: null, value: Buffer.from('{"type":"order"}') },
  other: { key: KEY, value: Buffer.from('{"type":"return"}') },
  text: { key: KEY, value: Buffer.from('order') },
  tombstone: { key: KEY, value: null },
  big: { key: KEY, value: Buffer.from(JSON.stringify({ type: 'order', note: 'x'.repeat(2_000_000) })) },
  'too-large': { key: KEY, value: Buffer.from(JSON.stringify({ type: 'order', note: 'x'.repeat(5_000_000) })) },
};

const timestampOf = ({ kind }: PlannedRecord, nowMs: number) => (kind === 'old' ? nowMs - 100_000 : nowMs);

function withMembers(broker: InProcessBroker, flaw: (sound: GroupMember) => Partial<GroupMember>): InProcessBroker {
  return new Proxy(broker, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'join') return typeof value === 'function' ? value.bind(target) : value;
      return async (...given: Parameters<InProcessBroker['join']>) => overridden(await target.join(...given), flaw);
    },
  });
}

function overridden(sound: GroupMember, flaw: (sound: GroupMember) => Partial<GroupMember>): GroupMember {
  return {
    assigned: () => sound.assigned(),
    ready: (partition) => sound.ready(partition),
    position: (partition) => sound.position(partition),
    take: (partition, max) => sound.take(partition, max),
    changed: (timeoutMs, signal) => sound.changed(timeoutMs, signal),
    commit: (partition, nextOffset) => sound.commit(partition, nextOffset),
    leave: () => sound.leave(),
    ...flaw(sound),
  };
}
