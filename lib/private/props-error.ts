import { Construct, type IConstruct } from 'constructs';
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
    super(
      `${scope.node.path}: ${prop} is ${written(received)}, accepted is ${accepted}. ${change} (${ERROR_CODES.propsInvalid})`,
    );
    this.constructPath = scope.node.path;
  }
}

function written(received: unknown): string {
  if (received === undefined) return 'missing';
  try {
    return JSON.stringify(received, named) ?? String(received);
  } catch {
    // An object that holds itself.
    return JSON.stringify(Object(received).constructor?.name);
  }
}

/** JSON has no functions, no NaN and no bigint, and a construct holds its whole app. */
function named(_: string, value: unknown): unknown {
  if (Construct.isConstruct(value)) return value.node.path;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return `${value}`;
  return value;
}
