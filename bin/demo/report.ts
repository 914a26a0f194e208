import type { Remember } from './remember';
import type { DemoRun } from './run-assembly';
import { admittedEffects, type Check } from './verdict';

/** The run as `--json` writes it: two runs of one seed agree in every field but `deliveries` and `seconds`. */
export function reportOf(run: DemoRun, checks: readonly Check[]) {
  const { options, findings, faults, deliveries, counters, complaints, seconds } = run;
  const { records, producerDuplicates, effects, suppressed, open, lost, twice, admitted, outOfOrder, parked } =
    findings;
  return {
    ok: checks.every(({ ok }) => ok),
    options,
    records,
    producerDuplicates,
    deliveries,
    effects,
    suppressed,
    open,
    lost,
    twice,
    admitted,
    outOfOrder,
    parked,
    faults: faults.map(({ name, partition, offset, happened }) => ({ name, partition, offset, happened })),
    admittedEffects: admittedEffects(run).map(({ partition, offset, cause, flight: { origin, delay } }) => ({
      partition,
      offset,
      cause,
      airport: origin,
      delayMinutes: delay,
    })),
    failedChecks: checks.filter(({ ok }) => !ok).map(({ claim, found }) => `${claim}: ${found}`),
    complaints,
    letters: run.letters.letters,
    counters,
    seconds,
  };
}

const REPEATED = 'repeated because a worker died, or got no answer, between effect and mark';
const SUPPRESSED = 'duplicates of the producer that took no effect';

/** What the rows of the verdict mean, as far as the way of remembering decides about it. */
const WORDS: Readonly<Record<Remember, { suppressed: string; admitted: string; unit: string }>> = {
  ledger: {
    suppressed: 'none: a duplicate of the producer is a record of its own',
    admitted: REPEATED,
    unit: 'record',
  },
  identity: { suppressed: SUPPRESSED, admitted: REPEATED, unit: 'flight' },
  transaction: { suppressed: SUPPRESSED, admitted: 'none: effect and mark are one write', unit: 'flight' },
};

/** The verdict as a person reads it. */
export function verdictText(run: DemoRun, checks: readonly Check[]): string {
  const { findings, deliveries, seconds } = run;
  const { suppressed, admitted: repeated, unit } = WORDS[run.options.remember];
  const rows: [string, number, string][] = [
    ['records on the topic', findings.records, `${findings.producerDuplicates} of them written twice by the producer`],
    ['delivered to the function', deliveries, 'retries and redeliveries included'],
    ['effects in the database', findings.effects, 'accepted by it, as the pass-through saw'],
    ['suppressed', findings.suppressed, suppressed],
    ['admitted', findings.admitted, repeated],
    ['by zombies', findings.zombieEffects, 'effects of workers whose claim was gone when they were accepted'],
    ['twice', findings.twice, 'repeated without such a cause'],
    ['lost', findings.lost, `${unit}s without an effect`],
    ['out of order', findings.outOfOrder, 'within a key'],
    ['parked', findings.parked, 'records that can never work, each with its dead letter'],
    ['open', findings.open, 'records not resolved'],
  ];
  const table = rows.map(([name, count, words]) => `  ${name.padEnd(26)}${String(count).padStart(7)}   ${words}`);
  const admitted = admittedEffects(run).map(
    ({ partition, offset, cause, flight: { origin, delay } }) =>
      `  admitted: partition ${partition}, offset ${offset} (${origin}, ${delay} minutes), because of the ${cause}`,
  );
  const letters = run.letters.letters.map(
    ({ partition, offset, attempts, error, copies }) =>
      `  parked: partition ${partition}, offset ${offset}, after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} (${error})` +
      copies.map((cause) => `; its letter is there once more because of the ${cause ?? 'unknown'}`).join(''),
  );
  const verdicts = checks.map(({ claim, ok, found }) => (ok ? `  ok      ${claim}` : `  FAILED  ${claim}: ${found}`));
  const failed = checks.filter(({ ok }) => !ok).length;
  const verdict =
    failed === 0
      ? `The verdict holds: every ${unit} counts once. (${seconds.toFixed(1)} s)`
      : `The verdict does NOT hold: ${failed} of ${checks.length} checks failed. (${seconds.toFixed(1)} s)`;
  return ['', ...table, ...admitted, ...letters, '', ...verdicts, '', verdict].join('\n');
}
