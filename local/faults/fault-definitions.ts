/** What a fault is placed at: the n-th of these is its moment. */
export type FaultPlace = 'request' | 'answer' | 'invocation' | 'commit' | 'destination' | 'worker';

/** A further word of a fault's text form, `key=value`. */
export type KeyDefinition =
  | { readonly kind: 'number'; readonly minimum: number; readonly maximum: number; readonly about: string }
  | { readonly kind: 'choice'; readonly accepted: readonly string[]; readonly default: string; readonly about: string }
  | { readonly kind: 'text'; readonly about: string };

export interface FaultDefinition {
  readonly place: FaultPlace;
  readonly keys: Readonly<Record<string, KeyDefinition>>;
  readonly about: string;
}

const HOUR_MS = 3_600_000;
const MOST = 1_000_000;

/** Only the requests of these are counted. */
const OF_REQUESTS = {
  operation: { kind: 'text', about: 'only requests of this operation are counted, such as UpdateItem' },
  table: { kind: 'text', about: "only requests that name this table, or have this as a part of a table's name" },
  worker: { kind: 'text', about: 'only requests of this worker, such as poller-1/1, or of all of poller-1' },
} as const satisfies Record<string, KeyDefinition>;

const OF_DELIVERIES = {
  poller: { kind: 'text', about: 'only deliveries of this poller are counted, such as poller-1' },
} as const satisfies Record<string, KeyDefinition>;

const HOW_LOST: KeyDefinition = {
  kind: 'choice',
  accepted: ['hang', 'close'],
  // A sender that hears nothing does not even know that it has to do something, and its leases run out meanwhile.
  default: 'hang',
  about: 'what the sender sees: nothing until its own time-out, or a closed connection',
};

const pause = (about: string): KeyDefinition => ({ kind: 'number', minimum: 0, maximum: HOUR_MS, about });

/** Every fault that can be scripted, by its name. */
export const FAULTS = {
  'request-lost': {
    place: 'request',
    keys: { how: HOW_LOST, ...OF_REQUESTS },
    about: 'the database never sees the request, and the sender hears nothing',
  },
  'answer-lost': {
    place: 'answer',
    keys: { how: HOW_LOST, ...OF_REQUESTS },
    about: 'the database has done it, and the sender never hears of it',
  },
  'late-copy': {
    place: 'answer',
    keys: {
      after: {
        kind: 'number',
        minimum: 1,
        maximum: MOST,
        about: 'the copy comes before so many further requests (default: 1 to 8, by the seed)',
      },
      ms: pause('the copy comes after so long, instead'),
      ...OF_REQUESTS,
    },
    about: 'the request is done and answered, and a copy of it reaches the database again later',
  },
  delay: {
    place: 'request',
    keys: {
      ms: pause('how long (default 1000)'),
      when: {
        kind: 'choice',
        accepted: ['request', 'answer'],
        default: 'request',
        about: 'whether the request is on its way so long, or its answer',
      },
      ...OF_REQUESTS,
    },
    about: 'the request reaches the database late, even if its sender has given up or died',
  },
  throttle: {
    place: 'request',
    keys: {
      error: {
        kind: 'choice',
        accepted: [
          'ThrottlingError',
          'ProvisionedThroughputExceeded',
          'TransactionConflict',
          'ThrottlingException',
          'ProvisionedThroughputExceededException',
          'RequestLimitExceeded',
          'InternalServerError',
          'ServiceUnavailable',
        ],
        default: 'ThrottlingError',
        about: 'the first three befall members of a batch or of a transaction, the others the whole request',
      },
      members: {
        kind: 'number',
        minimum: 1,
        maximum: 100,
        about: 'how many members of a batch, chosen by the seed (default: half of them)',
      },
      count: { kind: 'number', minimum: 1, maximum: MOST, about: 'so many requests one after the other (default 1)' },
      ...OF_REQUESTS,
    },
    about: 'the database refuses for now, in the words of the service',
  },
  'database-down': {
    place: 'request',
    keys: {
      to: { kind: 'number', minimum: 1, maximum: MOST, about: 'up to this request (default: ten requests)' },
      how: {
        kind: 'choice',
        accepted: ['close', '500', '503'],
        default: 'close',
        about: "a closed connection, or the service's answer of that status",
      },
      ...OF_REQUESTS,
    },
    about: 'every request is refused, up to another one',
  },
  'kill-before': {
    place: 'request',
    keys: OF_REQUESTS,
    about: 'the worker is killed (kill -9) as it sends the request, before the database sees it',
  },
  'kill-after': {
    place: 'answer',
    keys: OF_REQUESTS,
    about: 'the worker is killed (kill -9) when the database has done it, before the answer goes out',
  },
  freeze: {
    place: 'answer',
    keys: {
      ms: pause('thawed after so long (default: never, so that it reaches its time-out)'),
      rebalance: {
        kind: 'choice',
        accepted: ['yes', 'no'],
        default: 'yes',
        about: 'whether its partitions may move to another worker meanwhile',
      },
      ...OF_REQUESTS,
    },
    about: 'the worker is stopped (SIGSTOP) when the database has done it; what it writes later is counted',
  },
  'clock-skew': {
    place: 'worker',
    keys: {
      ms: {
        kind: 'number',
        minimum: -24 * HOUR_MS,
        maximum: 24 * HOUR_MS,
        about: 'how far its clock runs ahead, or behind if negative (default: -5000 or 5000, by the seed)',
      },
      worker: { kind: 'text', about: 'only this worker is counted, such as poller-1/1, or all of poller-1' },
    },
    about: 'the n-th worker that is started has a clock that runs ahead or behind',
  },
  'duplicate-delivery': {
    place: 'invocation',
    keys: OF_DELIVERIES,
    about: 'the function runs, its answer is lost on the way, and the same batch is delivered again',
  },
  'crash-after-success': {
    place: 'invocation',
    keys: OF_DELIVERIES,
    about: 'the poller dies after the answer and before the commit, and another one takes its place',
  },
  rebalance: {
    place: 'invocation',
    keys: OF_DELIVERIES,
    about: 'the consumer group is rebalanced while the function runs',
  },
  'invoke-throttle': {
    place: 'invocation',
    keys: OF_DELIVERIES,
    about: 'the invocation is throttled: the batch does not reach the function',
  },
  'invoke-error': {
    place: 'invocation',
    keys: OF_DELIVERIES,
    about: 'the service fails to invoke: the batch does not reach the function',
  },
  'commit-failure': {
    place: 'commit',
    keys: OF_DELIVERIES,
    about: 'the commit of an offset fails',
  },
  'destination-failure': {
    place: 'destination',
    keys: {},
    about: 'the on-failure destination does not take what is given up',
  },
} as const satisfies Record<string, FaultDefinition>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

export function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(FAULTS, text);
}

export function definitionOf(name: FaultName): FaultDefinition {
  return FAULTS[name];
}
