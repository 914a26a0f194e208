import { Bundles } from './measure/bundles';
import { functionEnvironment } from './measure/environment';
import type { BatchResult } from './measure/plan';
import { runClient } from './measure/processes';
import type { Mode } from './measure/scenarios';
import { type BenchOptions, UsageError } from './options';
import type { Question } from './question';
import { compareEngine, type EngineRow, engineText } from './report/engine-rows';
import { profileText } from './report/profile-text';
import { median } from './report/statistics';

const ENGINE_MODES: readonly Mode[] = ['ledger', 'identity', 'transaction'];
/** Records that are measured for each figure, whatever the size of a batch. */
const MEASURED_RECORDS = 100_000;
const ROUNDS = 3;

export const engine: Question<EngineRow> = {
  asks: 'What does the engine cost per record, beside decoding and the store?',

  rounds: ({ rounds, quick, profile }) => rounds ?? (quick || profile ? 1 : ROUNDS),

  async run(options, say) {
    const { modes = ENGINE_MODES, batches = [100, 1_000, 5_000] } = options;
    const unknown = modes.find((mode) => !ENGINE_MODES.includes(mode));
    if (unknown) throw new UsageError(`--mode is "${unknown}"; the engine has ${ENGINE_MODES.join(', ')}.`);
    const bundles = new Bundles();
    try {
      const rows: EngineRow[] = [];
      for (const mode of modes) {
        for (const batch of batches) {
          const rounds: EngineRow[] = [];
          for (let round = 0; round < engine.rounds(options); round += 1) {
            rounds.push(await measure(bundles, mode, batch, options, say));
          }
          rows.push(middle(rounds));
        }
      }
      return rows;
    } finally {
      bundles.remove();
    }
  },

  text: engineText,
  compare: compareEngine,
};

async function measure(
  bundles: Bundles,
  mode: Mode,
  batch: number,
  { profile, quick }: BenchOptions,
  say: (line: string) => void,
): Promise<EngineRow> {
  const source = `functions/engine-${mode}`;
  const bundle = await bundles.file(source, profile);
  const file = bundles.scratch('profile.json');
  const runs = Math.max(5, Math.round(MEASURED_RECORDS / batch / (quick ? 10 : 1)));
  const { batches } = await runClient(bundles, {
    environment: functionEnvironment({ inFlight: undefined }, 'http://127.0.0.1:9', {
      idempotency: 'Idempotency',
      effects: 'Effects',
    }),
    plan: {
      bundle,
      calls: profile ? ['handler'] : ['handler', 'decode', 'parse'],
      batches: [{ records: batch, runs }],
      warmUpMs: quick ? 500 : 1_000,
      redelivered: false,
      stub: undefined,
      ...(profile && { profile: file }),
    },
  });
  const row = rowOf(mode, batch, batches);
  if (profile) {
    say(
      `${mode}, batches of ${batch}: ${row.invocationUs.toFixed(2)} CPU-µs per record for the whole invocation (profiled: slower than it is)`,
    );
    say(profileText(file));
  }
  return row;
}

function rowOf(mode: Mode, batch: number, results: readonly BatchResult[]): EngineRow {
  const cpuUs = (call: string) => {
    const result = results.find((each) => each.call === call);
    return result ? median(result.runs.map(({ cpuMs }) => (1_000 * cpuMs) / batch)) : 0;
  };
  const [invocationUs, decodedUs, parseUs] = [cpuUs('handler'), cpuUs('decode'), cpuUs('parse')];
  return { mode, batch, invocationUs, parseUs, decodeUs: decodedUs - parseUs, engineUs: invocationUs - decodedUs };
}

function middle(rows: readonly EngineRow[]): EngineRow {
  const [first] = rows as [EngineRow];
  const of = (figure: (row: EngineRow) => number) => median(rows.map(figure));
  return {
    mode: first.mode,
    batch: first.batch,
    invocationUs: of((row) => row.invocationUs),
    parseUs: of((row) => row.parseUs),
    decodeUs: of((row) => row.decodeUs),
    engineUs: of((row) => row.engineUs),
  };
}
