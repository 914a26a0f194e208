import { Token } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { DEFAULT_BATCH_SIZE, DEFAULT_MEMORY_MB, MEMORY_FLOORS } from '../../../contract/limits';
import type { KafkaMappingProps } from '../../kafka-mapping-props';
import { PropsError } from '../props-error';

/** In whole MB. Source: Lambda quotas. */
const MAXIMUM_MB = 10_240;

/** A function without the memory for a full event ends at it, again and again, and its partitions stand still. */
export function checkMemory(
  scope: IConstruct,
  { function: fn, batchSize = DEFAULT_BATCH_SIZE }: KafkaMappingProps,
): void {
  const { memorySize = DEFAULT_MEMORY_MB } = fn.node.defaultChild as lambda.CfnFunction;
  if (Token.isUnresolved(memorySize)) return;
  const records = Token.isUnresolved(batchSize) ? 1 : batchSize;
  const floor = MEMORY_FLOORS.find((one) => records <= one.records) ?? MEMORY_FLOORS[0];
  if (Number.isInteger(memorySize) && memorySize >= floor.memoryMb && memorySize <= MAXIMUM_MB) return;
  if (memorySize > MAXIMUM_MB) throw tooMuch(scope, memorySize);
  throw new PropsError(scope, {
    prop: 'memorySize',
    received: memorySize,
    accepted: `at least ${floor.memoryMb} MB for batches of ${Token.isUnresolved(batchSize) ? 'any size' : records}`,
    change: 'Raise the memory of the function: an invocation that runs out of it ends, returns, and ends again.',
  });
}

function tooMuch(scope: IConstruct, memorySize: number): PropsError {
  return new PropsError(scope, {
    prop: 'memorySize',
    received: memorySize,
    accepted: `at most ${MAXIMUM_MB} MB`,
    change: 'Lower it: Lambda has no more.',
  });
}
