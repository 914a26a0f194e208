import { seededRandom, shuffled } from '../local/seeded-random';
import { Bundles } from './measure/bundles';
import { startStubDatabase } from './measure/databases';
import { functionEnvironment } from './measure/environment';
import { runClient } from './measure/processes';
import { SCENARIOS, type Scenario } from './measure/scenarios';
import type { Question } from './question';
import { type ColdRow, coldText, compareCold } from './report/cold-rows';
import { median } from './report/statistics';

const ROUNDS = 5;
const BATCH = 1_000;
/** The fastest of stock's configurations when it is warm; cold they differ little. */
const STOCK_IN_FLIGHT = 50;

export const cold: Question<ColdRow> = {
  asks: 'What does the first batch cost in a fresh process?',

  rounds: ({ rounds, quick }) => rounds ?? (quick ? 1 : ROUNDS),

  async run(options, say) {
    const { seed, modes, batches: [records = BATCH] = [] } = options;
    const scenarios = SCENARIOS.filter(
      ({ mode, redelivered, inFlight = STOCK_IN_FLIGHT }) =>
        !redelivered &&
        inFlight === STOCK_IN_FLIGHT &&
        (modes === undefined || mode === 'stock' || modes.includes(mode)),
    );
    const bundles = new Bundles();
    const database = await startStubDatabase(bundles);
    const random = seededRandom(seed);
    const found: { scenario: Scenario; row: ColdRow }[] = [];
    const times = cold.rounds(options);
    try {
      for (let round = 1; round <= times; round += 1) {
        for (const scenario of shuffled(scenarios, random)) {
          say(`round ${round} of ${times}: ${scenario.name}`);
          const bundle = await bundles.file(scenario.source);
          const { batches, load } = await database.withTables((tables) =>
            runClient(bundles, {
              environment: functionEnvironment(scenario, database.endpoint, tables),
              plan: { bundle, batches: [{ records, runs: 1 }], warmUpMs: 0, redelivered: false, stub: database.stub },
            }),
          );
          const [batch] = batches;
          const [run] = batch?.runs ?? [];
          if (batch === undefined || run === undefined) throw new Error(`${scenario.name} measured nothing`);
          const row = {
            mode: scenario.mode,
            batch: records,
            loadWallMs: load.wallMs,
            loadCpuMs: load.cpuMs,
            firstWallMs: run.wallMs,
            firstCpuMs: run.cpuMs,
            rssMb: batch.peakRssMb,
          };
          found.push({ scenario, row });
        }
      }
      return scenarios.map((scenario) =>
        middle(found.filter((each) => each.scenario === scenario).map(({ row }) => row)),
      );
    } finally {
      await database.stop();
      bundles.remove();
    }
  },

  text: coldText,
  compare: compareCold,
};

function middle(rows: readonly ColdRow[]): ColdRow {
  const [first] = rows as [ColdRow];
  const of = (figure: (row: ColdRow) => number) => median(rows.map(figure));
  return {
    ...first,
    loadWallMs: of((row) => row.loadWallMs),
    loadCpuMs: of((row) => row.loadCpuMs),
    firstWallMs: of((row) => row.firstWallMs),
    firstCpuMs: of((row) => row.firstCpuMs),
    rssMb: of((row) => row.rssMb),
  };
}
