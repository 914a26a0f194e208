import { randomUUID } from 'node:crypto';
import type { InvocationContext, KafkaEvent } from '../../contract/event';
import { createProcessor, type Handler } from '../../handlers/create-processor';
import { readEnvironment } from '../../handlers/environment';
import { type ProcessRecordsOptions, settingsOf } from '../../handlers/options';
import type { Ports, Sleep } from '../../handlers/ports';
import { parseEvent } from '../../handlers/record/parse-event';
import { instantStore } from './instant-store';
import type { Order } from './order';

const sleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

export interface EngineCalls {
  /** The whole invocation, over a store that answers at once. */
  readonly handler: Handler;
  /** Reading the event alone. */
  readonly parse: Handler;
  /** Reading the event and decoding every value: what a function without any remembering does, too. */
  readonly decode: Handler;
}

/** What the engine's benchmark measures of one way of remembering. */
export function engineCalls(options: ProcessRecordsOptions<Order>): EngineCalls {
  const settings = settingsOf(options);
  const ports: Ports = {
    clock: { now: () => Date.now() },
    sleep,
    random: { fraction: Math.random, token: randomUUID },
    store: instantStore(),
    log: { info: () => undefined, error: (message, fields) => console.error(message, fields) },
    exit: (code) => process.exit(code),
  };
  return {
    handler: createProcessor(settings, readEnvironment(process.env).mappings, ports),
    async parse(event: unknown, _: InvocationContext) {
      parseEvent(event as KafkaEvent);
      return undefined;
    },
    async decode(event: unknown, _: InvocationContext) {
      for (const { records } of parseEvent(event as KafkaEvent)) {
        for (const { value } of records) if (value !== null) await settings.value.decode(value);
      }
      return undefined;
    },
  };
}
