import type { Worker } from './worker';

/**
 * A port as a worker sees it: with the worker's death it answers no more. Of a store, each of its doors. Every method
 * of a port is asked for a promise.
 */
export function mortal<Port extends object>(port: Port, worker: Worker): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member === 'object' && member !== null) return mortal(member, worker);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) => worker.alive(() => member.apply(target, given) as Promise<unknown>);
    },
  });
}
