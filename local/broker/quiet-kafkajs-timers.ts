/**
 * kafkajs 2.2.4 sets a timer of minus the current time after each answer (its requestQueue, `scheduleCheckPendingRequests`).
 * Node takes it for 1 ms, and from version 24 on prints a TimeoutNegativeWarning, which means nothing to our users.
 * Warnings of other timers are left alone.
 */
export function quietKafkajsTimers(): void {
  if (quiet) return;
  quiet = true;
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    if (args[1] === 'TimeoutNegativeWarning' && new Error().stack?.includes('kafkajs')) return;
    emitWarning(...args);
  };
}

let quiet = false;
