/**
 * Whole mappings under random combinations of every choice, setting, fault and rebalance, under virtual time, with a
 * correct function. What must hold is watched from outside, by rules of its own.
 */
import fc from 'fast-check';
import type { GroupMember } from '../../../local/broker/broker';
import { chooseFrom } from '../../../local/event-source/choices';
import { EventSize } from '../../../local/event-source/event-size';
import { GivenUp } from '../../../local/event-source/given-up';
import { OwnedPartition } from '../../../local/event-source/owned-partition';
import { PendingBatches } from '../../../local/event-source/pending-batches';
import { Poller } from '../../../local/event-source/poller';
import { RecordAges } from '../../../local/event-source/record-age';
import { FILTER, type Plan, type PlannedRecord, plans, type RecordKind } from './random/plan';
import { type Sabotage, simulate } from './random/simulate';

test('every record is done or rightly given up, order and holds are kept, commits never pass an open record', async () => {
  const seen = new Set<string>();

  await fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const outcome = await simulate(plan);
      for (const one of outcome.seen) seen.add(one);
      expect(outcome).toMatchObject({ breaches: [], end: expect.stringMatching(/^(resolved|blocked)$/) });
    }),
    { numRuns: 200 },
  );

  expect([...seen].sort()).toEqual([
    'MaximumPayloadSizeExceeded false',
    'MaximumPayloadSizeExceeded true',
    'RecordAgeExceeded false',
    'RecordAgeExceeded true',
    'RetryAttemptsExhausted false',
    'RetryAttemptsExhausted true',
    'answer failed',
    'answer lost',
    'answer partial',
    'answer success',
    'blocked',
    'resolved',
  ]);
}, 120_000);

test('the same plan runs the same way again', async () => {
  const [first, again] = [await simulate(busy(3)), await simulate(busy(3))];

  expect(first.trace.length).toBeGreaterThan(50);
  expect(again.trace).toEqual(first.trace);
});

describe('the watcher sees nothing in busy runs that are sound, and in the same runs', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('nothing', async () => {
    expect(await breaches()).toEqual([]);
  });

  test('a member that skips a record', async () => {
    const found = await breaches({
      member: (sound) => ({
        take: (partition, max) => sound.take(partition, max).filter(({ offset }) => offset !== 5),
      }),
    });

    expect(found.join()).toMatch(/passed the open offset 5/);
  });

  test('a member that gives records in falling order', async () => {
    const found = await breaches({
      member: (sound) => ({ take: (partition, max) => sound.take(partition, max).reverse() }),
    });

    expect(found.join()).toMatch(/came behind/);
  });

  test('an assignment that comes and goes without another epoch', async () => {
    const member = (sound: GroupMember) => ({
      assigned: () => sound.assigned().map(({ partition }) => ({ partition, epoch: 1 })),
    });

    expect(await breaches({ member }, { faults: ['rebalance'] })).not.toEqual([]);
  });

  test('a function whose report leaves out a failure', async () => {
    const found = await breaches({
      answer: (result) => {
        if (result.kind !== 'response' || result.payload === null) return result;
        const { batchItemFailures } = result.payload as { batchItemFailures: unknown[] };
        return { ...result, payload: { batchItemFailures: batchItemFailures.slice(1) } };
      },
    });

    expect(found.join()).toMatch(/was lost/);
  });

  test('a commit behind the batch, whatever failed in it', async () => {
    jest.spyOn(OwnedPartition.prototype, 'resolvedUpTo').mockImplementation(function (this: OwnedPartition, member) {
      return member.position(this.partition);
    });

    expect((await breaches()).join()).toMatch(/passed the open offset/);
  });

  test('a partition that is not held while its records wait for a retry', async () => {
    jest.spyOn(PendingBatches.prototype, 'held', 'get').mockReturnValue(new Set());

    expect((await breaches()).join()).toMatch(/is delivered before/);
  });

  test('a second half that does not wait for the first', async () => {
    jest.spyOn(PendingBatches.prototype, 'due').mockImplementation(function (this: PendingBatches) {
      return this.all.at(-1);
    });

    expect((await breaches({}, { provisioned: { bisect: true, retries: 3 } })).join()).toMatch(/is delivered before/);
  });

  test('records that are given up without a word', async () => {
    jest.spyOn(GivenUp.prototype, 'discard').mockResolvedValue();

    expect((await breaches({}, { provisioned: { retries: 1 } })).join()).toMatch(/passed the open offset/);
  });

  test('one retry too few, and one too many', async () => {
    for (const retries of [1, 3]) {
      const found = await breaches(
        { mapping: (sound) => ({ ...sound, maximumRetryAttempts: retries }) },
        { provisioned: { retries: 2 } },
      );

      expect(found.join()).toMatch(/was given up for RetryAttemptsExhausted after/);
    }
  });

  test('a partition that is given up as blocked too early', async () => {
    const found = await breaches(
      { choices: { 'blocked-after-retries': 1 } },
      { choices: { 'blocked-after-retries': '4' } },
    );

    expect(found.join()).toMatch(/blocks its partition after 2 failures/);
  });

  test('records that are delivered although they are too old', async () => {
    jest.spyOn(RecordAges.prototype, 'expired').mockReturnValue([]);

    const found = await breaches({}, { kinds: ['plain', 'old'], provisioned: { maximumAgeSeconds: 60 } });

    expect(found.join()).toMatch(/is delivered too old/);
  });

  test('an event of more than 6 MB', async () => {
    jest.spyOn(EventSize.prototype, 'with').mockReturnValue(0);

    expect((await breaches({}, { kinds: ['big'], records: 6 })).join()).toMatch(/an event of \d+ bytes/);
  });

  test('a filter that lets everything pass, and one that nothing passes', async () => {
    for (const decision of ['match', 'no-match'] as const) {
      const found = await breaches(
        { filter: { decide: () => decision } },
        { kinds: ['plain', 'other'], filters: [FILTER] },
      );

      expect(found.join()).toMatch(/should have been filtered|was filtered/);
    }
  });

  test.each([
    ['partial-response', 'checkpoint', 'listed', /comes again though|open records come again/],
    ['batch-mixing', 'mixed', 'single-partition', /travel together/],
    ['null-key-value', 'null', 'omitted', /written the wrong way/],
    ['filter-tombstone', 'delivered', 'dropped', /should have been filtered/],
    ['filter-mismatch', 'dropped', 'delivered', /was filtered/],
    ['record-too-large', 'discarded', 'stuck', /was given up for MaximumPayloadSizeExceeded/],
  ] as const)('the choice %s: %s where %s was asked for', async (name, done, asked, breach) => {
    const found = await breaches(
      { choices: { [name]: done } },
      {
        choices: { [name]: asked },
        kinds: name === 'record-too-large' ? ['plain', 'too-large'] : ['plain', 'text', 'tombstone'],
        filters: name.startsWith('filter') ? [FILTER] : [],
      },
    );

    expect(found.join()).toMatch(breach);
  });

  test('a mapping that is called resolved too early', async () => {
    jest.spyOn(Poller.prototype, 'resolvedUpTo').mockReturnValue(Number.POSITIVE_INFINITY);

    expect((await breaches()).join()).toMatch(/was lost/);
  });

  test('a commit that goes nowhere', async () => {
    expect((await breaches({ member: () => ({ commit: async () => {} }) })).join()).toMatch(/was not committed up to/);
  });
});

interface BusyChanges {
  readonly choices?: Readonly<Record<string, string>>;
  readonly provisioned?: Partial<Plan['mapping']['provisioned']>;
  readonly filters?: readonly string[];
  readonly faults?: Plan['faults'];
  readonly kinds?: readonly RecordKind[];
  readonly records?: number;
}

/** Three partitions, every sixth record fails at first, nothing from outside. */
function busy(seed: number, changes: BusyChanges = {}): Plan {
  const { kinds = ['plain'], records = 20, provisioned, choices, filters = [], faults = [] } = changes;
  const log = (partition: number): PlannedRecord[] =>
    Array.from({ length: records }, (_, offset) => ({
      kind: kinds[(offset * 7 + partition) % kinds.length] ?? 'plain',
      failures: (offset + partition + seed) % 6 === 0 ? 6 : 0,
    }));
  return {
    seed,
    keepsOrder: false,
    choices: chooseFrom({ 'retry-base-ms': '5', 'retry-cap-ms': '40', ...choices }),
    mapping: {
      batchSize: 7,
      batchingWindowMs: 0,
      filters,
      hasDestination: false,
      provisioned: { pollers: 1, reports: true, retries: -1, maximumAgeSeconds: -1, bisect: false, ...provisioned },
    },
    partitions: [log(0), log(1), log(2)],
    later: [],
    steps: [],
    faults,
    commitsFail: false,
    destinationFails: false,
  };
}

/** What is found in some busy runs; the first of them that has something ends the search. */
async function breaches(sabotage: Sabotage = {}, changes: BusyChanges = {}): Promise<readonly string[]> {
  for (let seed = 1; seed <= 12; seed += 1) {
    const { breaches: found, end } = await simulate(busy(seed, changes), sabotage);
    if (found.length > 0) return found;
    if (end === 'never') return ['it never ended'];
  }
  return [];
}
