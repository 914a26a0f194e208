import type { Effect, Evidence } from './evidence';
import type { Observation } from './observation';
import { Stalls } from './stalls';
import { holdName, holdOf } from './units';

/** Something that came between an effect and its mark. */
export interface Excuse {
  readonly index: number;
  readonly cause: string;
}

/** Source: protocol D1, the least that is kept back at the end of an invocation for abort, marks and answer. */
const LAST_MARK_MS = 1_000;

interface SentMark {
  readonly index: number;
  readonly sentAtMs: number | undefined;
}

type Ending = Extract<Observation, { readonly kind: 'answered' | 'failed' }>;

/** What may keep a worker from marking an effect, as the promises of ledger and identity have it. */
export class Excuses {
  readonly #evidence: Evidence;
  /** Marks that a fault kept from the database, by worker and hold. */
  readonly #lostMarks = new Map<string, number[]>();
  /** Accepted marks, by worker and hold. */
  readonly #marks = new Map<string, SentMark[]>();
  readonly #stalls: Stalls;
  /** Ends of invocations, by worker. */
  readonly #endings = new Map<string, number[]>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
    this.#stalls = new Stalls(evidence.observations);
    evidence.observations.forEach((observation, index) => {
      if (isEnding(observation)) push(this.#endings, observation.worker, index);
      else if (observation.kind === 'write-lost' && observation.write === 'mark') {
        push(this.#lostMarks, `${observation.worker} ${holdName(observation)}`, index);
      } else if (observation.kind === 'mark') {
        const { worker, sentAtMs } = observation;
        push(this.#marks, `${worker} ${holdName(observation)}`, { index, sentAtMs });
      }
    });
  }

  /** What kept an effect from its mark, the first before `index`. */
  unmarked(effect: Effect, index: number): Excuse | undefined {
    const excuses = [
      this.#death(effect),
      this.#leaseLoss(effect),
      this.#failedRun(effect),
      this.#lostMark(effect),
      this.#stalledToTheEnd(effect),
    ];
    const excuse = first(excuses, index);
    return excuse && this.#wasFlushedOver(effect, excuse.index) ? undefined : excuse;
  }

  /** What had come before the effect landed, where its worker sent it in time: an abort takes nothing back. */
  late(effect: Effect): Excuse | undefined {
    const failed = this.#failedRun(effect);
    if (failed && failed.index < effect.index) return failed;
    const { tenures, closings, deaths } = this.#evidence;
    const own = tenures.before(this.#hold(effect), effect.index, effect.worker);
    const hasMarked = ({ index, worker }: { index: number; worker: string }) =>
      worker === effect.worker && own !== undefined && index > own.from && index < effect.index;
    if (own === undefined || closings.of(effect.fact).some(hasMarked)) return undefined;
    const death = deaths.get(effect.worker);
    const loss = this.#leaseLoss(effect);
    return first([death, loss], effect.index);
  }

  /** What had finished, may be unmarked for `checkpointMs`: for longer only if its mark was on its way. */
  #death(effect: Effect): Excuse | undefined {
    const { deaths, runs, promised, closings } = this.#evidence;
    const death = deaths.get(effect.worker);
    if (death === undefined || promised.checkpointMs === undefined || death.atMs === undefined) return death;
    const run = runs.ofEffect(effect.index);
    if (run !== undefined && run.result !== 'resolved') return death;
    const finishedAtMs = run === undefined ? effect.atMs : run.endedAtMs;
    const { atMs } = death;
    if (finishedAtMs === undefined) return death;
    if (atMs - finishedAtMs - this.#stalls.between(effect.worker, finishedAtMs, atMs) <= promised.checkpointMs)
      return death;
    const wasSent = closings
      .of(effect.fact)
      .some(({ worker, sentAtMs }) => worker === effect.worker && sentAtMs !== undefined && sentAtMs <= atMs);
    return wasSent ? death : undefined;
  }

  /** What a worker had started under its lease stands; what it started without one does not. */
  #leaseLoss(effect: Effect): Excuse | undefined {
    const { tenures, runs, deaths, promised } = this.#evidence;
    const hold = this.#hold(effect);
    const run = runs.ofEffect(effect.index);
    const index = tenures.lossOf(hold, effect.worker, run?.startedAt ?? effect.index);
    // The lease of a dead worker runs out too.
    if (index === undefined || (deaths.get(effect.worker)?.index ?? index) < index) return undefined;
    const tenure = run && tenures.before(hold, run.startedAt);
    if (tenure && (tenure.worker !== effect.worker || tenure.endMs < (run.startedAtMs ?? tenure.atMs)))
      return undefined;
    const own = tenures.before(hold, index, effect.worker);
    if (promised.keepsLeases && own && this.#stalls.between(effect.worker, own.atMs, own.endMs) === 0) return undefined;
    const hadItsTime = (this.#endings.get(effect.worker) ?? []).some((end) => end > effect.index && end < index);
    return hadItsTime && promised.seesLostWrites ? undefined : { index, cause: 'lease lost' };
  }

  /** User code itself reported the run as failed: nobody else can know that its effect happened. */
  #failedRun(effect: Effect): Excuse | undefined {
    const run = this.#evidence.runs.ofEffect(effect.index);
    const failed = run?.result === 'rejected' || run?.result === 'aborted';
    return failed && run.endedAt !== undefined ? { index: run.endedAt, cause: 'failed run' } : undefined;
  }

  #lostMark(effect: Effect): Excuse | undefined {
    const lost = this.#lostMarks.get(`${effect.worker} ${this.#hold(effect)}`);
    const index = lost?.find((one) => one > effect.index);
    return index === undefined ? undefined : { index, cause: 'mark lost' };
  }

  /** The worker stood still until there was no time left to write a mark. */
  #stalledToTheEnd(effect: Effect): Excuse | undefined {
    const { observations } = this.#evidence;
    const index = this.#endings.get(effect.worker)?.find((end) => end > effect.index);
    const endMs = index === undefined ? undefined : observations[index]?.atMs;
    if (index === undefined || endMs === undefined || effect.atMs === undefined) return undefined;
    const stoodMs = this.#stalls.between(effect.worker, Math.max(effect.atMs, endMs - 2 * LAST_MARK_MS), endMs);
    return stoodMs >= LAST_MARK_MS ? { index, cause: 'stalled to the end' } : undefined;
  }

  /** Whether a mark that the worker sent after the end of the run left the record out: then it is not since the last flush. */
  #wasFlushedOver(effect: Effect, before: number): boolean {
    const run = this.#evidence.runs.ofEffect(effect.index);
    if (run?.result !== 'resolved' || run.endedAt === undefined) return false;
    const { endedAt, endedAtMs } = run;
    const isLater = ({ index, sentAtMs }: SentMark) =>
      index > endedAt && index < before && (sentAtMs === undefined || endedAtMs === undefined || sentAtMs > endedAtMs);
    return (this.#marks.get(`${effect.worker} ${this.#hold(effect)}`) ?? []).some(isLater);
  }

  #hold({ fact }: Effect): string {
    return holdOf(this.#evidence.promised, fact);
  }
}

function isEnding(observation: Observation): observation is Ending {
  return observation.kind === 'answered' || observation.kind === 'failed';
}

function first(excuses: readonly (Excuse | undefined)[], before: number): Excuse | undefined {
  return excuses
    .filter((excuse) => excuse !== undefined)
    .filter(({ index }) => index < before)
    .sort((a, b) => a.index - b.index)[0];
}

function push<Member>(map: Map<string, Member[]>, name: string, member: Member): void {
  const list = map.get(name);
  if (list) list.push(member);
  else map.set(name, [member]);
}
