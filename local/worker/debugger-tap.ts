const SWITCHED = Buffer.from('HTTP/1.1 101 ');
const HEADER_END = Buffer.from('\r\n\r\n');
/** As much of a message as its method needs. */
const HEAD_LENGTH = 48;

/**
 * Listens to what a process says to its debugger, and tells when it stops at a breakpoint and when it goes on.
 * Sources: RFC 6455, section 5.2 (frames of a server are not masked); Chrome DevTools Protocol, Debugger.paused and
 * Debugger.resumed. Node.js writes each message as one frame.
 */
export class DebuggerTap {
  readonly #onStopped: (stopped: boolean) => void;
  #speaks: 'http' | 'frames' = 'http';
  /** What has come of a header, of the protocol's or of a frame's. */
  #header = Buffer.alloc(0);
  #head = '';
  /** Bytes of the current frame's payload that are to come. */
  #left = 0;
  #stopped = false;

  constructor(onStopped: (stopped: boolean) => void) {
    this.#onStopped = onStopped;
  }

  hear(chunk: Buffer): void {
    if (this.#speaks === 'http') this.#hearHttp(chunk);
    else this.#hearFrames(chunk);
  }

  /** The debugger has gone: the process goes on without it. */
  end(): void {
    this.#tell(false);
  }

  #hearHttp(chunk: Buffer): void {
    this.#header = Buffer.concat([this.#header, chunk]);
    const start = this.#header.subarray(0, SWITCHED.length);
    if (!start.equals(SWITCHED.subarray(0, start.length))) {
      // A list of targets or so, which ends with what has come.
      this.#header = Buffer.alloc(0);
      return;
    }
    const end = this.#header.indexOf(HEADER_END);
    if (end < 0) return;
    const rest = this.#header.subarray(end + HEADER_END.length);
    this.#speaks = 'frames';
    this.#header = Buffer.alloc(0);
    this.#hearFrames(rest);
  }

  #hearFrames(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#left === 0) {
        this.#header = Buffer.concat([this.#header, rest]);
        const header = frameHeader(this.#header);
        if (header === undefined) return;
        rest = this.#header.subarray(header.length);
        this.#header = Buffer.alloc(0);
        this.#head = '';
        this.#left = header.payloadLength;
      }
      const payload = rest.subarray(0, this.#left);
      if (this.#head.length < HEAD_LENGTH) this.#head += payload.toString('latin1', 0, HEAD_LENGTH - this.#head.length);
      this.#left -= payload.length;
      rest = rest.subarray(payload.length);
      if (this.#left === 0) this.#understand();
    }
  }

  #understand(): void {
    if (this.#head.startsWith('{"method":"Debugger.paused"')) this.#tell(true);
    if (this.#head.startsWith('{"method":"Debugger.resumed"')) this.#tell(false);
  }

  #tell(stopped: boolean): void {
    if (this.#stopped === stopped) return;
    this.#stopped = stopped;
    this.#onStopped(stopped);
  }
}

function frameHeader(bytes: Buffer): { readonly length: number; readonly payloadLength: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  if (short < 126) return { length: 2, payloadLength: short };
  const length = short === 126 ? 4 : 10;
  if (bytes.length < length) return undefined;
  return { length, payloadLength: short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)) };
}
