/**
 * Two warnings of kafkajs 2.2.4 that mean nothing to our users. Those of other code are left alone.
 * It sets a timer of minus the current time after each answer (its requestQueue, `scheduleCheckPendingRequests`), which
 * Node.js takes for 1 ms, and from version 24 on tells. And it lets go of a socket again and again that is still being
 * connected, while a broker is away.
 */
const MEANINGLESS: readonly string[] = ['TimeoutNegativeWarning', 'MaxListenersExceededWarning'];

export function quietKafkajs(): void {
  if (quiet) return;
  quiet = true;
  const emitWarning = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]) => {
    const [warning, type] = args;
    const name = warning instanceof Error ? warning.name : String(type);
    if (MEANINGLESS.includes(name) && new Error().stack?.includes('kafkajs')) return;
    emitWarning(...args);
  };
}

let quiet = false;
