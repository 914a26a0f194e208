/** The verdict must be seen to fail: for each check a run in which nothing else is wrong. */
import type { Flight } from '../../../bin/demo/flights';
import { reportOf, verdictText } from '../../../bin/demo/report';
import type { DemoRun } from '../../../bin/demo/run-assembly';
import type { Fault } from '../../../bin/demo/script';
import { checksOf } from '../../../bin/demo/verdict';
import type { Findings } from '../../../local/oracle/findings';

const flight = (origin: string, delay: number): Flight => ({
  date: `2001-01-01 00:0${Math.abs(delay) % 10}`,
  delay,
  distance: 100,
  origin,
  destination: 'SFO',
});

const FLIGHTS = [flight('ATL', 5), flight('ATL', -2), flight('BOS', 0)];

const FINDINGS: Findings = {
  records: 4,
  producerDuplicates: 1,
  effects: 3,
  suppressed: 1,
  open: 0,
  lost: 0,
  repeated: [],
  admitted: 0,
  twice: 0,
  outOfOrder: 0,
  foreign: 0,
  parked: 0,
  zombieEffects: 0,
  zombieWrites: 0,
  violations: [],
};

const FAULTS: Fault[] = [
  { name: 'failing-record', partition: 0, offset: 0, happened: true },
  { name: 'crash', partition: 0, offset: 1, happened: true },
  { name: 'time-out', partition: 1, offset: 0, happened: true },
  { name: 'rebalance', partition: 1, offset: 1, happened: true },
];

const OPTIONS = {
  kafka: false,
  seed: 1,
  records: 3,
  reading: 'listed',
  mode: 'partial',
  remember: 'identity',
} as const;

function run(changes: Partial<DemoRun> = {}): DemoRun {
  return {
    options: OPTIONS,
    flights: FLIGHTS,
    findings: FINDINGS,
    letters: { letters: [], violations: [] },
    flightAt: new Map(FLIGHTS.map((one, offset) => [`0@${offset}`, one])),
    faults: FAULTS,
    placed: undefined,
    deliveries: 9,
    counters: { ATL: { flights: 2, delayMinutes: 3 }, BOS: { flights: 1, delayMinutes: 0 } },
    complaints: [],
    blocked: false,
    seconds: 1,
    ...changes,
  };
}

const found = (findings: Partial<Findings>) => run({ findings: { ...FINDINGS, ...findings } });
const failedClaims = (given: DemoRun) =>
  checksOf(given)
    .filter(({ ok }) => !ok)
    .map(({ claim, found: what }) => `${claim}: ${what}`);

/** Its flight of 5 minutes from Atlanta counts twice, and so it should. */
const CRASHED: Partial<DemoRun> = {
  findings: {
    ...FINDINGS,
    effects: 4,
    admitted: 1,
    repeated: [{ partition: 0, offset: 0, identity: 'a', cause: 'crash' }],
  },
  counters: { ATL: { flights: 3, delayMinutes: 8 }, BOS: { flights: 1, delayMinutes: 0 } },
};

describe('holds', () => {
  test('when everything is as it must be', () => {
    expect(failedClaims(run())).toEqual([]);
  });

  test('with a repeat that claims admit, if the counters show it', () => {
    expect(failedClaims(run(CRASHED))).toEqual([]);
  });
});

describe('fails, and says where', () => {
  test.each<[string, DemoRun, string]>([
    ['a lost flight', found({ lost: 1 }), 'every flight took effect: 1 flights'],
    ['a flight twice', found({ twice: 2 }), 'no flight took effect twice'],
    ['an effect of no record', found({ foreign: 1 }), 'no flight took effect twice'],
    [
      'a stolen claim',
      found({ violations: [{ rule: 'overlap', at: 4, unit: 'a', text: 'w2 claimed a too early' }] }),
      'no worker claimed or marked what another one held: w2 claimed a too early',
    ],
    [
      'an effect out of order',
      found({ outOfOrder: 3 }),
      'within a key, first effects came in the order of the topic: 3',
    ],
    ['an open record', found({ open: 1 }), 'every record is resolved and committed: 1'],
    ['a blocked partition', run({ blocked: true }), 'every record is resolved and committed'],
    [
      'a complaint',
      run({ complaints: ['a text instead of a report'] }),
      'the function answered as the service wants it: a text',
    ],
  ])('%s', (_, given, claim) => {
    const failed = failedClaims(given);

    expect(failed).toHaveLength(1);
    expect(failed[0]).toContain(claim);
  });

  test.each(FAULTS.map((fault) => [fault.name, fault] as const))(
    'a %s that did not happen, by its name',
    (_, fault) => {
      const faults = FAULTS.map((one) => ({ ...one, happened: one !== fault }));

      const failed = failedClaims(run({ faults }));

      expect(failed).toHaveLength(1);
      expect(failed[0]).toContain(`partition ${fault.partition}, offset ${fault.offset}`);
      expect(failed[0]).toContain('it did not happen');
    },
  );

  test('all four faults are told apart in words', () => {
    const claims = checksOf(run()).map(({ claim }) => claim);

    expect(new Set(claims).size).toBe(claims.length);
    expect(claims.join('\n')).toMatch(/failed twice[\s\S]*kill -9[\s\S]*time-out[\s\S]*moved/);
  });
});

describe('counters', () => {
  test.each<[string, DemoRun['counters'], string]>([
    [
      'one flight too many',
      { ATL: { flights: 3, delayMinutes: 3 }, BOS: { flights: 1, delayMinutes: 0 } },
      'ATL has 3 flights and 3 minutes instead of 2 and 3',
    ],
    [
      'one flight too few',
      { ATL: { flights: 1, delayMinutes: 3 }, BOS: { flights: 1, delayMinutes: 0 } },
      'ATL has 1 flights',
    ],
    [
      'one minute too many',
      { ATL: { flights: 2, delayMinutes: 4 }, BOS: { flights: 1, delayMinutes: 0 } },
      '4 minutes instead of 2 and 3',
    ],
    ['a flight without delay that is missing', { ATL: { flights: 2, delayMinutes: 3 } }, 'BOS has 0 flights'],
    [
      'an airport that is not in the file',
      {
        ATL: { flights: 2, delayMinutes: 3 },
        BOS: { flights: 1, delayMinutes: 0 },
        XXX: { flights: 1, delayMinutes: 0 },
      },
      'XXX has 1 flights',
    ],
    [
      'no number',
      { ATL: { flights: Number.NaN, delayMinutes: 3 }, BOS: { flights: 1, delayMinutes: 0 } },
      'ATL has NaN flights',
    ],
    ['none at all', {}, 'ATL has 0 flights'],
  ])('%s', (_, counters, words) => {
    const failed = failedClaims(run({ counters }));

    expect(failed).toHaveLength(1);
    expect(failed[0]).toContain(words);
  });

  test('an admitted repeat that the counters do not show', () => {
    expect(failedClaims(run({ ...CRASHED, counters: run().counters }))).toEqual([
      expect.stringContaining('ATL has 2 flights'),
    ]);
  });

  test('a repeat that is not admitted and that the counters show', () => {
    const findings = {
      ...FINDINGS,
      twice: 1,
      repeated: [{ partition: 0, offset: 0, identity: 'a', cause: undefined }],
    };

    const failed = failedClaims(run({ findings, counters: CRASHED.counters ?? {} }));

    expect(failed).toEqual([
      expect.stringContaining('took effect twice'),
      expect.stringContaining('ATL has 3 flights'),
    ]);
  });
});

describe('by offset ledger', () => {
  const options = { ...OPTIONS, remember: 'ledger' } as const;
  // The last record of the topic is the first flight once more.
  const flightAt = new Map([...FLIGHTS, FLIGHTS[0] as Flight].map((one, offset) => [`0@${offset}`, one]));
  const counters = { ATL: { flights: 3, delayMinutes: 8 }, BOS: { flights: 1, delayMinutes: 0 } };
  const findings = { ...FINDINGS, effects: 4, suppressed: 0 };

  test('a flight that was written twice counts twice', () => {
    expect(failedClaims(run({ options, flightAt, findings, counters }))).toEqual([]);
    expect(failedClaims(run({ options, flightAt, findings }))).toEqual([
      expect.stringMatching(/producer duplicates included.*: ATL has 2 flights and 3 minutes instead of 3 and 8/),
    ]);
  });

  test('what a dead worker left unmarked is admitted', () => {
    const repeated = [{ partition: 0, offset: 2, identity: 'c', cause: 'crash' }];
    const crashed = { ...findings, effects: 5, admitted: 1, repeated };

    expect(
      failedClaims(
        run({
          options,
          flightAt,
          findings: crashed,
          counters: { ...counters, BOS: { flights: 2, delayMinutes: 0 } },
        }),
      ),
    ).toEqual([]);
  });

  test('speaks of records', () => {
    const given = run({ options, flightAt, findings, counters });

    expect(verdictText(given, checksOf(given))).toContain('every record counts once');
    expect(checksOf(given).map(({ claim }) => claim)).toContain('every record took effect');
  });
});

describe('by transaction', () => {
  const options = { ...OPTIONS, remember: 'transaction' } as const;

  test('holds when nothing is repeated', () => {
    expect(failedClaims(run({ options }))).toEqual([]);
  });

  test('a repeat fails, whatever its cause and though the counters show it', () => {
    expect(failedClaims(run({ ...CRASHED, options }))).toEqual([
      'no flight took effect twice, whatever died: 1 repeated effects, 0 of no record',
    ]);
  });

  test('its faults are told by the transaction, and dying before it is one of them', () => {
    const faults: Fault[] = [...FAULTS, { name: 'crash-before', partition: 2, offset: 0, happened: true }];

    const claims = checksOf(run({ options, faults })).map(({ claim }) => claim);

    expect(new Set(claims).size).toBe(claims.length);
    expect(claims).toContain(
      'the scripted fault happened: the worker was killed (kill -9) as it sent the transaction of partition 2, offset 0',
    );
    expect(claims.join('\n')).not.toContain('before its mark');
  });
});

describe('the report', () => {
  test('has the shape that was settled, and is ok exactly when every check is', () => {
    const given = run(CRASHED);

    const report = reportOf(given, checksOf(given));

    expect(report).toEqual({
      ok: true,
      options: OPTIONS,
      records: 4,
      producerDuplicates: 1,
      deliveries: 9,
      effects: 4,
      suppressed: 1,
      open: 0,
      lost: 0,
      twice: 0,
      admitted: 1,
      outOfOrder: 0,
      parked: 0,
      faults: FAULTS,
      admittedEffects: [{ partition: 0, offset: 0, cause: 'crash', airport: 'ATL', delayMinutes: 5 }],
      failedChecks: [],
      complaints: [],
      letters: [],
      counters: CRASHED.counters,
      seconds: 1,
    });
  });

  test('a failed run says so in JSON and in words', () => {
    const given = found({ lost: 1 });

    const [report, text] = [reportOf(given, checksOf(given)), verdictText(given, checksOf(given))];

    expect(report.ok).toBe(false);
    expect(report.failedChecks).toEqual(['every flight took effect: 1 flights have no effect']);
    expect(text).toContain('FAILED  every flight took effect: 1 flights have no effect');
    expect(text).toMatch(/The verdict does NOT hold: 1 of \d+ checks failed/);
  });

  test('a run that holds says so, with its admitted repeats by record and cause', () => {
    const given = run(CRASHED);

    const text = verdictText(given, checksOf(given));

    expect(text).toContain('The verdict holds');
    expect(text).toContain('partition 0, offset 0 (ATL, 5 minutes), because of the crash');
    expect(text).not.toContain('FAILED');
  });
});

describe('the dead letters', () => {
  const letter = { partition: 0, offset: 2, attempts: 1, error: 'MSK_ONCE_TOMBSTONE' };

  test('stand in JSON and in words, each with why it is there more than once', () => {
    const letters = [
      { ...letter, copies: ['crash'] },
      { ...letter, offset: 3, attempts: 5, error: 'Error', copies: [] },
    ];
    const given = run({ letters: { letters, violations: [] } });

    const [report, text] = [reportOf(given, checksOf(given)), verdictText(given, checksOf(given))];

    expect([report.ok, report.letters]).toEqual([true, letters]);
    expect(text).toContain(
      'partition 0, offset 2, after 1 attempt (MSK_ONCE_TOMBSTONE); its letter is there once more',
    );
    expect(text).toContain('because of the crash\n');
    expect(text).toContain('partition 0, offset 3, after 5 attempts (Error)\n');
  });

  test('P5: whatever is wrong with one fails the verdict', () => {
    const violations = [{ rule: 'letter-missing', unit: '0@2', text: '0@2 has no letter' }] as const;

    expect(failedClaims(run({ letters: { letters: [], violations } }))).toEqual([
      'every record that can never work ended as its dead letter, whole, and no other record did: 0@2 has no letter',
    ]);
  });

  test('a worker that dies behind one is told', () => {
    const faults: Fault[] = [{ name: 'crash-letter', partition: 2, offset: 7, happened: false }];

    expect(failedClaims(run({ faults }))).toEqual([
      'the scripted fault happened: the worker was killed (kill -9) after the dead letter of partition 2, offset 7, before its mark: it did not happen',
    ]);
  });
});
