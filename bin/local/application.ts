import type { Application } from '../../local/run/local-run';
import { findAppOutput } from '../../local/template/app-output';
import { readKafkaMappings } from '../../local/template/kafka-mappings';
import { readStack } from '../../local/template/stack';
import { readTables } from '../../local/template/tables';
import type { LocalArguments } from './arguments';

/** What the arguments name: the mappings of a template, and all its tables. */
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
  };
}
