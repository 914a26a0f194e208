import { LOCAL_ACCOUNT_ID } from '../../template/local-values';
import { REAL_TIME, type Time } from '../../time';
import { Queue } from './queue';
import { queueSettings } from './queue-settings';
import { noSuchQueue, SqsError } from './sqs-error';

/** The queues of a stand-in, by name. */
export class Queues {
  readonly #queues = new Map<string, Queue>();
  readonly #time: Time;

  constructor(time: Time = REAL_TIME) {
    this.#time = time;
  }

  /** A queue that is there with other attributes is an error, with the same it is given. */
  create(name: string, attributes: Readonly<Record<string, string>> = {}): Queue {
    const settings = queueSettings(name, attributes);
    const there = this.#queues.get(name);
    const other = Object.keys(attributes).find((one) => there?.settings.attributes[one] !== settings.attributes[one]);
    if (there && other !== undefined) {
      throw new SqsError(
        'QueueNameExists',
        `A queue already exists with the same name and a different value for attribute ${other}`,
        'QueueAlreadyExists',
      );
    }
    const queue = there ?? new Queue(name, settings, this.#time);
    this.#queues.set(name, queue);
    return queue;
  }

  named(name: string): Queue {
    const queue = this.#queues.get(name);
    if (queue) return queue;
    throw noSuchQueue();
  }

  /** By the last part of the URL: a template's queue has the host of AWS in its URL, and is played here all the same. */
  at(url: string): Queue {
    return this.named(url.split('/').at(-1) ?? '');
  }

  get all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  delete(queue: Queue): void {
    this.#queues.delete(queue.name);
  }
}

export const queueUrl = (endpoint: string, { name }: Queue) => `${endpoint}/${LOCAL_ACCOUNT_ID}/${name}`;
export const queueArn = ({ name }: Queue) => `arn:aws:sqs:us-east-1:${LOCAL_ACCOUNT_ID}:${name}`;
