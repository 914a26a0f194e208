import { isThenable } from '../handlers/core/thenable';
import type { Journal } from './journal';
import type { Place } from './record-name';
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
    if (isCode(member)) return [name, guarded(EFFECTS.includes(name) ? written(member, worker, journal) : member)];
    return [name, isCodec(member) ? watchedCodec(member, guarded) : member];
  });
  return Object.fromEntries(members) as Options;
}

function written(effect: UserCode, worker: Worker, journal: Journal): UserCode {
  return (...given) => {
    const runs = journal.begin(placesIn(given[0]), worker);
    journal.crash('before effect', runs, worker);
    if (worker.isDead) return never;
    const resolved = (result: unknown) => {
      journal.end(runs, worker, undefined);
      journal.crash('after effect', runs, worker);
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

/** `process` gets a record, `processBatch` several. */
function placesIn(given: unknown): (Place & { readonly attempt?: number })[] {
  const records: readonly unknown[] = Array.isArray(given) ? given : [given];
  return records.filter(
    (record): record is Place => typeof record === 'object' && record !== null && 'offset' in record,
  );
}
