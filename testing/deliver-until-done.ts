import { AssertionError } from 'node:assert';
import type { ResponseMode } from '../contract/environment';
import type { KafkaEvent } from '../contract/event';
import { type FakeContext, fakeContext } from './fake-context';
import { recordNames } from './record-name';
import { type Reading, redelivery } from './redelivery';
import { type ListedRecord, listedIn, listedName } from './response';

/** Any handler of Kafka events, ours or not. */
export type AnyHandler = (event: KafkaEvent, context: FakeContext) => unknown;
/** One that says by other types what it takes, as those of @types/aws-lambda. Its callback is never called back. */
export type TypedHandler = (event: never, context: never, callback: never) => unknown;

export interface DeliverOptions {
  /** What comes again after a partial response. @default 'listed' */
  readonly reading?: Reading;
  /** The mapping reads partial responses, or delivers everything again when the handler throws. @default 'partial' */
  readonly mode?: ResponseMode;
  /** Deliveries, the first included, after which the test fails. @default 20 */
  readonly max?: number;
  /** Makes the context of each delivery. @default `fakeContext({ mode })` */
  readonly context?: () => FakeContext;
}

/** One delivery, and how it ended. */
export interface Delivery {
  readonly event: KafkaEvent;
  /** Names of the records that come again. */
  readonly open: readonly string[];
  /** What the handler failed with: everything comes again. */
  readonly error?: unknown;
}

/**
 * Delivers an event, and again what the handler leaves open, as an event source mapping does until nothing comes again.
 *
 * @throws AssertionError when something is still open after `max` deliveries, or when the handler answers what the
 * service would misunderstand
 */
export function deliverUntilDone(
  handler: AnyHandler,
  event: KafkaEvent,
  options?: DeliverOptions,
): Promise<readonly Delivery[]>;
export function deliverUntilDone(
  handler: TypedHandler,
  event: KafkaEvent,
  options?: DeliverOptions,
): Promise<readonly Delivery[]>;
export async function deliverUntilDone(
  handler: AnyHandler | TypedHandler,
  event: KafkaEvent,
  options: DeliverOptions = {},
): Promise<readonly Delivery[]> {
  const { reading = 'listed', mode = 'partial', max = 20, context = () => fakeContext({ mode }) } = options;
  const deliveries: Delivery[] = [];
  for (let next: KafkaEvent | undefined = event; next !== undefined; ) {
    if (deliveries.length >= max) throw notDone(deliveries);
    const answer: Answer = await answerOf(handler as AnyHandler, next, context(), mode);
    if (answer.failed) deliveries.push({ event: next, open: recordNames(next), error: answer.error });
    else deliveries.push({ event: next, open: answer.listed.map(listedName) });
    if (!answer.failed) next = redelivery(next, answer.listed, reading);
  }
  return deliveries;
}

type Answer =
  | { readonly failed: true; readonly error: unknown }
  | { readonly failed: false; readonly listed: readonly ListedRecord[] };

async function answerOf(
  handler: AnyHandler,
  event: KafkaEvent,
  context: FakeContext,
  mode: ResponseMode,
): Promise<Answer> {
  let response: unknown;
  try {
    // A handler that changes its event changes nothing of what comes again.
    response = await handler(structuredClone(event), context);
  } catch (error) {
    return { failed: true, error };
  }
  const listed = listedIn(response);
  requireKnown(listed, recordNames(event));
  if (mode === 'throw' && listed.length > 0) {
    throw new AssertionError({
      message: `The handler lists ${listed.length} open records to a mapping without partial responses: the service ignores the list and the records are lost`,
      actual: listed.map(listedName),
      expected: [],
      operator: 'deliverUntilDone',
    });
  }
  return { failed: false, listed };
}

function requireKnown(listed: readonly ListedRecord[], names: readonly string[]): void {
  const unknown = listed.map(listedName).filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  throw new AssertionError({
    message: `The handler lists ${unknown.join(', ')}, which was not delivered: the service delivers the whole batch again`,
    actual: unknown,
    expected: names,
    operator: 'deliverUntilDone',
  });
}

function notDone(deliveries: readonly Delivery[]): AssertionError {
  const last = deliveries.at(-1);
  const open = last?.open ?? [];
  const error = last?.error;
  const message = `${open.length} records are still open after ${deliveries.length} deliveries: ${open.slice(0, 20).join(', ')}`;
  const cause = error instanceof Error ? `. The last one failed with ${error.name}: ${error.message}` : '';
  const failure = new AssertionError({
    message: message + cause,
    actual: open,
    expected: [],
    operator: 'deliverUntilDone',
  });
  failure.cause = error;
  return failure;
}
