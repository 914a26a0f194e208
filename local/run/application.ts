import { findAppOutput } from '../template/app-output';
import { readBuckets } from '../template/buckets';
import { readKafkaMappings } from '../template/kafka-mappings';
import { readQueues } from '../template/queues';
import { readStack } from '../template/stack';
import { readTables } from '../template/tables';
import type { Application } from './local-run';

/** Which mappings of which template. */
export interface ApplicationOptions {
  /** A folder that `cdk synth` wrote. @default that of cdk.json, or SAM's, in the working directory */
  readonly app?: string | undefined;
  /** A template file of CloudFormation or SAM instead. @default none */
  readonly template?: string | undefined;
  /** By its name. @default the only one */
  readonly stack?: string | undefined;
  /** Only this function's mappings: by logical id, construct path or name. @default all functions */
  readonly function?: string | undefined;
  /** Only this mapping: by logical id or construct path. @default all mappings */
  readonly mapping?: string | undefined;
  /** Values for parameters of the template. @default their own defaults */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What the options name: the mappings of a template, and all its tables, queues and buckets. */
export function readApplication(given: ApplicationOptions): Application {
  const output = findAppOutput({
    ...(given.app !== undefined && { app: given.app }),
    ...(given.template !== undefined && { template: given.template }),
  });
  const stack = readStack(output, {
    ...(given.stack !== undefined && { stack: given.stack }),
    ...(given.parameters !== undefined && { parameters: given.parameters }),
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

/** What LATEST is to deliver has to come after the start. */
export function readsFromLatest({ mappings }: Application): boolean {
  return mappings.some(({ startingPosition }) => startingPosition === 'LATEST');
}
