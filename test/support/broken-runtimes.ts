/**
 * The real runtime with one decision of it changed, as it is loaded: a module of it stands in for the real one, or a
 * port is wrapped. Nothing in the shipped code knows of it.
 */
import * as dynamodb from '@aws-sdk/client-dynamodb';
import type { ClaimStore } from '../../handlers/claims/claim-store';
import type { DynamoDbClaimStoreOptions } from '../../handlers/claims/dynamodb-claim-store';
import type { Runtime, Surroundings } from '../../local/simulator/runtime';

/** A command of the SDK before it is sent. */
export interface Command {
  readonly input: CommandInput;
}

export interface CommandInput {
  UpdateExpression?: string;
  ConditionExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, object>;
}

/** One change. Each part that is left out stays as it is shipped. */
export interface Change {
  /** A module of `handlers/`, without its ending, to what replaces some of its exports. */
  readonly module?: { readonly path: string; readonly change: (actual: never) => object };
  /** The claim store as the engine sees it. */
  readonly store?: (right: ClaimStore) => Partial<ClaimStore>;
  /** What the DynamoDB adapter sends. */
  readonly send?: (input: CommandInput) => void;
  /** What the runtime gets from outside. */
  readonly surroundings?: (right: Surroundings) => Surroundings;
}

const ADAPTER = 'claims/dynamodb-claim-store';
const pathOf = (module: string) => `../../handlers/${module}`;

/** Loads the runtime anew, with the change in it. */
export function brokenRuntime({ surroundings = (right) => right, ...change }: Change): Runtime {
  const { shippedRuntime } = loadedWith(change, '../../bin/simulator/shipped-runtime') as { shippedRuntime: Runtime };
  return { ...shippedRuntime, start: (right) => shippedRuntime.start(surroundings(right)) };
}

/** The DynamoDB adapter alone, with the change in it. */
export function brokenStore(change: Pick<Change, 'module' | 'store' | 'send'>): Adapter {
  return (loadedWith(change, pathOf(ADAPTER)) as { DynamoDbClaimStore: Adapter }).DynamoDbClaimStore;
}

function loadedWith({ module, store, send }: Omit<Change, 'surroundings'>, path: string): unknown {
  let loaded: unknown;
  jest.isolateModules(() => {
    // Nobody changes the SDK, and it takes long to load.
    jest.doMock('@aws-sdk/client-dynamodb', () => dynamodb);
    if (module) mock(module.path, module.change);
    if (store || send) mock(ADAPTER, (actual: never) => ({ DynamoDbClaimStore: adapter(actual, store, send) }));
    loaded = require(path);
    for (const mocked of [module?.path, ADAPTER]) if (mocked !== undefined) jest.dontMock(pathOf(mocked));
    jest.dontMock('@aws-sdk/client-dynamodb');
  });
  return loaded;
}

function mock(path: string, change: (actual: never) => object): void {
  jest.doMock(pathOf(path), () => {
    const actual = jest.requireActual(pathOf(path));
    return { ...actual, ...change(actual as never) };
  });
}

type Adapter = new (options: DynamoDbClaimStoreOptions) => ClaimStore;

function adapter(
  { DynamoDbClaimStore: Actual }: { readonly DynamoDbClaimStore: Adapter },
  change: Change['store'] = () => ({}),
  edit: Change['send'] = () => {},
) {
  return class {
    constructor(options: DynamoDbClaimStoreOptions) {
      const send = (command: Command) => {
        edit(command.input);
        return options.client.send(command as never);
      };
      const right = new Actual({ ...options, client: { send } as unknown as DynamoDbClaimStoreOptions['client'] });
      const bound: ClaimStore = {
        claim: (batch) => right.claim(batch),
        renew: (batch) => right.renew(batch),
        complete: (batch) => right.complete(batch),
        fail: (batch) => right.fail(batch),
        release: (batch) => right.release(batch),
      };
      Object.assign(this, bound, change(bound));
    }
  };
}

/** Replaces the condition of an update, in the attributes' own names; what it does not name any more goes. */
export function setCondition(input: CommandInput, change: (conjuncts: string[]) => readonly string[]): void {
  const {
    ConditionExpression = '',
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  } = input;
  const named = ConditionExpression.replaceAll(/#\d+/g, (alias) => names[alias] ?? alias);
  const conjuncts = change(named.split(' AND '));
  const aliases = new Map(Object.entries(names).map(([alias, name]) => [name, alias]));
  const condition = conjuncts
    .join(' AND ')
    .replaceAll(/(?<![:#\w])[a-z_]+(?![\w(])/g, (name) => aliases.get(name) ?? name);
  const text = `${input.UpdateExpression} ${condition}`;
  const used = <Value>(entries: Record<string, Value>) =>
    Object.fromEntries(Object.entries(entries).filter(([alias]) => new RegExp(`${alias}(?!\\d)`).test(text)));
  input.ExpressionAttributeNames = used(names);
  input.ExpressionAttributeValues = used(values);
  if (condition === '') delete input.ConditionExpression;
  else input.ConditionExpression = condition;
}

/** What an update sets: the name of each attribute. */
export function setsOf({ UpdateExpression = '', ExpressionAttributeNames: names = {} }: CommandInput): string[] {
  const [, assignments = ''] = /SET (.*?)(?: REMOVE|$)/.exec(UpdateExpression) ?? [];
  return [...assignments.matchAll(/(#\d+) = /g)].map(([, alias = '']) => names[alias] ?? alias);
}
