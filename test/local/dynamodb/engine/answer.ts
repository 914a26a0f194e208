/** What an operation answered, in a form in which two databases can be compared. */
export interface Answer {
  /** Name of the error; undefined for a success. */
  readonly error: string | undefined;
  readonly message: string;
  /** The whole body, canonical: numbers by value, sets and lists of items in order. Messages are left out. */
  readonly body: unknown;
}

type Json = Record<string, unknown>;

/**
 * `sortKey`: the attribute by which the items must be in order; where it is equal, or is not shown, the order is the
 * database's own.
 */
export function answerOf(status: number, body: Json, sortKey?: string): Answer {
  const { __type, message, Message, Items, ...rest } = body;
  const items = Items as readonly Json[] | undefined;
  return {
    error: status === 200 ? undefined : String(__type).split('#').at(-1),
    message: String(message ?? Message ?? ''),
    body: canonical({ ...rest, ...(items && { Runs: runsOf(items, sortKey).map((Items) => ({ Items })) }) }),
  };
}

function runsOf(items: readonly Json[], sortKey: string | undefined): Json[][] {
  const runs: Json[][] = [];
  let last: string | undefined;
  for (const item of items) {
    const key = JSON.stringify(sortKey === undefined ? '' : canonical(item[sortKey] ?? ''));
    if (key === last) runs.at(-1)?.push(item);
    else runs.push([item]);
    last = key;
  }
  return runs;
}

/** Written apart from the engine's own arithmetic. */
export function canonicalNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const exponent = Number(power) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${exponent}`;
}

function canonical(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return canonicalList(value, name);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([member]) => !IGNORED.has(member))
    .map(
      ([member, each]) =>
        [member, member === 'N' && typeof each === 'string' ? canonicalNumber(each) : canonical(each, member)] as const,
    );
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Sets have no order, nor has what a scan or a batch read finds, nor have the indexes of a table. */
const UNORDERED: ReadonlySet<string> = new Set([
  ...['SS', 'NS', 'BS', 'Items', '«T»', '«R»'],
  ...['AttributeDefinitions', 'GlobalSecondaryIndexes', 'LocalSecondaryIndexes'],
]);
/**
 * DynamoDB Local counts capacity in one answer that nobody asked for it in. `TableName` of a failed member comes and
 * goes. Dates, addresses and the throughput of an on-demand table are each database's own.
 */
const IGNORED: ReadonlySet<string> = new Set([
  ...['ConsumedCapacity', 'Message', 'TableName'],
  ...['CreationDateTime', 'LastUpdateToPayPerRequestDateTime', 'ProvisionedThroughput', 'TableArn', 'IndexArn'],
]);

function canonicalList(list: readonly unknown[], name: string): unknown[] {
  const elements = list.map((each) => (name === 'NS' ? canonicalNumber(each as string) : canonical(each)));
  return UNORDERED.has(name)
    ? elements.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1))
    : elements;
}
