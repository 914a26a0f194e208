import type { IConstruct } from 'constructs';
import { ERROR_CODES, ERROR_SYMBOL, type ErrorCode } from '../../contract/error-codes';

/** What a person needs to repair a prop. */
export interface PropsProblem {
  /** The prop as the user wrote it. */
  readonly prop: string;
  readonly received: unknown;
  readonly accepted: string;
  /** What to do, as a sentence. */
  readonly change: string;
}

/** A construct was given something that could not be deployed, or would not do what the user means. */
export class PropsError extends Error {
  override readonly name = 'PropsError';
  readonly [ERROR_SYMBOL]: ErrorCode = ERROR_CODES.propsInvalid;
  readonly constructPath: string;

  constructor(scope: IConstruct, problem: PropsProblem) {
    const { prop, received, accepted, change } = problem;
    const shown = received === undefined ? 'missing' : JSON.stringify(received);
    super(`${scope.node.path}: ${prop} is ${shown}, accepted is ${accepted}. ${change} (${ERROR_CODES.propsInvalid})`);
    this.constructPath = scope.node.path;
  }
}
