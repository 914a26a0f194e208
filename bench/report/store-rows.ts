import type { Mode, Scenario } from '../measure/scenarios';
import { MODES } from '../measure/scenarios';
import { dollarsPerMillion, lambdaDollarsPerMillion } from '../prices';
import { median, type Range, rangeOf } from './statistics';

export const TARGETS = ['stub-4ms', 'dynamodb-local'] as const;
export type Target = (typeof TARGETS)[number];

/** Medians over the batches of one process. */
export interface Measurement {
  readonly scenario: Pick<Scenario, 'mode' | 'inFlight' | 'redelivered'>;
  readonly target: Target;
  readonly round: number;
  readonly batch: number;
  readonly recordsPerSecond: number;
  readonly cpuMsPerRecord: number;
  readonly requestsPerRecord: number;
  readonly rssMb: number;
  /** Counted by the stub. */
  readonly units?: { readonly writeUnitsPerRecord: number; readonly readUnitsPerRecord: number };
  /** Requests of the last batch by operation. */
  readonly operations?: Readonly<Record<string, number>>;
  /** Share of the time in which the stub's process computed. */
  readonly serverBusy?: number;
}

/** What a row is compared with: the fastest stock configuration of the same round and the same kind of delivery. */
export interface StockFigures {
  /** Records in flight of the configuration that was fastest in the median. */
  readonly concurrency: number;
  readonly recordsPerSecond: number;
  readonly requestsPerRecord: number;
  readonly cpuMsPerRecord: number;
}

export interface StoreRow {
  readonly mode: Mode;
  readonly batch: number;
  readonly target: Target;
  /** Records per second against the fastest stock configuration, formed inside each round; the median of rounds. */
  readonly ratioToStock: number;
  readonly ratioRange: Range;
  readonly requestsPerRecord: number;
  /** Requests of one batch by operation. */
  readonly operations?: Readonly<Record<string, number>>;
  readonly cpuMsPerRecord: number;
  /** Stock's CPU per record over this one's, formed inside each round; the median of rounds. */
  readonly cpuRatioToStock: number;
  readonly cpuRatioRange: Range;
  readonly recordsPerSecond: number;
  readonly rssMb: number;
  readonly writeUnitsPerRecord?: number;
  readonly readUnitsPerRecord?: number;
  /** DynamoDB alone. */
  readonly dollarsPerMillion?: number;
  readonly lambdaDollarsPerMillion: number;
  readonly serverBusy?: number;
  /** Of a stock row: the one that was best. */
  readonly concurrency?: number;
  readonly stock: StockFigures;
}

/** One row for each target, mode and batch that was measured; the stub's first. */
export function storeRows(measurements: readonly Measurement[]): StoreRow[] {
  const batches = [...new Set(measurements.map(({ batch }) => batch))].sort((left, right) => left - right);
  return TARGETS.flatMap((target) =>
    MODES.flatMap((mode) =>
      batches.flatMap((batch) => {
        const row = rowOf(
          measurements.filter((each) => each.target === target && each.batch === batch),
          mode,
        );
        return row === undefined ? [] : [row];
      }),
    ),
  );
}

function rowOf(all: readonly Measurement[], mode: Mode): StoreRow | undefined {
  const isRedelivered = mode.endsWith('-redelivered');
  const ofDelivery = all.filter(({ scenario }) => scenario.redelivered === isRedelivered);
  const stock = ofDelivery.filter(({ scenario }) => scenario.mode === 'stock');
  const best = bestConcurrency(stock);
  if (best === undefined) return undefined;
  const bestMeasured = stock.filter(({ scenario }) => scenario.inFlight === best);
  const own = mode === 'stock' ? bestMeasured : ofDelivery.filter(({ scenario }) => scenario.mode === mode);
  const [first] = own;
  if (first === undefined) return undefined;
  const figure = (of: (measurement: Measurement) => number, among = own) => median(among.map(of));
  const pairs = own.map((measurement) => ({ measurement, fastest: fastestOf(stock, measurement) }));
  const ratios = pairs.map(({ measurement, fastest }) => measurement.recordsPerSecond / fastest.recordsPerSecond);
  const cpuRatios = pairs.map(({ measurement, fastest }) => fastest.cpuMsPerRecord / measurement.cpuMsPerRecord);
  const recordsPerSecond = figure((each) => each.recordsPerSecond);
  return {
    mode,
    batch: first.batch,
    target: first.target,
    ratioToStock: mode === 'stock' ? 1 : median(ratios),
    ratioRange: mode === 'stock' ? [1, 1] : rangeOf(ratios),
    requestsPerRecord: figure((each) => each.requestsPerRecord),
    cpuMsPerRecord: figure((each) => each.cpuMsPerRecord),
    cpuRatioToStock: mode === 'stock' ? 1 : median(cpuRatios),
    cpuRatioRange: mode === 'stock' ? [1, 1] : rangeOf(cpuRatios),
    recordsPerSecond,
    rssMb: figure((each) => each.rssMb),
    ...unitsOf(own),
    ...(first.operations !== undefined && { operations: first.operations }),
    lambdaDollarsPerMillion: lambdaDollarsPerMillion(recordsPerSecond),
    ...(first.serverBusy !== undefined && { serverBusy: figure((each) => each.serverBusy ?? 0) }),
    ...(mode === 'stock' && { concurrency: best }),
    stock: {
      concurrency: best,
      recordsPerSecond: figure((each) => each.recordsPerSecond, bestMeasured),
      requestsPerRecord: figure((each) => each.requestsPerRecord, bestMeasured),
      cpuMsPerRecord: figure((each) => each.cpuMsPerRecord, bestMeasured),
    },
  };
}

function unitsOf(own: readonly Measurement[]) {
  const units = own.flatMap((measurement) => measurement.units ?? []);
  if (units.length === 0) return {};
  const writeUnitsPerRecord = median(units.map((each) => each.writeUnitsPerRecord));
  const readUnitsPerRecord = median(units.map((each) => each.readUnitsPerRecord));
  const dollars = dollarsPerMillion({ writeUnitsPerRecord, readUnitsPerRecord });
  return { writeUnitsPerRecord, readUnitsPerRecord, dollarsPerMillion: dollars };
}

/** The records in flight whose median is the fastest. */
function bestConcurrency(stock: readonly Measurement[]): number | undefined {
  const concurrencies = [...new Set(stock.flatMap(({ scenario }) => scenario.inFlight ?? []))];
  const speed = (inFlight: number) =>
    median(stock.filter(({ scenario }) => scenario.inFlight === inFlight).map((each) => each.recordsPerSecond));
  return concurrencies.sort((left, right) => speed(right) - speed(left))[0];
}

function fastestOf(stock: readonly Measurement[], { round, batch }: Measurement): Measurement {
  const ofRound = stock.filter((each) => each.round === round && each.batch === batch);
  return ofRound.reduce((best, each) => (each.recordsPerSecond > best.recordsPerSecond ? each : best));
}
