import { type ColdRow, compareCold } from '../../bench/report/cold-rows';
import { compareEngine, type EngineRow } from '../../bench/report/engine-rows';
import type { StoreRow } from '../../bench/report/store-rows';
import { compareStores } from '../../bench/report/store-text';

const line = (text: string, start: string) => text.split('\n').find((each) => each.startsWith(start));

describe('stores', () => {
  const row = (figures: Partial<StoreRow> = {}): StoreRow => ({
    mode: 'ledger',
    batch: 1_000,
    target: 'stub-4ms',
    ratioToStock: 60,
    ratioRange: [60, 60],
    requestsPerRecord: 0.002,
    cpuMsPerRecord: 0.01,
    cpuRatioToStock: 80,
    cpuRatioRange: [80, 80],
    recordsPerSecond: 1,
    rssMb: 1,
    lambdaDollarsPerMillion: 1,
    stock: { concurrency: 50, recordsPerSecond: 1, requestsPerRecord: 2, cpuMsPerRecord: 1 },
    ...figures,
  });

  test.each<[string, Partial<StoreRow>, RegExp]>([
    ['one more request in a thousand batches is more', { requestsPerRecord: 0.002001 }, /MORE/],
    ['fewer requests are fewer', { requestsPerRecord: 0.001 }, /fewer/],
    ['a quarter more or less is noise', { cpuRatioToStock: 65, ratioToStock: 74 }, /same .*noise .*noise/],
    ['beyond it CPU is better', { cpuRatioToStock: 101 }, /same .*better .*noise/],
    ['or worse', { cpuRatioToStock: 63 }, /same .*WORSE .*noise/],
    ['and speed is, too', { ratioToStock: 47 }, /same .*noise .*WORSE/],
  ])('%s', (_, figures, verdicts) => {
    expect(line(compareStores([row(figures)], [row()]), 'ledger')).toMatch(verdicts);
  });

  test('rows of another size or server are not compared', () => {
    const before = [row({ batch: 100 }), row({ target: 'dynamodb-local' }), row({ mode: 'identity' })];

    expect(compareStores([row()], before)).toBe('Nothing to compare: no row stands in both.');
  });
});

describe('engine', () => {
  const row = (parseUs: number, engineUs: number): EngineRow => ({
    mode: 'ledger',
    batch: 1_000,
    invocationUs: parseUs + 1 + engineUs,
    parseUs,
    decodeUs: 1,
    engineUs,
  });

  test.each<[string, EngineRow, RegExp]>([
    ['a machine that is slower at everything is noise', row(4, 8), /noise/],
    ['an engine that is slower beside its parsing is worse', row(2, 8), /WORSE/],
    ['a faster one is better', row(2, 2), /better/],
  ])('%s', (_, now, verdict) => {
    expect(line(compareEngine([now], [row(2, 4)]), 'ledger')).toMatch(verdict);
  });
});

describe('cold', () => {
  const rows = (stockMs: number, oursMs: number): ColdRow[] =>
    [['stock', stockMs] as const, ['ledger', oursMs] as const].map(([mode, firstCpuMs]) => ({
      mode,
      batch: 1_000,
      loadWallMs: 1,
      loadCpuMs: 1,
      firstWallMs: 1,
      firstCpuMs,
      rssMb: 1,
    }));

  test.each<[string, ColdRow[], RegExp]>([
    ['a machine that is slower at everything is noise', rows(2_000, 100), /20 x +20 x +noise/],
    ['a first batch that costs more beside stock is worse', rows(1_000, 100), /20 x +10 x +WORSE/],
  ])('%s', (_, now, verdict) => {
    expect(line(compareCold(now, rows(1_000, 50)), 'ledger')).toMatch(verdict);
  });
});
