import { ENVIRONMENT, type Mappings } from '../../contract/environment';
import { PARKED_PREFIX } from '../../contract/idempotency-table';
import { QueueApi } from '../../local/aws/queue-api';
import type { Stores } from '../../local/aws/stores';
import type { Place } from '../../local/oracle/observation';
import type { KafkaMapping } from '../../local/template/kafka-mapping';

/** The dead letters of the function, as its environment names them. */
export class LetterBox {
  readonly #mapping: KafkaMapping;
  readonly #queue: QueueApi;

  constructor(mapping: KafkaMapping, { sqs }: Stores) {
    this.#mapping = mapping;
    const { [ENVIRONMENT.deadLetters]: place = '' } = mapping.function.environment;
    const [, url] = /^sqs:([^,]+)/.exec(place) ?? [];
    if (url === undefined) {
      throw new Error(`The function's ${ENVIRONMENT.deadLetters} is "${place}", which names no queue: report this bug`);
    }
    this.#queue = new QueueApi(sqs, url);
  }

  /** The id of a record's letter, and of its parked item, worked out here on its own. */
  readonly idOf = ({ partition, offset }: Place): string => {
    const { environment } = this.#mapping.function;
    const [one] = Object.values(JSON.parse(environment[ENVIRONMENT.mappings] ?? '{}') as Mappings);
    const { consumer, source = '', generation } = one ?? { consumer: '', generation: 0 };
    return `${PARKED_PREFIX}${consumer}#${source}#${generation}#${this.#mapping.topic}#${partition}#${offset}`;
  };

  /** What lies in the queue. */
  readAll(): Promise<string[]> {
    return this.#queue.readAll();
  }

  remove(): Promise<void> {
    return this.#queue.remove();
  }
}
