import type { Application } from '../../local/run/local-run';
import { findAppOutput } from '../../local/template/app-output';
import { readBuckets } from '../../local/template/buckets';
import { readKafkaMappings } from '../../local/template/kafka-mappings';
import { readQueues } from '../../local/template/queues';
import { readStack } from '../../local/template/stack';
import { readTables } from '../../local/template/tables';
import type { LocalArguments } from './arguments';

/** What the arguments name: the mappings of a template, and all its tables, queues and buckets. */
export function readApplication(given: LocalArguments): Application {
  const output = findAppOutput({
    ...(given.app !== undefined && { app: given.app }),
    ...(given.template !== undefined && { template: given.template }),
  });
  const stack = readStack(output, {
    ...(given.stack !== undefined && { stack: given.stack }),
    parameters: given.parameters,
  });
  return {
    mappings: readKafkaMappings(stack, {
      ...(given.function !== undefined && { function: given.function }),
      ...(given.mapping !== undefined && { mapping: given.mapping }),
    }),
    tables: readTables(stack),
    queues: readQueues(stack),
    buckets: readBuckets(stack),
  };
}
