import { writeFileSync } from 'node:fs';
import { EXIT } from '../../contract/error-codes';
import { LocalError } from '../../local/errors';
import { REAL_TIME } from '../../local/time';
import { type Interruption, interruption } from '../local/interruption';
import { progressLine } from '../progress-line';
import { type RedriveArguments, readArguments, USAGE } from '../redrive/arguments';
import { awsError } from '../redrive/aws-errors';
import { regionOfQueue } from '../redrive/client-settings';
import { openLambdaInvoke } from '../redrive/lambda-invoke';
import type { LetterStore } from '../redrive/letter-store';
import { openStore } from '../redrive/open-store';
import { Rate } from '../redrive/rate';
import { type RedriveEnd, RedriveRun } from '../redrive/redrive-run';
import { Redriver } from '../redrive/redriver';
import { exitCodeOf, type RedriveResult, reportOf } from '../redrive/report';
import { survey } from '../redrive/survey';
import { Tally } from '../redrive/tally';
import { leftTeller, progressText, resultText, waitingText } from '../redrive/texts';

/** Runs the command and returns its exit code. */
export async function redrive(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  if (given === undefined) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  const line = progressLine(process.stderr);
  const interrupted = interruption({ say: (text) => line.say(text) });
  try {
    const result = await resultOf(given, line, interrupted);
    if (given.json !== undefined) writeFileSync(given.json, `${JSON.stringify(reportOf(result), null, 2)}\n`);
    // There is nothing to tell but that.
    if (result.end.kind === 'stopped' && result.tally.letters === 0) throw result.end.error;
    line.say('');
    process.stdout.write(`${resultText(result)}\n`);
    return exitCodeOf(result);
  } finally {
    interrupted.done();
  }
}

type Line = ReturnType<typeof progressLine>;

async function resultOf(
  given: RedriveArguments,
  line: Line,
  { signal: stopping }: Interruption,
): Promise<RedriveResult> {
  const { from: place, holdS, apply } = given;
  const region = given.function.region;
  const store = await openStore({
    place,
    env: process.env,
    region,
    holdS,
    time: REAL_TIME,
    waitsForOthers: apply,
    onWaiting: (...waiting) => line.say(`  ${waitingText(...waiting)}`),
    stopping,
  }).catch((error: unknown) => {
    throw awsError(error, 'open the store of the letters');
  });
  const run = apply ? applied : surveyed;
  let done: Done;
  let notes: readonly string[];
  try {
    done = await run(given, store, line, stopping);
  } finally {
    notes = await store.close();
  }
  return { given, store: store.name, hasMore: store.hasMore, notes, ...done };
}

interface Done {
  readonly tally: Tally;
  readonly end: RedriveEnd;
}

async function surveyed(
  { filter }: RedriveArguments,
  store: LetterStore,
  line: Line,
  stopping: AbortSignal,
): Promise<Done> {
  const tally = new Tally();
  const onProgress = () => line.update(`${tally.letters} letters read`);
  const error = await survey({ store, filter, tally, stopping, onProgress }).catch(localError);
  if (error) return { tally, end: { kind: 'stopped', error } };
  return { tally, end: { kind: stopping.aborted ? 'interrupted' : 'finished' } };
}

async function applied(given: RedriveArguments, store: LetterStore, line: Line, stopping: AbortSignal): Promise<Done> {
  const { filter, rate, from } = given;
  const invoke = await openLambdaInvoke(given.function, from.queue && regionOfQueue(from.queue.url));
  const run = new RedriveRun({
    store,
    filter,
    redriver: new Redriver(given.function.text, invoke),
    rate: new Rate(rate),
    time: REAL_TIME,
    fraction: Math.random,
    stopping,
    onProgress: (tally) => line.update(progressText(tally, store.expected)),
    onLeft: leftTeller((text) => line.say(text)),
  });
  const end = await run.run();
  return { tally: run.tally, end };
}

function localError(error: unknown): LocalError {
  if (error instanceof LocalError) return error;
  throw error;
}
