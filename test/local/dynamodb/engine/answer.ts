/** What an operation answered, in a form in which two databases can be compared. */
export interface Answer {
  /** Name of the error; undefined for a success. */
  readonly error: string | undefined;
  readonly message: string;
  /** The whole body, canonical: numbers by value, sets and lists of items in order. Messages are left out. */
  readonly body: unknown;
}

type Json = Record<string, unknown>;

export function answerOf(status: number, body: Json): Answer {
  const { __type, message, Message, ...rest } = body;
  return {
    error: status === 200 ? undefined : String(__type).split('#').at(-1),
    message: String(message ?? Message ?? ''),
    body: canonical(rest),
  };
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

/** Sets have no order, nor has what a scan or a batch read finds. */
const UNORDERED: ReadonlySet<string> = new Set(['SS', 'NS', 'BS', 'Items', '«T»', '«R»']);
/** DynamoDB Local counts capacity in one answer that nobody asked for it in. `TableName` of a failed member comes and goes. */
const IGNORED: ReadonlySet<string> = new Set(['ConsumedCapacity', 'Message', 'TableName']);

function canonicalList(list: readonly unknown[], name: string): unknown[] {
  const elements = list.map((each) => (name === 'NS' ? canonicalNumber(each as string) : canonical(each)));
  return UNORDERED.has(name)
    ? elements.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1))
    : elements;
}
