import { DEFAULT_BATCH_SIZE, DEFAULT_MEMORY_MB, LIMITS, MEMORY_FLOORS } from '../../../contract/limits';
import { shown } from '../../../local/template/template-error';
import { error, type Judgement, unknown, warning } from '../finding';
import type { Rule } from '../rule';

const OLDEST_NODE = 20;
/** CPU comes with memory: 1,769 MB is one vCPU. Source: Lambda Developer Guide, function memory. */
const ENOUGH_MEMORY_MB = 512;

export const runtime: Rule = {
  name: 'runtime',
  *judge({ function: properties }): Iterable<Judgement> {
    const place = properties.path('Runtime');
    if (properties.text('PackageType') === 'Image') {
      const why = 'What runs in it was not judged.';
      yield unknown(
        properties.path('PackageType'),
        'is Image.',
        why,
        `See that it is Node.js ${OLDEST_NODE} or newer.`,
      );
      return;
    }
    const name = properties.text('Runtime');
    const version = Number(/^nodejs(\d+)\.x$/.exec(name ?? '')?.[1] ?? 0);
    if (version >= OLDEST_NODE) return;
    const found = name === undefined ? 'is not set.' : `is ${shown(name)}.`;
    yield error(place, found, `The runtime is for Node.js ${OLDEST_NODE} and newer.`, 'Write nodejs24.x.');
  },
};

export const timeout: Rule = {
  name: 'time-out',
  *judge({ function: properties }): Iterable<Judgement> {
    const place = properties.path('Timeout');
    const seconds = properties.value('Timeout');
    const { maximum } = LIMITS.functionTimeoutSeconds;
    if (seconds === undefined) {
      const why = "It is the service's default, 3 seconds, then: hardly a batch comes to its end in them.";
      yield warning(place, 'is not set.', why, 'Write 60, or the time of a whole batch and some more.');
    } else if (!Number.isInteger(Number(seconds)) || Number(seconds) < 1 || Number(seconds) > maximum) {
      const why = `Behind a Kafka mapping a function has 1 to ${maximum} seconds.`;
      const change = `Write ${maximum} or less: what is not done then goes on in the next invocation.`;
      yield error(place, `is ${shown(seconds)}.`, why, change);
    }
  },
};

export const memory: Rule = {
  name: 'memory',
  *judge({ function: properties, mapping }): Iterable<Judgement> {
    const place = properties.path('MemorySize');
    const value = properties.value('MemorySize') ?? DEFAULT_MEMORY_MB;
    const megabytes = Number(value);
    const records = Number(mapping.value('BatchSize') ?? DEFAULT_BATCH_SIZE);
    const floor = MEMORY_FLOORS.find((one) => records <= one.records)?.memoryMb ?? 0;
    const found = `is ${value} MB.`;
    if (!(megabytes >= floor)) {
      const why = `An event of 6 MB and ${records} records does not fit: the function ends at it, again and again.`;
      yield error(place, found, why, `Write 1024, and ${floor} at the least.`);
    } else if (megabytes < ENOUGH_MEMORY_MB) {
      const why = 'The CPU grows with the memory, and records are worked at side by side.';
      yield warning(place, found, why, 'Write 1024.');
    }
  },
};

export const concurrency: Rule = {
  name: 'concurrency',
  *judge({ function: properties, mapping }): Iterable<Judgement> {
    if (Number(properties.value('ReservedConcurrentExecutions') ?? 1) !== 0) return;
    if (mapping.boolean('Enabled') === false) return;
    const why = 'No invocation ever runs, and the pollers are throttled.';
    const change = 'Leave it out, or disable the mapping.';
    yield error(properties.path('ReservedConcurrentExecutions'), 'is 0.', why, change);
  },
};
