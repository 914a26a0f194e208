import { type Duration, Lazy, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { ENVIRONMENT, type Mapping } from '../../../contract/environment';
import { PropsError } from '../props-error';

/** What the mappings of one function have told it so far. */
export interface FunctionState {
  readonly mappings: { [name: string]: Mapping };
  /** How long the topics keep records, where that is known. */
  readonly retentions: Duration[];
  /** The construct that reads a topic, by cluster and topic. */
  readonly readers: Map<string, IConstruct>;
}

const STATES = new WeakMap<lambda.Function, FunctionState>();

/** One and the same for all mappings of a function, which may be made anywhere in the app. */
export function functionState(fn: lambda.Function): FunctionState {
  const known = STATES.get(fn);
  if (known !== undefined) return known;
  const state: FunctionState = { mappings: {}, retentions: [], readers: new Map() };
  STATES.set(fn, state);
  // Not JSON.stringify: source and consumer may be tokens. Lazy: more mappings may come.
  fn.addEnvironment(
    ENVIRONMENT.mappings,
    Lazy.uncachedString({ produce: () => Stack.of(fn).toJsonString(state.mappings) }),
  );
  return state;
}

/** Whether the function has its variables from a construct of ours already. */
export function hasState(fn: lambda.Function): boolean {
  return STATES.has(fn);
}

export function tellMapping(scope: IConstruct, fn: lambda.Function, name: string, mapping: Mapping): void {
  const { mappings } = functionState(fn);
  if (Object.hasOwn(mappings, name)) {
    throw new PropsError(scope, {
      prop: 'mappingName',
      received: name,
      accepted: 'a name that no other mapping of this function has',
      change: 'Set another mappingName: the runtime tells the mappings of a function apart by it.',
    });
  }
  mappings[name] = mapping;
}
