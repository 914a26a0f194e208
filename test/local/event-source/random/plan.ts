import fc from 'fast-check';
import { CHOICES } from '../../../../local/event-source/choice-table';
import { type Choices, chooseFrom } from '../../../../local/event-source/choices';
import type { InvocationFault } from '../../../../local/event-source/delivery-faults';

/** What is special about a record; `too-large` fits no event, `big` lets a few others into its own. */
export type RecordKind = 'plain' | 'other' | 'text' | 'tombstone' | 'keyless' | 'old' | 'big' | 'too-large';

export interface PlannedRecord {
  readonly kind: RecordKind;
  /** Invocations in which the function fails at it; infinity: it never gets done. */
  readonly failures: number;
}

export type Step = 'append' | 'scale-up' | 'scale-down' | 'disable' | 'grow';

/** One run: a mapping, what the choices are, what lies on the topic, and what happens meanwhile. */
export interface Plan {
  readonly seed: number;
  /** Whether the function stops a partition at its first open record. */
  readonly keepsOrder: boolean;
  readonly choices: Choices;
  readonly mapping: {
    readonly batchSize: number;
    readonly batchingWindowMs: number;
    readonly filters: readonly string[];
    readonly hasDestination: boolean;
    /** undefined: on demand, with none of what needs provisioned pollers. */
    readonly provisioned:
      | {
          readonly pollers: number;
          readonly reports: boolean;
          readonly retries: number;
          readonly maximumAgeSeconds: number;
          readonly bisect: boolean;
        }
      | undefined;
  };
  readonly partitions: readonly (readonly PlannedRecord[])[];
  /** Written while the run goes on. */
  readonly later: readonly (readonly PlannedRecord[])[];
  readonly steps: readonly { readonly atMs: number; readonly what: Step }[];
  readonly faults: readonly InvocationFault[];
  readonly commitsFail: boolean;
  readonly destinationFails: boolean;
}

/** Orders with a type pass; what else there is does not. */
export const FILTER = JSON.stringify({ value: { type: ['order'] } });

const choices: fc.Arbitrary<Choices> = fc
  .record(
    Object.fromEntries(
      CHOICES.flatMap(({ name, accepted }) =>
        'minimum' in accepted ? [] : [[name, fc.constantFrom<string>(...accepted)] as const],
      ),
    ),
  )
  .chain((chosen) =>
    fc
      .record({ base: fc.integer({ min: 1, max: 50 }), cap: fc.integer({ min: 1, max: 500 }), blocked: fc.nat(8) })
      .map(({ base, cap, blocked }) =>
        chooseFrom({
          ...chosen,
          'retry-base-ms': String(base),
          'retry-cap-ms': String(cap),
          'blocked-after-retries': String(blocked),
        }),
      ),
  );

const record: fc.Arbitrary<PlannedRecord> = fc.record({
  kind: fc.oneof(
    { weight: 40, arbitrary: fc.constant<RecordKind>('plain') },
    { weight: 8, arbitrary: fc.constantFrom<RecordKind>('other', 'text', 'tombstone', 'keyless') },
    { weight: 3, arbitrary: fc.constant<RecordKind>('old') },
    { weight: 1, arbitrary: fc.constant<RecordKind>('big') },
    { weight: 2, arbitrary: fc.constant<RecordKind>('too-large') },
  ),
  failures: fc.oneof(
    { weight: 40, arbitrary: fc.constant(0) },
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
  ),
});

const log = (maxLength: number) => fc.array(record, { maxLength });

export const plans: fc.Arbitrary<Plan> = fc.record({
  seed: fc.nat(1_000_000),
  keepsOrder: fc.boolean(),
  choices,
  mapping: fc.record({
    batchSize: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constant(100)),
    batchingWindowMs: fc.constantFrom(0, 20, 500),
    filters: fc.constantFrom([], [FILTER]),
    hasDestination: fc.boolean(),
    provisioned: fc.option(
      fc.record({
        pollers: fc.integer({ min: 1, max: 3 }),
        reports: fc.boolean(),
        retries: fc.constantFrom(-1, 0, 1, 2, 5),
        maximumAgeSeconds: fc.constantFrom(-1, 60),
        bisect: fc.boolean(),
      }),
      { nil: undefined, freq: 5 },
    ),
  }),
  partitions: fc.array(log(25), { minLength: 1, maxLength: 4 }),
  later: fc.array(log(10), { minLength: 1, maxLength: 4 }),
  steps: fc.oneof(
    fc.constant([]),
    fc.array(
      fc.record({
        atMs: fc.nat(800),
        what: fc.constantFrom<Step>('append', 'scale-up', 'scale-down', 'disable', 'grow'),
      }),
      { maxLength: 5 },
    ),
  ),
  faults: fc.oneof(
    fc.constant([]),
    fc.subarray<InvocationFault>([
      'throttle',
      'service-error',
      'duplicate-delivery',
      'crash-after-success',
      'rebalance',
    ]),
  ),
  commitsFail: fc.boolean(),
  destinationFails: fc.boolean(),
});
