import { Token } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { PropsError } from '../props-error';

const OLDEST_NODE = 20;
const { OTHER, NODEJS } = lambda.RuntimeFamily;

/** Handlers are made by `processRecords`. What an image or a runtime of the user's own runs is not known here. */
export function checkRuntime(scope: IConstruct, { runtime: { family, name } }: lambda.Function): void {
  if (family === undefined || family === OTHER || Token.isUnresolved(name)) return;
  if (family === NODEJS && Number(/^nodejs(\d+)\.x$/.exec(name)?.[1] ?? 0) >= OLDEST_NODE) return;
  throw new PropsError(scope, {
    prop: 'runtime',
    received: name,
    accepted: `nodejs${OLDEST_NODE}.x or newer`,
    change:
      'Make the function with lambda.Runtime.NODEJS_24_X and a handler of processRecords: only such a one knows of the ' +
      'memory and the dead letters that it would get here.',
  });
}
