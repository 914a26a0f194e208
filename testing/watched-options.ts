import { isThenable } from '../handlers/core/thenable';
import type { Journal } from './journal';
import { type Place, recordName } from './record-name';
import type { TestTime } from './test-time';
import { never, type Worker } from './worker';

type UserCode = (...given: unknown[]) => unknown;

/** What the effects are in; everything else that a user hands over decides and decodes. */
const EFFECTS: readonly string[] = ['process', 'processBatch'];

/**
 * A user's options as a worker has them: time stands still while their code works, nothing of it is called once the
 * worker is dead, and each run over a record is written down.
 */
export function watchedOptions<Options extends object>(
  options: Options,
  worker: Worker,
  time: TestTime,
  journal: Journal,
): Options {
  const guarded =
    (call: UserCode): UserCode =>
    (...given) =>
      worker.isDead ? never : time.hold(() => call(...given), worker.death);
  const members = Object.entries(options).map(([name, member]: [string, unknown]) => {
    if (isCode(member)) {
      const errorsOf = name === 'processBatch' ? errorsIn : noErrors;
      return [name, guarded(EFFECTS.includes(name) ? written(member, worker, journal, errorsOf) : member)];
    }
    return [name, isCodec(member) ? watchedCodec(member, guarded) : member];
  });
  return Object.fromEntries(members) as Options;
}

type ErrorsOf = (result: unknown) => ReadonlyMap<string, unknown>;

function written(effect: UserCode, worker: Worker, journal: Journal, errorsOf: ErrorsOf): UserCode {
  return (...given) => {
    const runs = journal.begin(placesIn(given[0]), worker);
    journal.crash('before effect', runs, worker);
    if (worker.isDead) return never;
    const resolved = (result: unknown) => {
      const errors = errorsOf(result);
      for (const run of runs) {
        journal.end([run], worker, errors.has(run.record) ? { error: errors.get(run.record) } : undefined);
      }
      const ended = runs.filter(({ record }) => !errors.has(record));
      journal.crash('after effect', ended, worker);
      return worker.isDead ? never : result;
    };
    const rejected = (error: unknown): never => {
      journal.end(runs, worker, { error });
      throw error;
    };
    let result: unknown;
    try {
      result = effect(...given);
    } catch (error) {
      return rejected(error);
    }
    return isThenable(result) ? Promise.resolve(result).then(resolved, rejected) : resolved(result);
  };
}

/** Other members of a codec are its own. */
function watchedCodec(codec: object, guarded: (call: UserCode) => UserCode): object {
  return new Proxy(codec, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      return isCode(member) ? guarded(member.bind(target)) : member;
    },
  });
}

const isCode = (member: unknown): member is UserCode => typeof member === 'function';
const isCodec = (member: unknown): member is object =>
  typeof member === 'object' && member !== null && 'decode' in member && typeof member.decode === 'function';

const NO_ERRORS: ReadonlyMap<string, unknown> = new Map();
/** What `process` returns is nothing to us. */
const noErrors = () => NO_ERRORS;

/** What `processBatch` says of records that failed, by their names. */
function errorsIn(result: unknown): ReadonlyMap<string, unknown> {
  const failed = typeof result === 'object' && result !== null && 'failed' in result ? result.failed : undefined;
  const entries: readonly { readonly record?: unknown; readonly error?: unknown }[] = Array.isArray(failed)
    ? failed.filter((entry) => typeof entry === 'object' && entry !== null)
    : [];
  return new Map(
    entries.flatMap(({ record, error }) => placesIn(record).map((place) => [recordName(place), error] as const)),
  );
}

/** `process` gets a record, `processBatch` several. */
function placesIn(given: unknown): (Place & { readonly attempt?: number })[] {
  const records: readonly unknown[] = Array.isArray(given) ? given : [given];
  return records.filter(
    (record): record is Place => typeof record === 'object' && record !== null && 'offset' in record,
  );
}
