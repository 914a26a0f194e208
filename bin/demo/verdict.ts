import type { Rule } from '../../local/oracle/findings';
import { totalsOf } from './flights';
import type { Remember } from './remember';
import type { DemoRun } from './run-assembly';
import type { Fault } from './script';

/** One line of the verdict. */
export interface Check {
  readonly claim: string;
  readonly ok: boolean;
  /** What was found where the claim does not hold. */
  readonly found: string;
}

const TRESPASSES: readonly Rule[] = ['overlap', 'stale-mark', 'stale-lease'];

/** Everything that must hold, in a person's words. */
export function checksOf(run: DemoRun): Check[] {
  const { findings, faults, complaints, options } = run;
  const { remember } = options;
  const unit = remember === 'ledger' ? 'record' : 'flight';
  const wrong = wrongCounters(run);
  const trespasses = findings.violations.filter(({ rule }) => TRESPASSES.includes(rule));
  return [
    {
      claim: `every ${unit} took effect`,
      ok: findings.lost === 0,
      found: `${findings.lost} ${unit}s have no effect`,
    },
    remember === 'transaction'
      ? {
          claim: 'no flight took effect twice, whatever died',
          ok: findings.twice === 0 && findings.admitted === 0 && findings.foreign === 0,
          found: `${findings.twice + findings.admitted} repeated effects, ${findings.foreign} of no record`,
        }
      : {
          claim: `no ${unit} took effect twice, but for what a death or an unanswered mark left open`,
          ok: findings.twice === 0 && findings.foreign === 0,
          found: `${findings.twice} repeated effects without such a cause, ${findings.foreign} of no record`,
        },
    {
      claim: 'no worker claimed or marked what another one held',
      ok: trespasses.length === 0,
      found: trespasses
        .slice(0, 3)
        .map(({ text }) => text)
        .join('; '),
    },
    {
      claim: 'within a key, first effects came in the order of the topic',
      ok: findings.outOfOrder === 0,
      found: `${findings.outOfOrder} came after a later one`,
    },
    {
      claim: 'every record is resolved and committed',
      ok: findings.open === 0 && !run.blocked,
      found: `${findings.open} records are open`,
    },
    {
      claim: 'every record that can never work ended as its dead letter, whole, and no other record did',
      ok: run.letters.violations.length === 0,
      found: run.letters.violations
        .slice(0, 3)
        .map(({ text }) => text)
        .join('; '),
    },
    {
      claim: COUNTERS[remember],
      ok: wrong.length === 0,
      found: wrong.slice(0, 5).join('; '),
    },
    ...faults.map(
      (fault): Check => ({
        claim: `the scripted fault happened: ${describeFault(fault, remember)}`,
        ok: fault.happened,
        found: 'it did not happen',
      }),
    ),
    {
      claim: 'the function answered as the service wants it',
      ok: complaints.length === 0,
      found: complaints.slice(0, 3).join('; '),
    },
  ];
}

const COUNTERS: Readonly<Record<Remember, string>> = {
  ledger: 'the counters are the totals of the topic, producer duplicates included, plus the admitted repeats',
  identity: 'the counters are the totals of the file plus the admitted repeats',
  transaction: 'the counters are the totals of the file',
};

export function describeFault({ name, partition, offset }: Fault, remember: Remember): string {
  const isTransaction = remember === 'transaction';
  const effect = `the ${isTransaction ? 'transaction' : 'effect'} of partition ${partition}, offset ${offset}`;
  const words: Record<Fault['name'], string> = {
    'failing-record': `${effect} failed twice`,
    crash: `the worker was killed (kill -9) after ${effect}, before its ${isTransaction ? 'answer' : 'mark'}`,
    'crash-before': `the worker was killed (kill -9) as it sent ${effect}`,
    'time-out': `the worker stood still after ${effect} until its time-out`,
    'crash-letter': `the worker was killed (kill -9) after the dead letter of partition ${partition}, offset ${offset}, before its mark`,
    rebalance: `the partition moved while ${effect} was on its way in the old invocation`,
  };
  return words[name];
}

/** The effects that the promise admits, each with its flight, in the order of the topic. */
export function admittedEffects({ findings, flightAt }: DemoRun) {
  return findings.repeated
    .flatMap(({ partition, offset, cause }) => {
      const flight = flightAt.get(`${partition}@${offset}`);
      return cause === undefined || flight === undefined ? [] : [{ partition, offset, cause, flight }];
    })
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

function wrongCounters(run: DemoRun): string[] {
  const { counters, options, flights, flightAt } = run;
  // Without identities a flight that was written twice is two records.
  const counted = options.remember === 'ledger' ? flightAt.values() : flights;
  const expected = totalsOf([...counted, ...admittedEffects(run).map(({ flight }) => flight)]);
  const airports = new Set([...Object.keys(expected), ...Object.keys(counters)]);
  return [...airports].flatMap((airport) => {
    const { flights: want = 0, delayMinutes: wantDelay = 0 } = expected[airport] ?? {};
    const { flights: got = 0, delayMinutes: gotDelay = 0 } = counters[airport] ?? {};
    if (want === got && wantDelay === gotDelay) return [];
    return [`${airport} has ${got} flights and ${gotDelay} minutes instead of ${want} and ${wantDelay}`];
  });
}
