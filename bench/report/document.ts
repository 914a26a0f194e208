import { PRICES } from '../prices';
import type { Result } from '../question';
import type { Kept } from '../results-file';
import { ENGINE_CPU_MS_PER_RECORD, judgeTarget, PERFORMANCE_TARGETS, type Verdict } from '../targets';
import type { ColdRow } from './cold-rows';
import type { EngineRow } from './engine-rows';
import type { StoreRow } from './store-rows';
import { exact, figure, markdownTable } from './text-table';

/** Below the project's folder. */
export const DOCUMENT = 'docs/performance.md';

const BEGIN = '<!-- Written by `npm run bench -- table`: do not edit. -->';
const END = '<!-- End of what is written by `npm run bench -- table`. -->';

/** The document with its tables as the kept results give them; what stands around them is left alone. */
export function withTables(document: string, kept: Kept): string {
  const [begin, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${DOCUMENT} has lost its two marks: ${BEGIN} and ${END}`);
  return `${document.slice(0, begin)}${BEGIN}\n\n${tables(kept)}\n\n${document.slice(end)}`;
}

export function tables(kept: Kept): string {
  const stores = kept.stores as Result<StoreRow> | undefined;
  const engine = kept.engine as Result<EngineRow> | undefined;
  const cold = kept.cold as Result<ColdRow> | undefined;
  return [
    '## Targets and verdicts',
    targets(stores?.rows ?? []),
    engineVerdict(engine?.rows ?? []),
    '## Every mode beside stock',
    stores === undefined ? NOT_MEASURED : `${origin(stores)} ${serverNote(stores.rows)}\n\n${storeTable(stores.rows)}`,
    '## Prices',
    stores === undefined ? NOT_MEASURED : priceTable(stores.rows),
    '## The engine alone',
    engine === undefined ? NOT_MEASURED : `${origin(engine)}\n\n${engineTable(engine.rows)}`,
    '## The first batch of a fresh process',
    cold === undefined ? NOT_MEASURED : `${origin(cold)}\n\n${coldTable(cold.rows)}`,
  ].join('\n\n');
}

const NOT_MEASURED = 'No result is kept yet: `npm run bench -- NAME --keep` on a quiet machine puts one here.';

function targets(rows: readonly StoreRow[]): string {
  const against = (measured: string, limit: string, verdict: Verdict | undefined) =>
    verdict === undefined ? '–' : `${measured} (${limit}): ${verdict}`;
  return markdownTable(
    ['mode', 'batch', 'times stock', 'requests per record', 'CPU-ms per record'],
    PERFORMANCE_TARGETS.map((target) => {
      const { row, wall, requests, cpu } = judgeTarget(target, rows);
      return [
        target.mode,
        target.batch.toLocaleString('en-US'),
        against(figure(row?.ratioToStock), `≥ ${target.ratioToStock}`, wall),
        against(exact(row?.requestsPerRecord), `≤ ${target.requestsPerRecord}`, requests),
        against(figure(row?.cpuMsPerRecord), `≤ ${target.cpuMsPerRecord}`, cpu),
      ];
    }),
  );
}

function engineVerdict(rows: readonly EngineRow[]): string {
  const atTarget = rows.filter(({ batch }) => batch === 1_000);
  const each = atTarget.map(({ mode, engineUs }) => {
    const verdict: Verdict = engineUs / 1_000 <= ENGINE_CPU_MS_PER_RECORD ? 'met' : 'missed';
    return `${mode} ${figure(engineUs / 1_000)}: ${verdict}`;
  });
  const measured = each.length === 0 ? 'not measured' : each.join('; ');
  return `The engine's own CPU-ms per record, at 1,000 records (≤ ${ENGINE_CPU_MS_PER_RECORD}): ${measured}.`;
}

function storeTable(rows: readonly StoreRow[]): string {
  return markdownTable(
    [
      'mode',
      'server',
      'batch',
      'records/s',
      'times stock',
      'from – to',
      'requests per record',
      'CPU-ms per record',
      'times less CPU',
      'peak RSS MB',
    ],
    rows.map((row) => [
      row.concurrency === undefined ? row.mode : `${row.mode}, ${row.concurrency} in flight`,
      row.target,
      row.batch.toLocaleString('en-US'),
      figure(row.recordsPerSecond),
      figure(row.ratioToStock),
      `${figure(row.ratioRange[0])} – ${figure(row.ratioRange[1])}`,
      exact(row.requestsPerRecord),
      figure(row.cpuMsPerRecord),
      figure(row.cpuRatioToStock),
      figure(row.rssMb),
    ]),
  );
}

/** Whether it was the server that was measured. */
function serverNote(rows: readonly StoreRow[]): string {
  const busiest = Math.max(0, ...rows.map(({ serverBusy = 0 }) => serverBusy));
  return `The stub computed in at most ${Math.round(100 * busiest)} % of the time of any row.`;
}

function priceTable(rows: readonly StoreRow[]): string {
  const counted = rows.filter((row) => row.dollarsPerMillion !== undefined);
  const table = markdownTable(
    [
      'mode',
      'batch',
      'write units per record',
      'read units per record',
      'DynamoDB $ per million',
      'Lambda $ per million',
    ],
    counted.map((row) => [
      row.mode,
      row.batch.toLocaleString('en-US'),
      exact(row.writeUnitsPerRecord),
      exact(row.readUnitsPerRecord),
      figure(row.dollarsPerMillion),
      figure(row.lambdaDollarsPerMillion),
    ]),
  );
  const { region, asOf, perMillionWriteUnits, perMillionReadUnits, lambdaPerGbSecond } = PRICES;
  return `${table}\n\nPrices of ${region}, on demand, ${asOf}: $${perMillionWriteUnits} per million write units, $${perMillionReadUnits} per million read units, Lambda $${lambdaPerGbSecond} per GB-second at 1,769 MB. A transaction row holds the user's own item too: its write is doubled, and no other is needed.`;
}

function engineTable(rows: readonly EngineRow[]): string {
  return markdownTable(
    ['mode', 'batch', 'invocation', 'of it parsing', 'decoding', 'engine'],
    rows.map((row) => [
      row.mode,
      row.batch.toLocaleString('en-US'),
      ...[row.invocationUs, row.parseUs, row.decodeUs, row.engineUs].map((us) => `${figure(us)} µs`),
    ]),
  );
}

function coldTable(rows: readonly ColdRow[]): string {
  return markdownTable(
    ['mode', 'batch', 'load ms', 'load CPU-ms', 'first batch ms', 'first batch CPU-ms', 'peak RSS MB'],
    rows.map((row) => [
      row.mode,
      row.batch.toLocaleString('en-US'),
      ...[row.loadWallMs, row.loadCpuMs, row.firstWallMs, row.firstCpuMs, row.rssMb].map(figure),
    ]),
  );
}

function origin({ machine, node, versions, startedAt, rounds, seconds, loadBefore }: Result<unknown>): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const minutes = figure(seconds / 60);
  return `Measured on ${startedAt.slice(0, 10)}: ${machine}, Node.js ${node}, ${packages.join(', ')}; ${rounds} rounds, ${minutes} minutes, load ${loadBefore} before the start.`;
}
