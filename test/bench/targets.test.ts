import type { StoreRow } from '../../bench/report/store-rows';
import { judgeTarget, PERFORMANCE_TARGETS } from '../../bench/targets';

// The table of the design, section 10.
const DESIGN = [
  ['ledger', 100, 5, undefined, undefined],
  ['ledger', 1_000, 50, 0.003, 0.003],
  ['ledger', 5_000, 200, undefined, undefined],
  ['identity', 1_000, 12, 0.085, 0.04],
  ['transaction', 1_000, 14, 0.025, 0.04],
  ['drop-in', 1_000, 8, 0.085, 0.07],
  ['ledger-redelivered', 1_000, 35, 0.003, undefined],
  ['identity-redelivered', 1_000, 15, 0.015, undefined],
] as const;

test('the targets are those of the design', () => {
  const listed = PERFORMANCE_TARGETS.map((target) => [
    target.mode,
    target.batch,
    target.ratioToStock,
    target.requestsPerRecord,
    target.cpuMsPerRecord,
  ]);

  expect(listed).toEqual(DESIGN);
});

describe('a verdict', () => {
  const row = (figures: Partial<StoreRow>): StoreRow => ({
    mode: 'identity',
    batch: 1_000,
    target: 'stub-4ms',
    ratioToStock: 12,
    ratioRange: [12, 12],
    requestsPerRecord: 0.085,
    cpuMsPerRecord: 0.04,
    cpuRatioToStock: 20,
    cpuRatioRange: [20, 20],
    recordsPerSecond: 1,
    rssMb: 1,
    lambdaDollarsPerMillion: 1,
    stock: { concurrency: 50, recordsPerSecond: 1, requestsPerRecord: 2, cpuMsPerRecord: 1 },
    ...figures,
  });
  const identity = PERFORMANCE_TARGETS.find(({ mode }) => mode === 'identity');
  if (!identity) throw new Error('no target');

  test.each<[string, Partial<StoreRow>, [string, string, string]]>([
    ['at its limits', {}, ['met', 'met', 'met']],
    ['too slow', { ratioToStock: 11.9 }, ['missed', 'met', 'met']],
    ['too many requests', { requestsPerRecord: 0.0851 }, ['met', 'missed', 'met']],
    ["with the engine's share of CPU on top", { cpuMsPerRecord: 0.05 }, ['met', 'met', 'met, with the engine on top']],
    ['beyond that share', { cpuMsPerRecord: 0.0501 }, ['met', 'met', 'missed']],
    ['on another server', { target: 'dynamodb-local' }, ['not measured', 'not measured', 'not measured']],
    ['at another size', { batch: 100 }, ['not measured', 'not measured', 'not measured']],
  ])('%s', (_, figures, verdicts) => {
    const { wall, requests, cpu } = judgeTarget(identity, [row(figures)]);

    expect([wall, requests, cpu]).toEqual(verdicts);
  });
});
