import { DeadlineNote } from './deadline-note';
import { InspectorDoor } from './inspector-door';
import type { OutputListener } from './output-lines';
import type { StoppableTimer } from './stoppable-timer';

interface Debugged {
  readonly port: number;
  readonly waitForDebugger?: boolean;
}

const LISTENING = /^Debugger listening on ws:\/\/127\.0\.0\.1:(\d+)\/(\S+)$/;
const WAITING_FOR_DEBUGGER = 'Waiting for the debugger to disconnect...';

/** The time of a worker that a debugger may stop: its time-outs stand still while it does. */
export class DebuggedTime {
  readonly #port: number;
  readonly #onOutput: OutputListener;
  readonly #note = new DeadlineNote();
  readonly #door: InspectorDoor;
  #timer: StoppableTimer | undefined;
  #stands = { atBreakpoint: false, beforeStart: false };

  constructor({ port, waitForDebugger = false }: Debugged, onOutput: OutputListener = () => {}) {
    this.#port = port;
    this.#onOutput = onOutput;
    this.#stands.beforeStart = waitForDebugger;
    this.#door = new InspectorDoor(port, (stopped) => this.#stand({ atBreakpoint: stopped }));
  }

  /** Where the process reads its deadline. */
  get deadlineFd(): number {
    return this.#note.fd;
  }

  /** Gives the reason if no debugger can attach. */
  async open(): Promise<string | undefined> {
    try {
      await this.#door.open();
      return undefined;
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'something else uses it' : String(error);
      return `The debugger's port ${this.#port} cannot be opened: ${reason}. End that program, or choose another port.`;
    }
  }

  /** What the process prints, with the address at which its inspector is to be found. */
  readonly output: OutputListener = (line, stream) => {
    const [, port, id] = (stream === 'stderr' && LISTENING.exec(line)) || [];
    if (id === undefined) this.#onOutput(line, stream);
    else {
      this.#door.leadTo(Number(port));
      this.#onOutput(`Debugger listening on ws://127.0.0.1:${this.#port}/${id}`, stream);
    }
    if (line === WAITING_FOR_DEBUGGER) this.#door.disconnect();
  };

  /** The debugger that was waited for is there. */
  attached(): void {
    this.#stand({ beforeStart: false });
  }

  /** The time-out that now runs. */
  takeOver(timer: StoppableTimer): void {
    this.#timer = timer;
    this.#follow();
  }

  takeOff(timer: StoppableTimer): void {
    if (this.#timer === timer) this.#timer = undefined;
  }

  async close(): Promise<void> {
    await this.#door.close();
    this.#note.close();
  }

  #stand(change: Partial<{ atBreakpoint: boolean; beforeStart: boolean }>): void {
    this.#stands = { ...this.#stands, ...change };
    this.#follow();
  }

  #follow(): void {
    const timer = this.#timer;
    if (!timer) return;
    if (this.#stands.atBreakpoint || this.#stands.beforeStart) {
      timer.stop();
      this.#note.write({ leftMs: timer.leftMs });
    } else {
      timer.resume();
      this.#note.write({ deadlineMs: Date.now() + timer.leftMs });
    }
  }
}
