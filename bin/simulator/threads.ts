import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Gives, Reply, Task } from './tasks';

interface Waiting {
  readonly task: Task;
  readonly resolve: (given: Gives[Task['kind']]) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads that share tasks out among them. Which one does a task makes no difference to what it gives. */
export class Threads {
  readonly #idle: Worker[] = [];
  readonly #all: Worker[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #busy = new Map<Worker, Waiting>();

  constructor(count: number) {
    for (let left = count; left > 0; left -= 1) this.#start();
  }

  get size(): number {
    return this.#all.length;
  }

  do<Kind extends Task['kind']>(task: Extract<Task, { readonly kind: Kind }>): Promise<Gives[Kind]> {
    return new Promise<Gives[Kind]>((resolve, reject) => {
      // A task of a kind is answered with what that kind gives.
      this.#waiting.push({ task, resolve: (given) => resolve(given as Gives[Kind]), reject });
      this.#share();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.terminate()));
  }

  #start(): void {
    const extension = extname(__filename);
    const thread = new Worker(join(__dirname, `thread${extension}`), {
      // Compiled or from source, as this file is: threads do not inherit what translates it.
      execArgv: extension === '.ts' ? ['--require', require.resolve('tsx/cjs')] : [],
      env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    });
    this.#all.push(thread);
    this.#idle.push(thread);
    thread.on('message', (reply: Reply) => {
      const waiting = this.#busy.get(thread);
      this.#busy.delete(thread);
      this.#idle.push(thread);
      if (reply.kind === 'given') waiting?.resolve(reply.given);
      else waiting?.reject(new Error(reply.message));
      this.#share();
    });
    thread.on('error', (error: unknown) => this.#busy.get(thread)?.reject(error));
  }

  #share(): void {
    while (this.#idle.length > 0 && this.#waiting.length > 0) {
      const thread = this.#idle.pop() as Worker;
      const waiting = this.#waiting.shift() as Waiting;
      this.#busy.set(thread, waiting);
      thread.postMessage(waiting.task);
    }
  }
}
