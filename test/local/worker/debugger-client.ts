import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';

type Message = Readonly<Record<string, unknown>> & { readonly id?: number; readonly method?: string };

/** As much of a debugger as a test needs: the Chrome DevTools Protocol over a WebSocket (RFC 6455). */
export class DebuggerClient {
  readonly messages: Message[] = [];
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #calls = 0;

  private constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#receive(head);
  }

  /** Finds the process as a debugger does, by asking the port for it. */
  static async attach(port: number): Promise<DebuggerClient> {
    const list = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await list.json()) as { webSocketDebuggerUrl: string }[];
    const url = new URL(target?.webSocketDebuggerUrl ?? '');
    if (url.port !== String(port)) throw new Error(`the address is that of another port: ${url}`);
    return new Promise((resolve, reject) => {
      const upgrade = request({
        host: url.hostname,
        port: url.port,
        path: url.pathname,
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': randomBytes(16).toString('base64'),
        },
      });
      upgrade.once('error', reject);
      upgrade.once('upgrade', (_, socket, head) => resolve(new DebuggerClient(socket as Socket, head)));
      upgrade.end();
    });
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  send(method: string, params: object = {}): void {
    this.#calls += 1;
    const text = Buffer.from(JSON.stringify({ id: this.#calls, method, params }));
    // A client masks what it sends; with a key of zeros the text stays as it is.
    const header = Buffer.alloc(8);
    header.writeUInt8(0x81, 0);
    header.writeUInt8(0x80 | 126, 1);
    header.writeUInt16BE(text.length, 2);
    this.#socket.write(Buffer.concat([header, text]));
  }

  count(method: string): number {
    return this.messages.filter((message) => message.method === method).length;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk]);
    while (this.#received.length >= 2) {
      const short = this.#received.readUInt8(1);
      const start = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (this.#received.length < start) return;
      const length =
        short < 126
          ? short
          : short === 126
            ? this.#received.readUInt16BE(2)
            : Number(this.#received.readBigUInt64BE(2));
      if (this.#received.length < start + length) return;
      const payload = this.#received.subarray(start, start + length).toString();
      if (this.#received.readUInt8(0) === 0x81) this.messages.push(JSON.parse(payload));
      this.#received = this.#received.subarray(start + length);
    }
  }
}
