import { connect, createServer, type Server, type Socket } from 'node:net';
import { DebuggerTap } from './debugger-tap';

const HOST = '127.0.0.1';
/** The door of the worker before may be closing yet. */
const BUSY_FOR_MS = 1_000;
const LOOK_MS = 20;

/**
 * The port at which a debugger finds a worker. It passes everything on to the inspector of the worker's process, which
 * has a port of its own choice, and hears what the process says: so it knows when the process stands at a breakpoint,
 * which from outside looks like an endless loop, and from inside like nothing at all.
 */
export class InspectorDoor {
  readonly #port: number;
  readonly #onStopped: (stopped: boolean) => void;
  readonly #sockets = new Set<Socket>();
  /** Sockets whose debugger holds the process. */
  readonly #holding = new Set<Socket>();
  #server: Server | undefined;
  #isClosed = false;
  #inspectorPort: number | undefined;

  /** @param onStopped called as the process stops at a breakpoint and as it goes on. */
  constructor(port: number, onStopped: (stopped: boolean) => void) {
    this.#port = port;
    this.#onStopped = onStopped;
  }

  /** Rejects when something else holds the port. */
  async open(): Promise<void> {
    const untilMs = performance.now() + BUSY_FOR_MS;
    while (!this.#isClosed) {
      try {
        this.#server = await listen(this.#port, (socket) => this.#pass(socket));
        if (this.#isClosed) this.#server.close();
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || performance.now() > untilMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    }
  }

  /** From here on debuggers reach the process. */
  leadTo(inspectorPort: number): void {
    this.#inspectorPort = inspectorPort;
  }

  /** Takes the debugger away: a process that ends waits for that. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.disconnect();
    const server = this.#server;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  #pass(client: Socket): void {
    if (this.#inspectorPort === undefined) {
      client.destroy();
      return;
    }
    const inspector = connect(this.#inspectorPort, HOST);
    const tap = new DebuggerTap((stopped) => this.#hold(client, stopped));
    this.#sockets.add(client);
    inspector.on('data', (chunk: Buffer) => tap.hear(chunk));
    for (const [one, other] of [
      [client, inspector],
      [inspector, client],
    ] as const) {
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
    client.on('close', () => {
      this.#sockets.delete(client);
      tap.end();
    });
  }

  #hold(client: Socket, stopped: boolean): void {
    if (stopped) this.#holding.add(client);
    else this.#holding.delete(client);
    this.#onStopped(this.#holding.size > 0);
  }
}

function listen(port: number, onConnection: (socket: Socket) => void): Promise<Server> {
  const server = createServer(onConnection);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => resolve(server));
  });
}
