/** Thrown by a worker's `exit`, which must not return. */
export class WorkerEnded extends Error {}

/** Calls `report` for each promise that is rejected and not looked at from now on. Gives a function that ends it. */
export function watchUnhandled(report: (reason: unknown) => void): () => void {
  const listener = (reason: unknown) => {
    // What a dead worker leaves behind.
    if (!(reason instanceof WorkerEnded)) report(reason);
  };
  process.on('unhandledRejection', listener);
  return () => process.off('unhandledRejection', listener);
}
